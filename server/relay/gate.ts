import type { Redis } from 'ioredis'
import { createLimiter } from '../platform/limiter.ts'
import type { TokenHolder } from '../tokens/token.book.ts'
import { createConcurrency } from './concurrency.ts'
import { tokensPerMinuteExceeded, tooManyAtOnce } from './relay.errors.ts'

/** What an API token may do beside its requests a minute: LLM tokens a minute, requests at a time. */
export interface Gates {
  /**
   * Takes the estimate from the minute and a place among those that run; tokens without such limits pass at no cost.
   * A minute that has something left lets one more request in, however large. Errors: rate_limit_exceeded.
   */
  enter(holder: TokenHolder, requestId: string, estimateOf: () => number): Promise<Gate>
  close(): void
}

export interface Gate {
  /** What it really used, in LLM tokens. */
  used(tokens: number): void
  /** Frees its place. More than once is harmless. */
  leave(): void
}

const OPEN: Gate = { used: () => undefined, leave: () => undefined }
const WINDOW_S = 60
const POINTS = 1_000_000_000_000
const MS_PER_S = 1_000

export function createGates(redis?: Redis): Gates {
  const minutes = createLimiter({ points: POINTS, duration: WINDOW_S, keyPrefix: 'tpm' }, redis)
  const concurrency = createConcurrency(redis)

  /** Answers when its minute ends, of performance.now(). */
  async function takeTokens(tokenId: string, limit: number, estimate: number): Promise<number> {
    const { consumedPoints, msBeforeNext } = await minutes.consume(tokenId, estimate)
    if (consumedPoints - estimate < limit) return performance.now() + msBeforeNext
    await minutes.reward(tokenId, estimate)
    throw tokensPerMinuteExceeded(limit, Math.max(1, Math.ceil(msBeforeNext / MS_PER_S)))
  }

  /** Within the same minute only: the next one owes nothing. */
  async function correct(tokenId: string, by: number, windowEnds: number): Promise<void> {
    if (by === 0 || performance.now() >= windowEnds) return
    await (by > 0 ? minutes.penalty(tokenId, by) : minutes.reward(tokenId, -by))
  }

  return {
    async enter({ tokenId, tokensPerMinute, concurrency: places }, requestId, estimateOf) {
      if (tokensPerMinute === null && places === null) return OPEN
      if (places !== null && !(await concurrency.enter(tokenId, requestId, places)))
        throw tooManyAtOnce(places)
      const leave = () => concurrency.leave(tokenId, requestId)
      if (tokensPerMinute === null) return { used: () => undefined, leave }
      const estimate = estimateOf()
      const windowEnds = await takeTokens(tokenId, tokensPerMinute, estimate).catch((refusal: unknown) => {
        leave()
        throw refusal
      })
      const used = (tokens: number) =>
        void correct(tokenId, tokens - estimate, windowEnds).catch(() => undefined)
      return { used, leave }
    },
    close: () => concurrency.close(),
  }
}
