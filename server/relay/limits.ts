import type { Redis } from 'ioredis'
import type { RateLimiterRes } from 'rate-limiter-flexible'
import { createLimiter } from '../platform/limiter.ts'
import { rateLimitExceeded } from './relay.errors.ts'

/** What is left in a token's minute; every answer to a recognised token says so. */
export interface LimitState {
  limit: number
  remaining: number
  /** Milliseconds until the window ends. */
  resetMs: number
}

export interface Limits {
  /** Takes one request of the minute. Errors: rate_limit_exceeded (with retryAfter). */
  take(tokenId: string, limit: number): Promise<LimitState>
  /** Gives the slot of a request that was refused for another reason back. */
  giveBack(tokenId: string, limit: number): Promise<LimitState>
  /** Without taking anything. */
  peek(tokenId: string, limit: number): Promise<LimitState>
}

const WINDOW_S = 60
const POINTS = 1_000_000_000

/** A fixed window of 60 s from the first request, counted atomically; with Redis, over all processes. */
export function createLimits(redis?: Redis): Limits {
  const limiter = createLimiter({ points: POINTS, duration: WINDOW_S, keyPrefix: 'rpm' }, redis)

  return {
    async take(tokenId, limit) {
      const state = stateOf(await limiter.consume(tokenId), limit)
      if (state.remaining >= 0) return state
      await limiter.reward(tokenId)
      throw refusal(state)
    },
    async giveBack(tokenId, limit) {
      // A window that has ended meanwhile has nothing to take back: the next one must not begin below zero.
      if (!(await limiter.get(tokenId))) return fresh(limit)
      return stateOf(await limiter.reward(tokenId), limit)
    },
    async peek(tokenId, limit) {
      const result = await limiter.get(tokenId)
      return result ? stateOf(result, limit) : fresh(limit)
    },
  }
}

const fresh = (limit: number): LimitState => ({ limit, remaining: limit, resetMs: 0 })

function stateOf({ consumedPoints, msBeforeNext }: RateLimiterRes, limit: number): LimitState {
  return { limit, remaining: limit - consumedPoints, resetMs: Math.max(0, msBeforeNext) }
}

function refusal({ limit, resetMs }: LimitState) {
  return rateLimitExceeded(limit, Math.max(1, Math.ceil(resetMs / 1000)))
}

/**
 * `x-ratelimit-*`, as OpenAI's clients read them: the reset is a duration such as `12s`. On /messages Anthropic's names,
 * and the moment of the reset.
 */
export function limitHeaders(
  { limit, remaining, resetMs }: LimitState,
  protocol?: string,
): Record<string, string> {
  if (protocol === 'messages')
    return {
      'anthropic-ratelimit-requests-limit': String(limit),
      'anthropic-ratelimit-requests-remaining': String(Math.max(0, remaining)),
      'anthropic-ratelimit-requests-reset': new Date(Date.now() + resetMs).toISOString(),
    }
  return {
    'x-ratelimit-limit-requests': String(limit),
    'x-ratelimit-remaining-requests': String(Math.max(0, remaining)),
    'x-ratelimit-reset-requests': `${Math.ceil(resetMs / 1000)}s`,
  }
}
