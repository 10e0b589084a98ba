import type { SqlPool } from '../platform/sql.ts'
import { adjust } from './grants.ts'

/**
 * A bucket pays for requests admitted before it ended, so what is left of it is only written off when no such
 * request can still run: the longest answer (an hour) and a quarter of an hour to settle it (LEDGER.md §4).
 */
const GRACE_MINUTES = 75
const BATCH = 100

/** Writes off what is left of ended buckets, one entry each; answers the accounts it changed. */
export async function expireBuckets(sql: SqlPool, now: Date): Promise<string[]> {
  const ended = await sql.query<{ id: bigint; account_id: string }>(
    `SELECT id, account_id FROM bucket
     WHERE remaining > 0 AND valid_until < $1::timestamptz - $2 * interval '1 minute' ORDER BY id LIMIT ${BATCH}`,
    [now, GRACE_MINUTES],
  )
  for (const { id, account_id: accountId } of ended)
    await sql.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE', [accountId])
      const [bucket] = await tx.query<{ remaining: bigint }>('SELECT remaining FROM bucket WHERE id = $1', [
        id,
      ])
      if (bucket!.remaining === 0n) return
      await adjust(tx, {
        accountId,
        bucketId: id,
        amount: -bucket!.remaining,
        kind: 'expiry',
        sourceType: 'expiry',
        sourceId: id.toString(),
        note: null,
      })
    })
  return [...new Set(ended.map(({ account_id }) => account_id))]
}
