import { Repeater } from '@graphql-yoga/subscription'
import { type Context, signedIn } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'

/** What requests added to one bucket of time. */
export interface UsageDelta {
  start: Date
  model: string
  apiTokenId: string
  requests: bigint
  succeeded: bigint
  promptTokens: bigint
  completionTokens: bigint
  cost: bigint
}

export interface UsageTick {
  sequence: bigint
  at: Date
  deltas: UsageDelta[]
}

/** At most one tick in this time, however much happens. */
const TICK_MS = 1_000
/** Requests remembered for a listener that reads slowly; beyond that a number is left out, and it must read anew. */
const PENDING_MAX = 5_000
const BUCKET_SECONDS_MAX = 86_400

/**
 * What the viewer's requests added since the tick before, each request once. A listener that is slow gets larger
 * ticks, not more of them. Errors: invalid_request.
 */
export function usageTicks(ctx: Context, bucketSeconds: number): AsyncIterableIterator<UsageTick> {
  const { id } = signedIn(ctx)
  if (bucketSeconds < 1 || bucketSeconds > BUCKET_SECONDS_MAX)
    throw invalidField('bucketSeconds', `A bucket has 1 to ${BUCKET_SECONDS_MAX} seconds.`)
  return new Repeater<UsageTick>(async (push, stop) => {
    const news = collect(ctx, id)
    let stopped = false
    void stop.then(() => {
      stopped = true
      news.close()
    })
    let sequence = 0n
    while (!stopped) {
      const requestIds = await news.next()
      if (stopped) return
      if (news.takeLost()) sequence += 1n
      sequence += 1n
      try {
        const deltas = await readDeltas(ctx, id, requestIds, bucketSeconds)
        await push({ sequence, at: ctx.now(), deltas })
      } catch (error) {
        ctx.log.warn({ err: error }, 'a usage tick is left out')
      }
      await Promise.race([stop, pause(TICK_MS)])
    }
  })
}

/** The ids of requests settled meanwhile. */
function collect({ events }: Context, userId: string) {
  let pending = new Set<string>()
  let lost = false
  let wake: () => void = () => undefined
  const unlisten = events.pubSub.listen('usageRecorded', userId, ({ requestId }) => {
    if (pending.size < PENDING_MAX) pending.add(requestId)
    else lost = true
    wake()
  })
  return {
    /** Waits for one at least. */
    async next(): Promise<string[]> {
      if (pending.size === 0) await new Promise<void>((resolve) => (wake = resolve))
      const taken = [...pending]
      pending = new Set()
      return taken
    },
    takeLost() {
      const was = lost
      lost = false
      return was
    },
    close() {
      unlisten()
      wake()
    },
  }
}

const readDeltas = (
  { sql }: Context,
  userId: string,
  requestIds: string[],
  bucketSeconds: number,
): Promise<UsageDelta[]> =>
  sql.query<UsageDelta>(
    `SELECT to_timestamp(floor(extract(epoch FROM created_at) / $3::int) * $3::int) AS start,
            model_id AS model, api_token_id AS "apiTokenId", count(*) AS requests,
            count(*) FILTER (WHERE status = 'succeeded') AS succeeded,
            coalesce(sum(prompt_tokens), 0)::bigint AS "promptTokens",
            coalesce(sum(completion_tokens), 0)::bigint AS "completionTokens",
            coalesce(sum(cost_nano), 0)::bigint AS cost
       FROM usage_record WHERE id = ANY($1::uuid[]) AND user_id = $2 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [requestIds, userId, bucketSeconds],
  )

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref())
