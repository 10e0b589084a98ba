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

export interface UsageTick extends Numbered {
  at: Date
  deltas: UsageDelta[]
}

/** At most one tick in this time, however much happens. */
const TICK_MS = 1_000
/** Requests remembered for a listener that reads slowly; beyond that a number is left out, and it must read anew. */
const PENDING_MAX = 5_000
export const BUCKET_SECONDS_MAX = 86_400

/**
 * What the viewer's requests added since the tick before, each request once. A listener that is slow gets larger
 * ticks, not more of them. Errors: invalid_request.
 */
export function usageTicks(ctx: Context, bucketSeconds: number): AsyncIterableIterator<UsageTick> {
  const { id } = signedIn(ctx)
  if (bucketSeconds < 1 || bucketSeconds > BUCKET_SECONDS_MAX)
    throw invalidField('bucketSeconds', `A bucket has 1 to ${BUCKET_SECONDS_MAX} seconds.`)
  return requestTicks(ctx, { whose: id }, async (requestIds) => ({
    at: ctx.now(),
    deltas: await readDeltas(ctx, id, requestIds, bucketSeconds),
  }))
}

export interface Numbered {
  /** 1, 2, 3 …; one is left out when something was lost. */
  sequence: bigint
}

/** What `read` makes of the requests settled since the tick before, of one user or ANYONE; `beatMs`: also of none. */
export function requestTicks<T extends object>(
  ctx: Context,
  { whose, beatMs }: { whose: string; beatMs?: number },
  read: (requestIds: string[]) => Promise<T>,
): AsyncIterableIterator<T & Numbered> {
  return new Repeater<T & Numbered>(async (push, stop) => {
    const news = collect(ctx, whose)
    let stopped = false
    void stop.then(() => {
      stopped = true
      news.close()
    })
    let sequence = 0n
    while (!stopped) {
      // Who hears a beat hears one at once: how things are.
      const requestIds = await news.next(beatMs !== undefined && sequence === 0n ? 0 : beatMs)
      if (stopped) return
      if (news.takeLost()) sequence += 1n
      sequence += 1n
      try {
        await push({ ...(await read(requestIds)), sequence })
      } catch (error) {
        ctx.log.warn({ err: error }, 'a tick is left out')
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
    /** Waits for one at least, or so long. */
    async next(beatMs?: number): Promise<string[]> {
      if (pending.size === 0) {
        const woken = new Promise<void>((resolve) => (wake = resolve))
        await (beatMs === undefined ? woken : Promise.race([woken, pause(beatMs)]))
      }
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
