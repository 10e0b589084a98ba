import type { Redis } from 'ioredis'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'

interface Rule {
  points: number
  /** Seconds, from the first. */
  duration: number
  keyPrefix: string
}

/**
 * The package's own script, except that what is given back to a window that ended meanwhile is given to nobody:
 * the next one must not begin below zero.
 */
const INCREMENT = `
if tonumber(ARGV[1]) < 0 and redis.call('exists', KEYS[1]) == 0 then return {0, 0} end
redis.call('set', KEYS[1], 0, 'EX', ARGV[2], 'NX')
local consumed = redis.call('incrby', KEYS[1], ARGV[1])
if consumed < 0 then consumed = redis.call('incrby', KEYS[1], -consumed) end
return {consumed, redis.call('pttl', KEYS[1])}`

/**
 * Counts in fixed windows; with Redis, over all processes. While Redis is away each process counts for itself: a
 * limit that is briefly too generous stops nobody.
 */
export function createLimiter(rule: Rule, redis?: Redis): RateLimiterAbstract {
  const memory = new RateLimiterMemory(rule)
  if (!redis) return memory
  return new RateLimiterRedis({
    ...rule,
    storeClient: redis,
    customIncrTtlLuaScript: INCREMENT,
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
  })
}
