import type { DomainError } from '../platform/errors.ts'
import { noChannelAvailable, refusedByUpstream, upstreamError } from './relay.errors.ts'
import type { Route } from './routes.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** What an upstream's answer other than 2xx means. */
export interface Refusal {
  error: DomainError
  /** The request itself is at fault: every other channel would say the same. */
  final: boolean
  /** It may pass: the same channel may be asked again, after `waitMs` if the upstream said so. */
  passing: boolean
  /** It is about the key: another key of the same channel may fare better. */
  ofKey: boolean
  waitMs: number | undefined
  /** The provider's words, as they may be told. */
  reason: string
}

const REASON_BYTES_MAX = 64 * 1024
const REASON_MAX = 500
/** What may be told to the caller as their own mistake; 401, 402 and 403 are about our key, 404 about our settings. */
const ABOUT_THE_REQUEST = new Set([400, 413, 422])
const PASSING = new Set([408, 409, 429])
const ABOUT_THE_KEY = new Set([401, 402, 403, 429])

/** Reads a refusal. Its reason is passed on where it concerns the request; addresses and keys never are. */
export async function readRefusal(answer: UpstreamAnswer, route: Route, model: string): Promise<Refusal> {
  const { status, headers } = answer
  const reason = reasonIn(await readReason(answer.body))
  const said = sayable(reason, route, model)
  if (ABOUT_THE_REQUEST.has(status)) {
    const tooLong =
      status !== 422 &&
      /context[ _]?length|maximum context|too (long|large)|max.{0,10}input/i.test(reason ?? '')
    const error = refusedByUpstream(tooLong ? 'context_length_exceeded' : 'invalid_request', said)
    return { error, final: true, passing: false, ofKey: false, waitMs: undefined, reason: said }
  }
  const waitMs = retryAfterMs(headers['retry-after'])
  const passing = PASSING.has(status) || status >= 500
  return {
    error: status === 429 ? noChannelAvailable(waitMs) : upstreamError(),
    final: false,
    passing,
    ofKey: ABOUT_THE_KEY.has(status),
    waitMs,
    reason: said,
  }
}

/** `Retry-After`: seconds or a date. */
export function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined
  const seconds = Number(header)
  const wait = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(wait) && wait > 0 ? wait : undefined
}

async function readReason(body: UpstreamAnswer['body']): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for (;;) {
      const part = await body.read()
      if (!part) break
      parts.push(part)
      size += part.length
      if (size > REASON_BYTES_MAX) {
        body.destroy()
        break
      }
    }
  } catch {
    // Half a reason is still one.
  }
  return Buffer.concat(parts).toString('utf8')
}

function reasonIn(text: string): string | undefined {
  try {
    const { error, message } = JSON.parse(text) as {
      error?: { message?: unknown } | string | null
      message?: unknown
    }
    const reason = typeof error === 'string' ? error : (error?.message ?? message)
    return typeof reason === 'string' ? reason : undefined
  } catch {
    return undefined
  }
}

/** A provider's sentence without its addresses and keys, about the model that the caller asked for. */
function sayable(reason: string | undefined, { channel, key }: Route, model: string): string {
  const clean = reason
    ?.replace(/\b(?:https?|wss?):\/\/\S+/gi, '[address]')
    .replaceAll(new URL(channel.baseUrl).host, '[address]')
    .replaceAll(key.secret, '[key]')
    .replace(/\b(?:sk|ak|key)-[\w*-]{6,}/gi, '[key]')
    .replaceAll(channel.upstreamModel, model)
    .slice(0, REASON_MAX)
  return clean || 'The provider did not accept this request.'
}
