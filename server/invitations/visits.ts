import type { Client } from '../identity/sessions.ts'
import type { Attempts } from '../platform/attempts.ts'
import type { Context } from '../platform/context.ts'

/**
 * Counts that an invitation link was opened: a number for each day, and nothing of who opened it. Browsers tell it once a
 * day; whether the code is anybody's is not answered. Errors: rate_limit_exceeded.
 */
export async function countInvitationVisit(
  { sql, now, attempts, client }: Context & { attempts: Attempts; client: Client },
  code: string,
): Promise<void> {
  await attempts.take('visit_invitation', [client.ip])
  await sql.query(
    `INSERT INTO invitation_visit AS v (inviter_id, day, visits)
     SELECT c.user_id, ($2::timestamptz AT TIME ZONE 'Asia/Shanghai')::date, 1
     FROM invite_code c JOIN app_user u ON u.id = c.user_id AND u.suspended_at IS NULL WHERE c.code = $1
     ON CONFLICT (inviter_id, day) DO UPDATE SET visits = v.visits + 1`,
    [code.trim().toUpperCase(), now()],
  )
}
