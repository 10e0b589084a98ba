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
  /** The provider's words, as they may be told to who asked. They may hold the prompt: they are never kept. */
  reason: string
  /** The provider's code for it, which may be kept. */
  code: string | undefined
}

/** What was asked, as it was sent. */
interface Asked {
  /** The model's name as the caller knows it. */
  model: string
  sent: string
}

const REASON_BYTES_MAX = 64 * 1024
const REASON_MAX = 500
/** What may be told to the caller as their own mistake; 401, 402 and 403 are about our key, 404 about our settings. */
const ABOUT_THE_REQUEST = new Set([400, 413, 422])
const PASSING = new Set([408, 409, 429])
const ABOUT_THE_KEY = new Set([401, 402, 403, 429])

/** Reads a refusal. Its reason is passed on where it concerns the request; addresses and keys never are. */
export async function readRefusal(answer: UpstreamAnswer, route: Route, asked: Asked): Promise<Refusal> {
  const { status, headers } = answer
  const { reason, codes } = wordsIn(await readReason(answer.body))
  const said = sayable(reason, route, asked.model)
  const code = codes.find((one) => isOwnCode(one, asked.sent))
  if (ABOUT_THE_REQUEST.has(status)) {
    const tooLong =
      status !== 422 &&
      /context[ _]?length|maximum context|too (long|large)|max.{0,10}input/i.test(reason ?? '')
    const error = refusedByUpstream(tooLong ? 'context_length_exceeded' : 'invalid_request', said)
    return { error, final: true, passing: false, ofKey: false, waitMs: undefined, reason: said, code }
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
    code,
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

interface Words {
  reason: string | undefined
  codes: string[]
}

function wordsIn(text: string): Words {
  try {
    const answer = JSON.parse(text) as Record<string, unknown>
    const { error } = answer
    const told = (typeof error === 'object' && error !== null ? error : answer) as Record<string, unknown>
    const reason = typeof error === 'string' ? error : (told.message ?? answer.message)
    const codes = [told.code, told.type].filter((one) => typeof one === 'string' || Number.isSafeInteger(one))
    return { reason: typeof reason === 'string' ? reason : undefined, codes: codes.map(String) }
  } catch {
    return { reason: undefined, codes: [] }
  }
}

/** A word that looks like a code and that the request did not bring. */
const isOwnCode = (word: string, sent: string) =>
  /^[\w.-]{1,60}$/.test(word) && !sent.toLowerCase().includes(word.toLowerCase())

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
