import type { Redis } from 'ioredis'
import type { Catalog } from '../catalog/catalog.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Config } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import type { TokenBook } from '../tokens/token.book.ts'
import type { Call } from './admit.ts'
import { type Breakers, createBreakers } from './breaker.ts'
import { chatCompletions } from './chat-completions.ts'
import { RELAY_TIMING, type RelayTiming } from './dispatch.ts'
import { type AnswerLengths, createAnswerLengths } from './estimate.ts'
import { createLimits, type Limits } from './limits.ts'
import { serviceUnavailable } from '../platform/errors.ts'
import type { Sink } from './sink.ts'
import { createUpstream, type Upstream } from './upstream.ts'

/** What every request of this process shares. */
export interface RelayParts {
  catalog: Catalog
  tokens: TokenBook
  billing: Ledger
  limits: Limits
  lengths: AnswerLengths
  breakers: Breakers
  upstream: Upstream
  timing: RelayTiming
  log: Log
  now: () => Date
}

export interface Relay {
  readonly parts: RelayParts
  chatCompletions(call: Call, sink: Sink): Promise<void>
  /** How many requests are under way. */
  readonly running: number
  /** Refuses what is new; resolves when nothing runs any more, or after `ms`. */
  drain(ms: number): Promise<void>
  close(): Promise<void>
}

export interface RelayOptions {
  config: Config
  catalog: Catalog
  tokens: TokenBook
  billing: Ledger
  log: Log
  now: () => Date
  redis?: Redis
  timing?: Partial<RelayTiming>
}

export function createRelay({ config, redis, timing, ...given }: RelayOptions): Relay {
  const parts: RelayParts = {
    ...given,
    limits: createLimits(redis),
    lengths: createAnswerLengths(),
    breakers: createBreakers(() => given.now().getTime()),
    upstream: createUpstream({ allowPrivate: config.allowPrivateUpstreams }),
    timing: { ...RELAY_TIMING, ...timing },
  }
  const running = new Set<Promise<void>>()
  let draining = false

  return {
    parts,
    chatCompletions(call, sink) {
      if (draining) throw serviceUnavailable()
      const request = chatCompletions(parts, call, sink).finally(() => running.delete(request))
      running.add(request)
      return request
    },
    get running() {
      return running.size
    },
    async drain(ms) {
      draining = true
      const timer = new AbortController()
      const idle = async () => {
        while (running.size > 0) await Promise.allSettled(running)
      }
      await Promise.race([idle(), delay(ms, timer.signal)])
      timer.abort()
    },
    close: () => parts.upstream.close(),
  }
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => clearTimeout(timer))
  })
}
