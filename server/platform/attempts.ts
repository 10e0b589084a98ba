import type { Redis } from 'ioredis'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { DomainError } from './errors.ts'
import { createLimiter } from './limiter.ts'

/** Guessing is slowed down per account and per address; nobody is locked out for good. */
const RULES = {
  sign_in: { points: 10, duration: 300 },
  sign_up: { points: 10, duration: 3600 },
  sign_in_link: { points: 10, duration: 300 },
  send_code: { points: 6, duration: 3600 },
  check_code: { points: 10, duration: 300 },
  confirm_password: { points: 10, duration: 300 },
  password_reset: { points: 5, duration: 3600 },
  password_reset_address: { points: 20, duration: 3600 },
  visit_invitation: { points: 30, duration: 300 },
  redeem_code: { points: 5, duration: 60 },
  redeem_code_address: { points: 20, duration: 3600 },
  payment_notice: { points: 60, duration: 60 },
  unknown_key: { points: 60, duration: 60 },
  socket: { points: 60, duration: 60 },
} as const

export type AttemptKind = keyof typeof RULES

export interface Attempts {
  /** Takes one attempt for each key that is known. Errors: rate_limit_exceeded (with retryAfter). */
  take(kind: AttemptKind, keys: (string | undefined)[]): Promise<void>
}

export function createAttempts(redis?: Redis): Attempts {
  const limiters = new Map(
    Object.entries(RULES).map(([kind, rule]) => [kind, createLimiter({ ...rule, keyPrefix: kind }, redis)]),
  )
  return {
    async take(kind, keys) {
      const limiter = limiters.get(kind)!
      for (const key of keys) {
        if (key === undefined) continue
        try {
          await limiter.consume(key)
        } catch (refusal) {
          if (refusal instanceof RateLimiterRes) throw tooManyAttempts(refusal.msBeforeNext)
          throw refusal
        }
      }
    },
  }
}

function tooManyAttempts(waitMs: number) {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
  return new DomainError(
    'rate_limited',
    'rate_limit_exceeded',
    `Too many attempts. Try again in ${retryAfter} seconds.`,
    { retryAfter, zh: `尝试次数过多，请在 ${retryAfter} 秒后重试。` },
  )
}
