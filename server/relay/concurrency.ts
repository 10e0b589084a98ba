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

// One step, so that of two requests for the last place one gets it.
const ENTER = `redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1`

export function createConcurrency(redis?: Redis): Concurrency {
  const running = new Map<string, Set<string>>()
  const key = (tokenId: string) => `running:${tokenId}`

  /** While Redis is away each process counts for itself. */
  async function enterShared(tokenId: string, requestId: string, places: number): Promise<boolean> {
    if (!redis) return true
    const now = Date.now()
    const args = [now, now + LEASE_MS, requestId, places, LEASE_MS]
    return redis.eval(ENTER, 1, key(tokenId), ...args).then(
      (entered) => entered === 1,
      () => true,
    )
  }

  function renew() {
    const until = Date.now() + LEASE_MS
    for (const [tokenId, requests] of running) {
      const members = [...requests].flatMap((id) => [until, id])
      redis!.zadd(key(tokenId), 'XX', ...members).catch(() => undefined)
      redis!.pexpire(key(tokenId), LEASE_MS).catch(() => undefined)
    }
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
