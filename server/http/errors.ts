import type { FastifyError } from 'fastify'
import { DomainError, serviceUnavailable } from '../platform/errors.ts'
import type { Language } from '../platform/language.ts'
import type { Log } from '../platform/log.ts'
import { isDatabaseAway } from '../platform/sql.ts'
import { badRequest, notJson } from '../relay/relay.errors.ts'

/** The one body that every client we know shows well, and the headers that tell it whether to try again. */
export interface ErrorAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** OpenAI's and Anthropic's clients print `type`; ours are theirs where they have one. */
const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  415: 'invalid_request_error',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  431: 'invalid_request_error',
  503: 'overloaded_error',
}

/** Of what is the caller's to mend: time alone mends these. Elsewhere some clients would try again for minutes. */
const WORTH_A_RETRY = new Set(['request_timeout', 'request_in_progress', 'rate_limit_exceeded'])

export interface Asked {
  requestId: string
  language: Language
  log: Log
}

export function errorAnswer(error: unknown, { requestId, language, log }: Asked): ErrorAnswer {
  const known = asDomainError(error)
  if (!known) log.error({ err: error, requestId }, 'a request failed')
  const { status, code, detail } = known ?? unexpected
  const message = (known ?? unexpected).messageIn(language)
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=utf-8' }
  // The rest of a late body would be taken for the next request.
  if (status === 408) headers.connection = 'close'
  const isHeld = status === 402 && detail.retryAfter !== undefined
  if (isHeld) headers['x-should-retry'] = 'true'
  else if (status < 500 && !WORTH_A_RETRY.has(code)) headers['x-should-retry'] = 'false'
  if (detail.retryAfter !== undefined && (isHeld || status === 429 || status === 503))
    headers['retry-after'] = String(Math.min(Number(detail.retryAfter), status === 503 ? 20 : 60))
  const { param = null, retryAfter: _, ...more } = detail
  const type = TYPES[status] ?? 'api_error'
  const body = { type: 'error', error: { type, code, message, param, ...more }, request_id: requestId }
  return { status, headers, body: JSON.stringify(body, plainBigints) }
}

const unexpected = new DomainError(
  'internal',
  'internal_error',
  'Something went wrong on our side. Nothing was charged.',
  { zh: '服务器内部出现问题，未产生费用。' },
)

function asDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error
  if (isDatabaseAway(error ?? {})) return serviceUnavailable(error)
  return isFastifysRefusal(error) ? refusedAtTheDoor(error) : undefined
}

/** Fastify's own words for a request that it could not even hand over: a bad URL, a bad content type, broken JSON. */
const isFastifysRefusal = (error: unknown): error is FastifyError => {
  const { code, statusCode } = (error ?? {}) as Partial<FastifyError>
  return code?.startsWith('FST_ERR_') === true && statusCode !== undefined && statusCode < 500
}

function refusedAtTheDoor({ statusCode }: FastifyError): DomainError {
  return statusCode === 415
    ? notJson()
    : badRequest('This request cannot be read: look at its URL, headers and body.')
}

const plainBigints = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
