import type { CatalogChannel } from '../catalog/catalog.ts'
import { DomainError } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Breakers } from './breaker.ts'
import { noChannelAvailable, refusedByUpstream, upstreamError, upstreamTimeout } from './relay.errors.ts'
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
  answer: T
}

export interface DispatchOptions<T> {
  upstream: Upstream
  breakers: Breakers
  log: Log
  channels: CatalogChannel[]
  path: string
  bodyFor(channel: CatalogChannel): string
  /** Aborted when the caller leaves. */
  signal: AbortSignal
  timing: RelayTiming
  /** Reads as much of a 2xx answer as it takes to know that it is one; a rejection tries the next channel. */
  accept(answer: UpstreamAnswer, channel: CatalogChannel): Promise<T>
  attempts: Attempt[]
}

/** Milliseconds. Tests scale them down. */
export interface RelayTiming {
  firstToken: number
  /** Used instead of `firstToken` while another channel is free to take over. */
  firstTokenWithSpare: number
  idle: number
  idleWhileThinking: number
  total: number
  /** After the last word, how long an upstream may take to say [DONE]. */
  farewell: number
  keepAlive: number
  retryWaitMax: number
}

export const RELAY_TIMING: RelayTiming = {
  firstToken: 60_000,
  firstTokenWithSpare: 10_000,
  idle: 30_000,
  idleWhileThinking: 60_000,
  total: 15 * 60_000,
  farewell: 5_000,
  keepAlive: 15_000,
  retryWaitMax: 5_000,
}

const REASON_BYTES_MAX = 64 * 1024
const KEY_REST_MS = 60_000

/**
 * Asks one channel after another, each at most once, until one answers. Moving on is only safe here,
 * before the first byte has reached the caller; once this returns, the request belongs to that channel.
 * Errors: no_channel_available, upstream_error, upstream_timeout, and the upstream's refusal of the request.
 */
export async function dispatch<T>(options: DispatchOptions<T>): Promise<Dispatched<T>> {
  const ranked = rank(options.channels, options.breakers)
  let lastFault: DomainError | undefined
  for (const [i, route] of ranked.entries()) {
    const isLast = i === ranked.length - 1
    const fault = await attempt(options, route, isLast)
    if (!(fault instanceof DomainError)) return fault
    options.signal.throwIfAborted()
    if (fault.status === 400) throw fault
    lastFault = fault
  }
  throw lastFault ?? noChannelAvailable()
}

interface Route {
  channel: CatalogChannel
  key: string
  breakerId: string
}

async function attempt<T>(
  { upstream, breakers, log, timing, accept, attempts, ...call }: DispatchOptions<T>,
  { channel, key, breakerId }: Route,
  isLast: boolean,
): Promise<Dispatched<T> | DomainError> {
  const started = performance.now()
  const note = (outcome: Attempt['outcome'], status: number | null) =>
    attempts.push({
      channelId: channel.id,
      outcome,
      status,
      durationMs: Math.round(performance.now() - started),
    })
  const patience = channel.timeouts.firstToken ?? (isLast ? timing.firstToken : timing.firstTokenWithSpare)
  const tooLate = new AbortController()
  const timer = setTimeout(() => tooLate.abort(), patience)
  const signal = AbortSignal.any([call.signal, tooLate.signal])
  try {
    const answer = await upstream.post({ channel, key, path: call.path, body: call.bodyFor(channel), signal })
    if (answer.status >= 200 && answer.status < 300) {
      const accepted = await accept(answer, channel)
      breakers.succeeded(breakerId)
      note('answered', answer.status)
      return { channel, answer: accepted }
    }
    const fault = await faultOf(answer)
    note('refused', answer.status)
    learn(breakers, breakerId, answer)
    log.warn({ channel: channel.name, status: answer.status }, 'an upstream refused a request')
    return fault
  } catch (error) {
    if (call.signal.aborted) {
      breakers.abandoned(breakerId)
      throw error
    }
    breakers.failed(breakerId)
    note(tooLate.signal.aborted ? 'timed_out' : 'failed', null)
    log.warn({ channel: channel.name, err: error }, 'an upstream failed')
    return tooLate.signal.aborted ? upstreamTimeout() : upstreamError()
  } finally {
    clearTimeout(timer)
  }
}

/** Lower priority numbers first; within one, a weighted draw; keys of a channel in a random order. */
function rank(channels: CatalogChannel[], breakers: Breakers): Route[] {
  const drawn = channels
    .map((channel) => ({ channel, lot: -Math.log(1 - random()) / channel.weight }))
    .sort((a, b) => a.channel.priority - b.channel.priority || a.lot - b.lot)
    .map(({ channel }) => pickKey(channel, breakers))
  const entered = drawn.filter(({ breakerId }) => breakers.tryEnter(breakerId))
  // When everything rests, trying anyway beats refusing for certain.
  return entered.length > 0 ? entered : drawn
}

function pickKey(channel: CatalogChannel, breakers: Breakers): Route {
  const start = Math.floor(random() * channel.keys.length)
  const routes = channel.keys.map((_, i) => {
    const index = (start + i) % channel.keys.length
    return { channel, key: channel.keys[index]!, breakerId: `${channel.id} ${index}` }
  })
  return routes.find(({ breakerId }) => breakers.stateOf(breakerId) !== 'open') ?? routes[0]!
}

const random = () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32

/** A caller's bad request says nothing about the channel; a refused key needs the operator. */
function learn(breakers: Breakers, id: string, { status, headers }: UpstreamAnswer) {
  if ([401, 402, 403].includes(status)) breakers.failed(id, KEY_REST_MS)
  else if (status === 429) breakers.failed(id, retryAfterMs(headers['retry-after']))
  else if (status >= 500 || status === 408 || status === 409) breakers.failed(id)
  else breakers.abandoned(id)
}

function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined
  const seconds = Number(header)
  const wait = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(wait) && wait > 0 ? wait : undefined
}

/** What the caller is told: a refusal of the request itself with its reason, everything else as our own words. */
async function faultOf({ status, body }: UpstreamAnswer): Promise<DomainError> {
  const text = await readReason(body)
  if (status !== 400 && status !== 404 && status !== 413 && status !== 422) return upstreamError()
  const reason = reasonIn(text)
  const tooLong = /context[ _]length|maximum context|too long|max.{0,10}input/i.test(reason ?? '')
  return refusedByUpstream(tooLong ? 'context_length_exceeded' : 'invalid_request', sayable(reason))
}

async function readReason(body: UpstreamAnswer['body']): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      parts.push(chunk)
      size += chunk.length
      if (size > REASON_BYTES_MAX) break
    }
  } catch {
    // Half a reason is still one.
  }
  return Buffer.concat(parts).toString('utf8')
}

function reasonIn(text: string): string | undefined {
  try {
    const { error, message } = JSON.parse(text) as {
      error?: { message?: unknown } | string
      message?: unknown
    }
    const reason = typeof error === 'string' ? error : (error?.message ?? message)
    return typeof reason === 'string' ? reason : undefined
  } catch {
    return undefined
  }
}

/** A provider's sentence without addresses and keys. */
function sayable(reason: string | undefined): string {
  const clean = reason
    ?.replace(/\b(?:https?|wss?):\/\/\S+/gi, '[address]')
    .replace(/\b(?:sk|ak|key)-[\w-]{6,}/gi, '[key]')
    .slice(0, 500)
  return clean || 'The provider did not accept this request.'
}
