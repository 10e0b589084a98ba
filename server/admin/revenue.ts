import { administrator, type Context } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import type { Nano } from '../platform/money.ts'

export interface RevenueQuestion {
  from: Date
  to: Date
}

/** Requests that cost something, exact in nano-CNY: what the customers' statements say of usage. */
export interface RevenueSums {
  requests: bigint
  charged: Nano
  /** The part of it that bonus tokens paid for, which brought no money. */
  bonus: Nano
  /** By the providers' prices as they are now; null when that of any of these requests is not known. */
  upstreamCost: Nano | null
}

export interface RevenueRow extends RevenueSums {
  /** A day (UTC), a model's id or a user's. */
  key: string
  name: string | null
}

export interface MoneyIn {
  /** What customers paid into wallets, and what of it went back. */
  topUps: Nano
  refunds: Nano
  /** What wallets paid for plans, less what a change of plan gave back to them. */
  planSales: Nano
}

export type RevenueBy = 'day' | 'model' | 'user'

const ROWS_MAX = 500
const RANGE_MAX_MS = 400 * 86_400_000

/** Over [from, to) by when requests were charged. Errors: admin_required, invalid_request. */
export function revenueQuestion(ctx: Pick<Context, 'viewer'>, question: RevenueQuestion): RevenueQuestion {
  administrator(ctx)
  const length = question.to.getTime() - question.from.getTime()
  if (length <= 0 || length > RANGE_MAX_MS)
    throw invalidField(
      'to',
      'Ask for more than nothing, and for 400 days at most.',
      '时间范围不能为空，最多 400 天。',
    )
  return question
}

export async function revenueTotals(
  { sql }: Pick<Context, 'sql'>,
  { from, to }: RevenueQuestion,
): Promise<RevenueSums> {
  const [sums] = await sql.query<RevenueSums>(`${CHARGED} SELECT ${SUMS} FROM charged c`, [from, to])
  return sums!
}

/** Days newest first; models and users by what they paid, at most `limit`; null: all. */
export function revenueRows(
  { sql }: Pick<Context, 'sql'>,
  { from, to }: RevenueQuestion,
  { by, limit = ROWS_MAX }: { by: RevenueBy; limit?: number | null },
): Promise<RevenueRow[]> {
  const { key, name, order } = GROUPS[by]
  return sql.query<RevenueRow>(
    `${CHARGED} SELECT g.*, ${name} AS name FROM (SELECT ${key} AS key, ${SUMS} FROM charged c GROUP BY 1) g
     ORDER BY ${order}, key LIMIT $3`,
    [from, to, limit],
  )
}

export async function moneyIn({ sql }: Context, { from, to }: RevenueQuestion): Promise<MoneyIn> {
  const [sums] = await sql.query<MoneyIn>(
    `SELECT coalesce(sum(value_nano) FILTER (WHERE kind = 'top_up'), 0)::bigint AS "topUps",
            coalesce(-sum(value_nano) FILTER (WHERE kind = 'refund' AND value_nano < 0), 0)::bigint AS refunds,
            coalesce(-sum(value_nano) FILTER (WHERE bucket_id IS NULL AND (kind = 'purchase'
                                            OR kind = 'refund' AND value_nano > 0)), 0)::bigint AS "planSales"
       FROM ledger_entry
      WHERE kind IN ('top_up', 'refund', 'purchase') AND created_at >= $1 AND created_at < $2`,
    [from, to],
  )
  return sums!
}

/**
 * By the entries of the statements themselves. Prices are micro-CNY per 1,000,000 LLM tokens: times tokens that is
 * pico-CNY, rounded once for each request. An unknown price of cached input is that of input.
 */
const CHARGED = `
  WITH paid AS (
    SELECT e.request_id, min(e.created_at) AS at, -sum(e.value_nano) AS charged,
           coalesce(-sum(e.value_nano) FILTER (WHERE e.unit = 'token'), 0) AS bonus
      FROM ledger_entry e WHERE e.kind = 'usage' AND e.created_at >= $1 AND e.created_at < $2 GROUP BY 1
  ), charged AS (
    SELECT p.*, c.model_id, c.account_id,
           CASE WHEN m.cost_input IS NOT NULL AND m.cost_output IS NOT NULL THEN
             round(((c.prompt_tokens - coalesce(c.cached_tokens, 0))::numeric * m.cost_input
                    + coalesce(c.cached_tokens, 0)::numeric * coalesce(m.cost_cached_input, m.cost_input)
                    + c.completion_tokens::numeric * m.cost_output) / 1000) END AS upstream
      FROM paid p JOIN charge c USING (request_id) LEFT JOIN model m ON m.id = c.model_id)`

const SUMS = `count(*) AS requests, coalesce(sum(c.charged), 0)::bigint AS charged,
  coalesce(sum(c.bonus), 0)::bigint AS bonus,
  CASE WHEN count(*) = count(c.upstream) THEN coalesce(sum(c.upstream), 0)::bigint END AS "upstreamCost"`

const GROUPS: Record<RevenueBy, { key: string; name: string; order: string }> = {
  day: { key: `to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD')`, name: 'NULL', order: 'key DESC' },
  model: {
    key: 'c.model_id',
    name: '(SELECT display_name FROM model WHERE id = g.key)',
    order: 'charged DESC, requests DESC',
  },
  user: {
    key: 'c.account_id::text',
    name: '(SELECT email FROM app_user WHERE id = g.key::uuid)',
    order: 'charged DESC, requests DESC',
  },
}
