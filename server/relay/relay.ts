import type { Redis } from 'ioredis'
import type { Catalog } from '../catalog/catalog.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Config } from '../platform/config.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Log } from '../platform/log.ts'
import type { Sql } from '../platform/sql.ts'
import type { TokenBook } from '../tokens/token.book.ts'
import type { SpendCaps } from '../usage/spend-caps.ts'
import type { Call } from './admit.ts'
import { type Affinity, createAffinity } from './affinity.ts'
import type { Breakers, BreakerState } from './breaker.ts'
import type { ChannelHealth } from './channel-health.ts'
import { chatCompletions } from './chat-completions.ts'
import { messages, responses } from './doors/doors.ts'
import { embeddings } from './doors/embeddings.ts'
import { type AnswerLengths, createAnswerLengths } from './estimate.ts'
import type { HealthBoard } from './health.ts'
import type { InferenceKeys } from './inference-keys.ts'
import { type CallKey, keyed } from './keyed.ts'
import { createGates, type Gates } from './gate.ts'
import { createLimits, type Limits } from './limits.ts'
import { serviceUnavailable } from '../platform/errors.ts'
import type { Sink } from './sink.ts'
import type { Stop } from './stop.ts'
import { RELAY_TIMING, type RelayTiming } from './timing.ts'
import { createUpstream, type Upstream } from './upstream.ts'

const doors = { chat_completions: chatCompletions, messages, responses, embeddings }

/** What every request of this process shares. */
export interface RelayParts {
  catalog: Catalog
  tokens: TokenBook
  billing: Ledger
  limits: Limits
  gates: Gates
  lengths: AnswerLengths
  spendCaps: SpendCaps
  keys: InferenceKeys
  sql: Sql
  breakers: Breakers
  affinity: Affinity
  health: HealthBoard
  upstream: Upstream
  timing: RelayTiming
  /** Of the requests that have been admitted and not yet ended. */
  stops: Set<Stop>
  metrics: Metrics
  log: Log
  now: () => Date
}

export interface Relay {
  readonly parts: RelayParts
  /** Answers through the door that the call came through; with a key, at most once for that key. */
  answer(call: Call, sink: Sink, key?: CallKey): Promise<void>
  /** How many requests are under way. */
  readonly running: number
  /** Of every channel key that was used. */
  breakers(): BreakerState[]
  /** Whether what is new is refused. */
  readonly draining: boolean
  /** Refuses what is new; what still runs after `ms` is told so and settled. Resolves when nothing runs. */
  drain(ms: number): Promise<void>
  close(): Promise<void>
}

export interface RelayOptions {
  config: Config
  catalog: Catalog
  tokens: TokenBook
  billing: Ledger
  spendCaps: SpendCaps
  keys: InferenceKeys
  sql: Sql
  channelHealth: ChannelHealth
  metrics: Metrics
  log: Log
  now: () => Date
  redis?: Redis
  timing?: Partial<RelayTiming>
}

export function createRelay({ config, redis, timing, channelHealth, ...given }: RelayOptions): Relay {
  const patience = { ...RELAY_TIMING, ...timing }
  const parts: RelayParts = {
    ...given,
    limits: createLimits(redis),
    gates: createGates(redis),
    lengths: createAnswerLengths(),
    breakers: channelHealth.breakers,
    health: channelHealth.board,
    affinity: createAffinity(),
    upstream: createUpstream({ allowPrivate: config.allowPrivateUpstreams, connect: patience.connect }),
    timing: patience,
    stops: new Set(),
  }
  const running = new Set<Promise<void>>()
  let draining = false

  return {
    parts,
    answer(call, sink, key) {
      if (draining) return Promise.reject(serviceUnavailable())
      const run = (asked: Call, to: Sink) => doors[call.protocol](parts, asked, to)
      const answered = key ? keyed(parts, { call, key, sink }, run) : run(call, sink)
      const request = answered.finally(() => running.delete(request))
      running.add(request)
      return request
    },
    get running() {
      return running.size
    },
    breakers: () => parts.breakers.states(),
    get draining() {
      return draining
    },
    async drain(ms) {
      draining = true
      const impatience = setTimeout(() => parts.stops.forEach((stop) => stop.end('draining')), ms)
      while (running.size > 0) await Promise.allSettled(running)
      clearTimeout(impatience)
    },
    async close() {
      parts.gates.close()
      await parts.upstream.close()
    },
  }
}
