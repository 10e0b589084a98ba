import { newId } from '../platform/ids.ts'
import type { Sql } from '../platform/sql.ts'

/** What an account is told about itself: a closed vocabulary, whose words are made by whoever shows it. */
export const NOTICE_KINDS = [
  'low_balance',
  'spend_cap_near',
  'spend_cap_reached',
  'plan_renewed',
  'plan_renewal_failed',
  'plan_ended',
  'order_credited',
  'invitation_rewarded',
  'price_change',
  'api_token_expiring',
] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** What a notice speaks of; which of them it has depends on its kind. Amounts are nano-CNY in digits. */
export interface Facts {
  amount?: string
  limit?: string
  /** LLM tokens. */
  tokens?: string
  planName?: string
  modelId?: string
  apiTokenName?: string
  period?: 'day' | 'week' | 'month'
  /** ISO 8601: when it ends, begins or is reset. */
  at?: string
}

/** Something that happened and is to be told; the same cause is told once. */
export interface Occasion {
  userId: string
  kind: NoticeKind
  cause: string
  facts: Facts
}

export interface Told extends Occasion {
  id: string
}

/**
 * Writes down what was not told before and answers just that: two processes that notice the same thing make one notice.
 */
export async function tell(tx: Sql, occasions: Occasion[], now: Date): Promise<Told[]> {
  if (occasions.length === 0) return []
  const rows = occasions.map((occasion) => ({ id: newId(), ...occasion }))
  return tx.query<Told>(
    `INSERT INTO notice (id, user_id, kind, cause, facts, created_at)
     SELECT n.id, n."userId", n.kind, n.cause, n.facts, $2
     FROM jsonb_to_recordset($1) AS n(id uuid, "userId" uuid, kind text, cause text, facts jsonb)
     JOIN app_user u ON u.id = n."userId" AND u.deleted_at IS NULL
     ORDER BY n."userId", n.kind, n.cause
     ON CONFLICT ON CONSTRAINT notice_cause DO NOTHING
     RETURNING id, user_id AS "userId", kind, cause, facts`,
    [JSON.stringify(rows), now],
  )
}
