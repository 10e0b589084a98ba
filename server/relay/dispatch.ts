import { setTimeout as wait } from 'node:timers/promises'
import type { CatalogChannel } from '../catalog/catalog.ts'
import type { DomainError } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Affinity } from './affinity.ts'
import type { Breakers } from './breaker.ts'
import { faultOf, refusedWith, TOO_LATE } from './faults.ts'
import type { HealthBoard } from './health.ts'
import { type HowItEnded, judge } from './judge.ts'
import { readRefusal, type Refusal, retryAfterMs } from './refusals.ts'
import { noChannelAvailable, upstreamError, upstreamTimeout } from './relay.errors.ts'
import { drawOrder, enter, type Route } from './routes.ts'
import type { RelayTiming } from './timing.ts'
import type { Upstream, UpstreamAnswer } from './upstream.ts'

/** One try at one channel, for the receipt and the operator; users never see the channel's name. */
export interface Attempt {
  channelId: string
  outcome: 'answered' | 'refused' | 'failed' | 'timed_out'
  status: number | null
  durationMs: number
}

export interface Dispatched<T> {
  channel: CatalogChannel
  /** When it was asked, of performance.now(). */
  askedAt: number
  answer: T
  /** To be told how a streamed answer went on, whichever way. */
  ended(how: HowItEnded): void
}

export interface DispatchOptions<T> {
  upstream: Upstream
  breakers: Breakers
  affinity: Affinity
  health: HealthBoard
  log: Log
  timing: RelayTiming
  channels: CatalogChannel[]
  path: string
  /** The model's name as the caller knows it. */
  model: string
  streamed: boolean
  /** What the conversation is known by; asked only where there is a choice of routes. */
  conversation?(): string
  bodyFor(channel: CatalogChannel): string
  /** Aborted when the request is to end. */
  signal: AbortSignal
  /** Reads as much of a 2xx answer as it takes to know that it is one; a rejection tries the next channel. */
  accept(answer: UpstreamAnswer, channel: CatalogChannel): Promise<T>
  /** Filled as they happen. */
  attempts: Attempt[]
}

/** A key that the provider refuses rests this long: the operator has to look at it. */
const KEY_REST_MS = 60_000

/**
 * Asks one channel after another, each once, until one answers; the only channel is asked a second time
 * when its fault may pass. Moving on is only safe here, before the first byte has reached the caller; once
 * this returns, the request belongs to that channel.
 * Errors: no_channel_available, upstream_error, upstream_timeout, and the upstream's refusal of the request.
 */
export async function dispatch<T>(options: DispatchOptions<T>): Promise<Dispatched<T>> {
  const { breakers } = options
  const isChoice = options.channels.length > 1 || options.channels[0]?.keys.length !== 1
  const conversation = isChoice ? options.conversation?.() : undefined
  const preferred = conversation && options.affinity.servedBy(conversation)
  const order = drawOrder(options.channels, breakers, preferred)
  let fault: Fault | undefined
  const served = ({ breakerId }: Route, outcome: Dispatched<T>) => {
    if (conversation) options.affinity.served(conversation, breakerId)
    return outcome
  }

  for (const [i, channel] of order.entries()) {
    const isLast = i === order.length - 1
    const route = enter(channel, breakers, { used: undefined, force: isLast && !fault, preferred })
    if (!route) continue
    const outcome = await attempt(options, route, !isLast)
    if (!('error' in outcome)) return served(route, outcome)
    if (outcome.final) throw outcome.error
    fault = outcome
  }
  if (!fault) throw noChannelAvailable()

  const route = order.length === 1 ? await onceMore(options, fault) : undefined
  if (!route) throw fault.error
  const outcome = await attempt(options, route, false)
  if ('error' in outcome) throw outcome.error
  return served(route, outcome)
}

type Fault = Refusal & { route: Route }

/** The only channel's second chance: another key at once when the first is at fault, else after a wait if it may pass. */
async function onceMore<T>(
  { breakers, signal, timing }: DispatchOptions<T>,
  { ofKey, passing, waitMs = timing.retryWait, route: used }: Fault,
): Promise<Route | undefined> {
  const other = ofKey ? enter(used.channel, breakers, { used, force: false }) : undefined
  if (other && other.breakerId !== used.breakerId) return other
  if (!passing || waitMs > timing.retryWaitMax) return undefined
  await wait(waitMs, undefined, { signal })
  return enter(used.channel, breakers, { used, force: true })
}

/** Throws only when the request is to end; whatever the upstream does is an answer or a fault. */
async function attempt<T>(
  options: DispatchOptions<T>,
  route: Route,
  hasSpare: boolean,
): Promise<Dispatched<T> | Fault> {
  const { upstream, breakers, health, log, signal } = options
  const { channel, key, breakerId } = route
  const started = performance.now()
  const note = (outcome: Attempt['outcome'], status: number | null) => {
    const durationMs = Math.round(performance.now() - started)
    options.attempts.push({ channelId: channel.id, outcome, status, durationMs })
  }
  const body = options.bodyFor(channel)
  const given = new AbortController()
  const giveUp = () => given.abort()
  const timer = setTimeout(giveUp, patienceFor(options, channel, hasSpare))
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  try {
    const answer = await upstream.post({
      channel,
      key: key.secret,
      path: options.path,
      body,
      signal: given.signal,
    })
    if (answer.status >= 200 && answer.status < 300) {
      const accepted = await options.accept(answer, channel)
      note('answered', answer.status)
      const ended = judge(options, route, performance.now() - started)
      return { channel, askedAt: started, answer: accepted, ended }
    }
    const refusal = await readRefusal(answer, route, { model: options.model, sent: body })
    note('refused', answer.status)
    const refused = refusedWith(answer.status, refusal.code)
    if (learn(breakers, breakerId, answer)) health.failed(route, refused)
    log.warn({ channel: channel.name, fault: refused }, 'an upstream refused a request')
    return { ...refusal, route }
  } catch (error) {
    if (signal.aborted) {
      breakers.abandoned(breakerId)
      throw error
    }
    const late = given.signal.aborted
    // What began as an answer and is none must not go on being sent to us.
    giveUp()
    breakers.failed(breakerId)
    const fault = late ? TOO_LATE : faultOf(error)
    health.failed(route, fault)
    note(late ? 'timed_out' : 'failed', null)
    // Not the error itself: it may carry what the upstream sent.
    log.warn({ channel: channel.name, fault, error: (error as Error).name }, 'an upstream failed')
    return { ...failure(late ? upstreamTimeout() : upstreamError()), passing: !late, route }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

const failure = (error: DomainError) => ({
  error,
  final: false,
  ofKey: false,
  waitMs: undefined,
  reason: error.message,
  code: undefined,
})

/** The caller waits less while somebody else could take over. */
function patienceFor(
  { timing, streamed }: Pick<DispatchOptions<unknown>, 'timing' | 'streamed'>,
  { timeouts }: CatalogChannel,
  hasSpare: boolean,
): number {
  const { total, firstToken } = timeouts
  if (!streamed) return total ?? (hasSpare ? timing.wholeWithSpare : timing.whole)
  const first = firstToken ?? (hasSpare ? timing.firstTokenWithSpare : timing.firstToken)
  return Math.min(first, total ?? first)
}

/**
 * Whether it was the channel's fault: a caller's bad request says nothing about it; a refused key needs the operator.
 */
function learn(breakers: Breakers, id: string, { status, headers }: UpstreamAnswer): boolean {
  if ([401, 402, 403].includes(status)) breakers.failed(id, KEY_REST_MS)
  else if (status === 429) breakers.failed(id, retryAfterMs(headers['retry-after']))
  else if (status < 400 || status >= 500 || [404, 408, 409].includes(status)) breakers.failed(id)
  else {
    breakers.abandoned(id)
    return false
  }
  return true
}
