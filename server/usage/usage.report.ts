import { type Context, signedIn } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import type { UsageBucket, UsageByModel, UsageReport, UsageTotals } from './usage.type.ts'

export interface ReportRange {
  from: Date
  to: Date
  bucketSeconds: number
}

const BUCKETS_MAX = 400

const SUMS = `count(*) AS requests, coalesce(sum(prompt_tokens), 0)::bigint AS "promptTokens",
  coalesce(sum(completion_tokens), 0)::bigint AS "completionTokens", coalesce(sum(cost_nano), 0)::bigint AS cost`

/** The viewer's usage over [from, to). Errors: invalid_request for an empty range or too many buckets. */
export async function reportUsage(
  ctx: Context,
  { from, to, bucketSeconds }: ReportRange,
): Promise<UsageReport> {
  const { id } = signedIn(ctx)
  if (from >= to) throw invalidField('to', 'The end must lie after the start.')
  if ((to.getTime() - from.getTime()) / 1000 / bucketSeconds > BUCKETS_MAX)
    throw invalidField(
      'bucketSeconds',
      `At most ${BUCKETS_MAX} buckets: choose larger ones or a shorter range.`,
    )

  const where = 'user_id = $1 AND created_at >= $2 AND created_at < $3'
  const range = [id, from, to]
  const [totals] = await ctx.sql.query<UsageTotals>(
    `SELECT ${SUMS}, count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
            round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ttft_ms))::int AS "ttftP50Ms"
       FROM usage_record WHERE ${where}`,
    range,
  )
  const buckets = await ctx.sql.query<UsageBucket>(
    `SELECT $2::timestamptz + floor(extract(epoch FROM created_at - $2) / $4) * $4 * interval '1 second' AS start,
            model_id AS model, ${SUMS}
       FROM usage_record WHERE ${where} GROUP BY 1, 2 ORDER BY 1, 2`,
    [...range, bucketSeconds],
  )
  const byModel = await ctx.sql.query<UsageByModel>(
    `SELECT model_id AS model, ${SUMS} FROM usage_record WHERE ${where} GROUP BY 1 ORDER BY cost DESC, model`,
    range,
  )
  return { from, to, totals: totals!, buckets, byModel }
}
