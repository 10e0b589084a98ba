import type { Redis } from 'ioredis'

/** How many requests of an API token run at a time, over all processes that share Redis. */
export interface Concurrency {
  /** False: the token's places are taken. */
  enter(tokenId: string, requestId: string, places: number): Promise<boolean>
  leave(tokenId: string, requestId: string): void
  close(): void
}

/** A process that died leaves its places free after this; a living one says so three times as often. */
const LEASE_MS = 30_000
const RENEW_MS = LEASE_MS / 3

/** By Redis' own clock: those of two machines differ. */
const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`
// One step, so that of two requests for the last place one gets it.
const ENTER = `${NOW}redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1`
// Places that a restarted Redis has forgotten are taken again.
const RENEW = `${NOW}for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])`

export function createConcurrency(redis?: Redis): Concurrency {
  const running = new Map<string, Set<string>>()
  const key = (tokenId: string) => `running:${tokenId}`

  /** While Redis is away each process counts for itself. */
  async function enterShared(tokenId: string, requestId: string, places: number): Promise<boolean> {
    if (!redis) return true
    return redis.eval(ENTER, 1, key(tokenId), LEASE_MS, requestId, places).then(
      (entered) => entered === 1,
      () => true,
    )
  }

  function renew() {
    for (const [tokenId, requests] of running)
      redis!.eval(RENEW, 1, key(tokenId), LEASE_MS, ...requests).catch(() => undefined)
  }
  const renewal = redis && setInterval(renew, RENEW_MS).unref()

  function leave(tokenId: string, requestId: string) {
    const requests = running.get(tokenId)
    if (!requests?.delete(requestId)) return
    if (requests.size === 0) running.delete(tokenId)
    redis?.zrem(key(tokenId), requestId).catch(() => undefined)
  }

  return {
    async enter(tokenId, requestId, places) {
      const requests = running.get(tokenId) ?? new Set()
      if (requests.size >= places) return false
      running.set(tokenId, requests.add(requestId))
      if (await enterShared(tokenId, requestId, places)) return true
      leave(tokenId, requestId)
      return false
    },
    leave,
    close: () => clearInterval(renewal),
  }
}
