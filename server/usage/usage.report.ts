import { PICO_OF_CHARGE } from '../ledger/price.ts'
import { isTimeZone } from '../platform/calendar.ts'
import { type Context, signedIn } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import type {
  ModelListCost,
  UsageBucket,
  UsageByModel,
  UsageGroup,
  UsagePoint,
  UsageTokenBucket,
  UsageTotals,
} from './report.type.ts'
import { matchesNothing, type UsageFilter, usageWhere } from './usage.filter.ts'

/** What a report is about; each of its parts is one query, run when it is asked for. */
export interface UsageQuestion {
  from: Date
  to: Date
  filter: Omit<UsageFilter, 'from' | 'to'>
  /** Whose days and hours; the account's without. */
  timeZone?: string | null
  /** Of `bucketsOf`. */
  bucketSeconds: number
}

type Step = 'hour' | 'day'
type Series = 'model' | 'api_token' | 'protocol' | 'pool'

const BUCKETS_MAX = 400
const SERIES_MAX = 7
const STEP_SECONDS = { hour: 3_600, day: 86_400 }

const SUMS = `count(*) AS requests, count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
  count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
  coalesce(sum(prompt_tokens), 0)::bigint AS "promptTokens", sum(cached_tokens)::bigint AS "cachedTokens",
  coalesce(sum(completion_tokens), 0)::bigint AS "completionTokens", sum(reasoning_tokens)::bigint AS "reasoningTokens",
  coalesce(sum(cost_nano), 0)::bigint AS cost`
const TTFT = `round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ttft_ms))::int AS "ttftP50Ms",
  round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ttft_ms))::int AS "ttftP95Ms"`
const COLUMNS = {
  model: 'model_id',
  api_token: 'api_token_id::text',
  protocol: 'upper(protocol)',
  pool: 'pool',
}
const nameOf = (by: Series, id: string) =>
  by === 'api_token' ? `(SELECT t.name FROM api_token t WHERE t.id = ${id}::uuid)` : 'NULL'

/** Each record once for each pool that paid for it, with what that pool paid. */
const byPool = (where: string) =>
  `FROM (SELECT r.created_at, r.status, r.prompt_tokens, r.cached_tokens, r.completion_tokens, r.reasoning_tokens,
                r.ttft_ms, coalesce(leg.pool, 'NONE') AS pool, coalesce(leg.paid, 0) AS cost_nano
           FROM (SELECT * ${where}) r LEFT JOIN LATERAL (
             SELECT upper(coalesce(b.kind, 'wallet')) AS pool, -sum(e.value_nano) AS paid
               FROM ledger_entry e LEFT JOIN bucket b ON b.id = e.bucket_id
              WHERE e.request_id = r.id AND e.request_id IS NOT NULL GROUP BY 1) leg ON true) paid`
const recordsOf = (by: Series, where: string) => (by === 'pool' ? byPool(where) : where)

/** Errors: invalid_request for an empty range, and for a time zone that is none. */
export function usageQuestion(question: UsageQuestion): UsageQuestion {
  const { from, to, timeZone } = question
  if (from >= to) throw invalidField('to', 'The end must lie after the start.', '结束时间须晚于开始时间。')
  if (timeZone != null && !isTimeZone(timeZone))
    throw invalidField(
      'timeZone',
      'The time zone must be an IANA name such as Asia/Shanghai.',
      '时区须为 IANA 名称，例如 Asia/Shanghai。',
    )
  return question
}

/** The same question about as long a time before. */
export function previousOf({ from, to, ...rest }: UsageQuestion): UsageQuestion {
  return { ...rest, from: new Date(2 * from.getTime() - to.getTime()), to: from }
}

export async function totalsOf(ctx: Context, question: UsageQuestion): Promise<UsageTotals> {
  const [totals] = await ask<UsageTotals>(ctx, question, (where) => `SELECT ${SUMS}, ${TTFT} ${where}`)
  return totals ?? NOTHING
}

/** Days and hours newest first, everything else dearest first. Errors: invalid_request for too many hours. */
export function groupsOf(
  ctx: Context,
  question: UsageQuestion,
  { by, first }: { by: Series | Step; first: number },
): Promise<UsageGroup[]> {
  if (by === 'day' || by === 'hour') {
    refuseTooMany(question, STEP_SECONDS[by], 'by')
    return ask(
      ctx,
      question,
      (where, value) =>
        `SELECT to_char(g.start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS key, NULL AS name, g.*
           FROM (SELECT ${startOf(by, question, value)} AS start, ${SUMS}, ${TTFT} ${where} GROUP BY 1) g
          ORDER BY g.start DESC`,
    )
  }
  return ask(
    ctx,
    question,
    (where) =>
      `SELECT g.*, ${nameOf(by, 'g.key')} AS name
         FROM (SELECT ${COLUMNS[by]} AS key, ${SUMS}, ${TTFT} ${recordsOf(by, where)} GROUP BY 1
               ORDER BY cost DESC, requests DESC, key LIMIT ${first}) g ORDER BY cost DESC, requests DESC, key`,
  )
}

/** For a chart: the seven dearest of a series on their own, the rest together. Errors: invalid_request. */
export function pointsOf(
  ctx: Context,
  question: UsageQuestion,
  { every, by }: { every: Step; by: Series },
): Promise<UsagePoint[]> {
  refuseTooMany(question, STEP_SECONDS[every], 'every')
  return ask(
    ctx,
    question,
    (where, value) =>
      `WITH part AS (
         SELECT ${startOf(every, question, value)} AS start, ${COLUMNS[by]} AS series, ${SUMS} ${recordsOf(by, where)}
          GROUP BY 1, 2
       ), dearest AS (
         SELECT series FROM part GROUP BY series ORDER BY sum(cost) DESC, sum(requests) DESC, series LIMIT ${SERIES_MAX}
       ), sums AS (
         SELECT p.start, d.series AS key, sum(p.requests)::bigint AS requests, sum(p.succeeded)::bigint AS succeeded,
                sum(p."promptTokens")::bigint AS "promptTokens",
                sum(p."completionTokens")::bigint AS "completionTokens", sum(p.cost)::bigint AS cost
           FROM part p LEFT JOIN dearest d USING (series) GROUP BY 1, 2
       )
       SELECT sums.*, ${nameOf(by, 'key')} AS name FROM sums ORDER BY start, key`,
  )
}

/** Equal parts of the range, counted from its beginning. Errors: invalid_request for too many. */
export const bucketsOf = (ctx: Context, question: UsageQuestion): Promise<UsageBucket[]> =>
  partsOf(ctx, question, 'model_id AS model')

export const tokenBucketsOf = (ctx: Context, question: UsageQuestion): Promise<UsageTokenBucket[]> =>
  partsOf(ctx, question, `api_token_id AS "apiTokenId", ${nameOf('api_token', 'api_token_id')} AS name`)

/** What is selected follows from the second column. */
function partsOf<R>(ctx: Context, question: UsageQuestion, columns: string): Promise<R[]> {
  const { bucketSeconds } = question
  refuseTooMany(question, bucketSeconds, 'bucketSeconds')
  return ask(ctx, question, (where, value) => {
    const from = `${value(question.from)}::timestamptz`
    const seconds = `${value(bucketSeconds)}::int`
    return `SELECT ${from} + floor(extract(epoch FROM created_at - ${from}) / ${seconds}) * ${seconds} * interval '1 second'
                AS start, ${columns}, ${SUMS} ${where} GROUP BY 1, 2 ORDER BY 1, 2`
  })
}

/** Dearest first. */
export const byModelOf = (ctx: Context, question: UsageQuestion): Promise<UsageByModel[]> =>
  ask(
    ctx,
    question,
    (where) => `SELECT model_id AS model, ${SUMS} ${where} GROUP BY 1 ORDER BY cost DESC, model`,
  )

/** The arithmetic of a bill, with a discount ratio of 1. */
export const listCostsOf = (ctx: Context, question: UsageQuestion): Promise<ModelListCost[]> =>
  ask(
    ctx,
    question,
    (where) => `SELECT r.model_id AS "modelId", sum(div(${PICO_OF_CHARGE} + 500, 1000))::bigint AS "listCost"
       FROM (SELECT id, model_id ${where}) r JOIN charge c ON c.request_id = r.id GROUP BY 1 ORDER BY 2 DESC, 1`,
  )

type Value = (given: unknown) => string

/** The beginning of a day or an hour. */
const startOf = (step: Step, { timeZone }: UsageQuestion, value: Value) =>
  `date_trunc('${step}', created_at, ${
    timeZone ? `${value(timeZone)}::text` : '(SELECT time_zone FROM app_user WHERE id = $1)'
  })`

/** One query over the viewer's records that the question is about. */
async function ask<R>(
  { sql, viewer }: Context,
  { from, to, filter }: UsageQuestion,
  text: (where: string, value: Value) => string,
): Promise<R[]> {
  if (matchesNothing(filter)) return []
  const { where, values } = usageWhere(signedIn({ viewer }).id, { ...filter, from, to })
  const value = (given: unknown) => `$${values.push(given)}`
  return sql.query<R>(text(`FROM usage_record WHERE ${where}`, value), values)
}

function refuseTooMany({ from, to }: UsageQuestion, seconds: number, param: string): void {
  if ((to.getTime() - from.getTime()) / 1000 / seconds > BUCKETS_MAX)
    throw invalidField(
      param,
      `At most ${BUCKETS_MAX} parts: choose larger ones or a shorter range.`,
      `最多 ${BUCKETS_MAX} 段：请选择更大的间隔或更短的范围。`,
    )
}

const NOTHING: UsageTotals = {
  requests: 0n,
  succeeded: 0n,
  cancelled: 0n,
  promptTokens: 0n,
  cachedTokens: null,
  completionTokens: 0n,
  reasoningTokens: null,
  cost: 0n,
  ttftP50Ms: null,
  ttftP95Ms: null,
}
