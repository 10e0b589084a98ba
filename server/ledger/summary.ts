import { invalidField } from '../platform/errors.ts'
import type { Sql } from '../platform/sql.ts'
import type { LedgerEntry } from './statement.ts'

/** What happened to one pool over a time: opening + in − out = closing, in LLM tokens for a bonus, else in nano-CNY. */
export interface PoolSummary {
  pool: LedgerEntry['pool']
  opening: bigint
  in: bigint
  out: bigint
  closing: bigint
  /** Of `closing`: what is left in pools that had ended by then and is written off once no request can use it any more. */
  ended: bigint
}

export interface Range {
  /** Inclusive; undefined: from the first entry on. */
  from?: Date | null
  /** Exclusive. */
  to?: Date | null
}

/** Of the three pools, summed over the entries themselves. Errors: invalid_request for an empty range. */
export async function summaryOf(
  sql: Sql,
  accountId: string,
  { from, to }: Range,
  now: Date,
): Promise<PoolSummary[]> {
  if (from && to && from >= to)
    throw invalidField('to', 'The end must lie after the start.', '结束时间须晚于开始时间。')
  return sql.query<PoolSummary>(
    `SELECT p.pool,
            coalesce(sum(e.amount) FILTER (WHERE e.created_at < $2), 0)::bigint AS opening,
            coalesce(sum(e.amount) FILTER (WHERE e.amount > 0 AND ($2::timestamptz IS NULL OR e.created_at >= $2)), 0)::bigint AS "in",
            coalesce(-sum(e.amount) FILTER (WHERE e.amount < 0 AND ($2::timestamptz IS NULL OR e.created_at >= $2)), 0)::bigint AS "out",
            coalesce(sum(e.amount), 0)::bigint AS closing,
            coalesce(sum(e.amount) FILTER (WHERE e.valid_until <= $4), 0)::bigint AS ended
     FROM (VALUES ('bonus', 1), ('quota', 2), ('wallet', 3)) AS p(pool, position)
     LEFT JOIN (SELECT coalesce(b.kind, 'wallet') AS pool, entry.amount, entry.created_at, b.valid_until
                FROM ledger_entry entry LEFT JOIN bucket b ON b.id = entry.bucket_id
                WHERE entry.account_id = $1 AND ($3::timestamptz IS NULL OR entry.created_at < $3)) e USING (pool)
     GROUP BY p.pool, p.position ORDER BY p.position`,
    [accountId, from ?? null, to ?? null, to && to < now ? to : now],
  )
}
