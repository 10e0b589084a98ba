import { administrator, type Context } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import { ANYONE } from '../platform/events.ts'
import { BUCKET_SECONDS_MAX, type Numbered, requestTicks } from '../usage/usage.ticks.ts'

/** What everybody's requests added to one bucket of time. */
export interface TrafficPoint {
  start: Date
  requests: bigint
  errors: bigint
  promptTokens: bigint
  completionTokens: bigint
  cost: bigint
}

/** Under way at this moment, in all processes. */
export interface Running {
  runningRequests: number
  liveStreams: number
}

export interface Traffic extends Running {
  points: TrafficPoint[]
}

export type TrafficTick = Running & Numbered & { at: Date; deltas: TrafficPoint[] }

export interface TrafficQuestion {
  from: Date
  to: Date
  bucketSeconds: number
}

/** Without any request, so that the streams that run stay true. */
const BEAT_MS = 1_000
const BUCKETS_MAX = 400

/** Over [from, to) by when a request was admitted; what nobody used is left out. Errors: admin_required, invalid_request. */
export async function readTraffic(
  ctx: Context,
  { from, to, bucketSeconds }: TrafficQuestion,
): Promise<Traffic> {
  administrator(ctx)
  refuseOdd(bucketSeconds)
  const parts = (to.getTime() - from.getTime()) / 1_000 / bucketSeconds
  if (parts <= 0 || parts > BUCKETS_MAX) throw invalidField('to', `Ask for 1 to ${BUCKETS_MAX} buckets.`)
  const points = await ctx.sql.query<TrafficPoint>(
    `${POINTS} WHERE created_at >= $2 AND created_at < $3 GROUP BY 1 ORDER BY 1`,
    [bucketSeconds, from, to],
  )
  return { points, ...(await readRunning(ctx)) }
}

/**
 * What everybody's requests added since the tick before, each request once, at most once a second. Errors:
 * admin_required, invalid_request.
 */
export function trafficTicks(ctx: Context, bucketSeconds: number): AsyncIterableIterator<TrafficTick> {
  administrator(ctx)
  refuseOdd(bucketSeconds)
  return requestTicks(ctx, { whose: ANYONE, beatMs: BEAT_MS }, async (requestIds) => ({
    at: ctx.now(),
    deltas:
      requestIds.length === 0
        ? []
        : await ctx.sql.query<TrafficPoint>(`${POINTS} WHERE id = ANY($2::uuid[]) GROUP BY 1 ORDER BY 1`, [
            bucketSeconds,
            requestIds,
          ]),
    ...(await readRunning(ctx)),
  }))
}

/** Whoever left early got what was asked for: that is no error. */
const POINTS = `
  SELECT to_timestamp(floor(extract(epoch FROM created_at) / $1::int) * $1::int) AS start, count(*) AS requests,
         count(*) FILTER (WHERE status IN ('failed', 'interrupted')) AS errors,
         coalesce(sum(prompt_tokens), 0)::bigint AS "promptTokens",
         coalesce(sum(completion_tokens), 0)::bigint AS "completionTokens",
         coalesce(sum(cost_nano), 0)::bigint AS cost
    FROM usage_record`

async function readRunning({ sql }: Context): Promise<Running> {
  const [running] = await sql.query<Running>(
    `SELECT count(*)::int AS "runningRequests",
            (count(*) FILTER (WHERE (detail ->> 'streamed')::boolean))::int AS "liveStreams" FROM hold`,
  )
  return running!
}

function refuseOdd(bucketSeconds: number): void {
  if (bucketSeconds < 1 || bucketSeconds > BUCKET_SECONDS_MAX)
    throw invalidField('bucketSeconds', `A bucket has 1 to ${BUCKET_SECONDS_MAX} seconds.`)
}
