import type { Ledger } from './ledger/ledger.ts'
import { endSubscription, lockSubscription } from './plans/periods.ts'
import type { Sql } from './platform/sql.ts'

/**
 * What ends with an account, in the transaction that deletes it: API tokens, the subscription with its quota (without
 * a refund), and the invitation code. What was charged stays.
 */
export async function farewell(
  tx: Sql,
  { ledger, now }: { ledger: Ledger; now: () => Date },
  userId: string,
): Promise<void> {
  const running = await lockSubscription(tx, userId)
  if (running) {
    if (running.periodId !== null) {
      const source = { accountId: userId, sourceType: 'plan_period', sourceId: running.periodId }
      await ledger.endGrant(tx, source, now())
    }
    await endSubscription(tx, running.id, now())
  }
  await tx.query(
    `UPDATE api_token SET revoked_at = coalesce(revoked_at, $2), previous_hash = NULL, name = 'deleted', note = NULL,
            ip_allow_list = '{}'
     WHERE user_id = $1`,
    [userId, now()],
  )
  await tx.query('DELETE FROM invite_code WHERE user_id = $1', [userId])
}
