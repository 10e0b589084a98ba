import type { Redis } from 'ioredis'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { DomainError } from './errors.ts'
import { createLimiter } from './limiter.ts'

/** What one caller may ask of GraphQL in a minute, in points of graphql/cost.ts. */
export const POINTS_PER_MINUTE = 30_000
/** The same of one operation. */
export const POINTS_PER_OPERATION = 1_000

export interface Points {
  /** Errors: rate_limit_exceeded (with retryAfter). */
  take(caller: string, points: number): Promise<{ remaining: number; resetSeconds: number }>
}

export function createPoints(redis?: Redis): Points {
  const limiter = createLimiter({ points: POINTS_PER_MINUTE, duration: 60, keyPrefix: 'graphql' }, redis)
  return {
    async take(caller, points) {
      try {
        const { remainingPoints, msBeforeNext } = await limiter.consume(caller, points)
        return { remaining: remainingPoints, resetSeconds: Math.ceil(msBeforeNext / 1_000) }
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) throw tooManyPoints(refusal.msBeforeNext)
        throw refusal
      }
    },
  }
}

function tooManyPoints(waitMs: number) {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1_000))
  return new DomainError(
    'rate_limited',
    'rate_limit_exceeded',
    `That is more than ${POINTS_PER_MINUTE} points in a minute. Try again in ${retryAfter} seconds.`,
    { retryAfter, limit: POINTS_PER_MINUTE },
  )
}
