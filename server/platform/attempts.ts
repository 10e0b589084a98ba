import type { Redis } from 'ioredis'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { networkOf } from './addresses.ts'
import { DomainError } from './errors.ts'
import { createLimiter } from './limiter.ts'

/** Guessing is slowed down per account and per address; nobody is locked out for good. */
const RULES = {
  sign_in: { points: 10, duration: 300 },
  // From every address together: far above what one may try, so that a stranger alone keeps nobody out.
  sign_in_account: { points: 200, duration: 300 },
  sign_up: { points: 10, duration: 3600 },
  sign_in_link: { points: 10, duration: 300 },
  send_code: { points: 6, duration: 3600 },
  check_code: { points: 10, duration: 300 },
  confirm_password: { points: 10, duration: 300 },
  password_reset: { points: 20, duration: 3600 },
  // To one mailbox. Nobody is refused for it: anybody may ask for anybody's.
  password_reset_letter: { points: 5, duration: 3600 },
  visit_invitation: { points: 30, duration: 300 },
  redeem_code: { points: 5, duration: 60 },
  redeem_code_address: { points: 20, duration: 3600 },
  payment_notice: { points: 60, duration: 60 },
  unknown_key: { points: 60, duration: 60 },
  socket: { points: 60, duration: 60 },
} as const

export type AttemptKind = keyof typeof RULES

export interface Attempts {
  /** Takes one attempt for each key that is known; addresses of one network are one key. Errors: rate_limit_exceeded (with retryAfter). */
  take(kind: AttemptKind, keys: (string | undefined)[]): Promise<void>
  /** Takes one as well; answers whether there was one, where nobody is to be refused. */
  allows(kind: AttemptKind, key: string): Promise<boolean>
}

export function createAttempts(redis?: Redis): Attempts {
  const limiters = new Map(
    Object.entries(RULES).map(([kind, rule]) => [kind, createLimiter({ ...rule, keyPrefix: kind }, redis)]),
  )
  /** Undefined: it was taken. */
  async function waitFor(kind: AttemptKind, key: string): Promise<number | undefined> {
    try {
      await limiters.get(kind)!.consume(networkOf(key))
      return undefined
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext
      throw refusal
    }
  }
  return {
    async take(kind, keys) {
      for (const key of keys) {
        const waitMs = key === undefined ? undefined : await waitFor(kind, key)
        if (waitMs !== undefined) throw tooManyAttempts(waitMs)
      }
    },
    allows: async (kind, key) => (await waitFor(kind, key)) === undefined,
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
