import { DomainError } from '../platform/errors.ts'

export const bodyTooLarge = (megabytes: number) =>
  new DomainError('too_large', 'body_too_large', `The request body may have at most ${megabytes} MB.`)

export const notJson = () =>
  new DomainError(
    'unsupported',
    'unsupported_media_type',
    'Send the body as plain JSON, with Content-Type: application/json.',
  )

export const brokenJson = (why: string) =>
  new DomainError('invalid', 'invalid_request', `The body is not valid JSON: ${why}`)

export const badRequest = (why: string) => new DomainError('invalid', 'invalid_request', why)

export const requestTimeout = () =>
  new DomainError('timeout', 'request_timeout', 'The request body did not arrive in time.')

export const modelNotFound = (model: string) =>
  new DomainError(
    'not_found',
    'model_not_found',
    `There is no model named "${model.slice(0, 100)}". GET /api/v1/models lists what you may use.`,
    { param: 'model' },
  )

export const modelNotAllowed = (model: string) =>
  new DomainError(
    'forbidden',
    'model_not_allowed',
    `This API token may not use "${model}". Allow the model under Token Management, or use another API token.`,
    { param: 'model' },
  )

export const ipNotAllowed = () =>
  new DomainError('forbidden', 'ip_not_allowed', 'This API token may not be used from your address.')

export const originNotAllowed = () =>
  new DomainError('forbidden', 'origin_not_allowed', 'A session may only be used from the console itself.')

export const rateLimitExceeded = (limit: number, retryAfter: number) =>
  new DomainError(
    'rate_limited',
    'rate_limit_exceeded',
    `This API token may make ${limit} requests a minute. Try again in ${retryAfter} s.`,
    { limit, retryAfter },
  )

export const tokensPerMinuteExceeded = (limit: number, retryAfter: number) =>
  new DomainError(
    'rate_limited',
    'rate_limit_exceeded',
    `This API token may use ${limit} LLM tokens a minute. Try again in ${retryAfter} s.`,
    { limit, unit: 'tokens', retryAfter },
  )

export const tooManyAtOnce = (limit: number) =>
  new DomainError(
    'rate_limited',
    'rate_limit_exceeded',
    `This API token may run ${limit} requests at a time. Wait for one to end.`,
    { limit, unit: 'concurrent', retryAfter: 1 },
  )

export const contextLengthExceeded = (counted: { tokens: number; exact: boolean }, max: number) =>
  new DomainError(
    'invalid',
    'context_length_exceeded',
    `Your plan's maximum context length is ${max} tokens for the prompt; this one has ` +
      `${counted.exact ? '' : 'at least '}${counted.tokens} tokens. ` +
      'Shorten it, or subscribe to a plan without this limit.',
    { param: 'messages', counted: counted.tokens, max },
  )

/** The upstream refused the request itself: its reason is passed on, its address and key are not. */
export const refusedByUpstream = (code: 'context_length_exceeded' | 'invalid_request', reason: string) =>
  new DomainError('invalid', code, reason)

const RETRY_AFTER_MAX = 20

export const noChannelAvailable = (waitMs = 5_000) =>
  new DomainError(
    'unavailable',
    'no_channel_available',
    'No provider can answer for this model right now. Nothing was charged. Try again shortly.',
    { retryAfter: Math.min(Math.ceil(waitMs / 1_000), RETRY_AFTER_MAX) },
  )

export const upstreamError = (cause?: unknown) =>
  new DomainError('upstream', 'upstream_error', 'The provider failed to answer. Nothing was charged.', {
    cause,
  })

export const upstreamTimeout = () =>
  new DomainError(
    'upstream_timeout',
    'upstream_timeout',
    'The provider did not answer in time. Nothing was charged.',
  )

/** After output has begun: what was delivered is charged, and nothing else. */
export const brokenOff = () =>
  new DomainError(
    'upstream',
    'upstream_error',
    'The provider broke off before the answer was complete. Only what was delivered is charged.',
  )

export const fellSilent = () =>
  new DomainError(
    'upstream_timeout',
    'upstream_timeout',
    'The provider fell silent before the answer was complete. Only what was delivered is charged.',
  )

/** The request was ended by us, after output had begun. */
export const tookTooLong = () =>
  new DomainError(
    'upstream_timeout',
    'upstream_timeout',
    'The answer took longer than a request may. Only what was delivered is charged.',
  )

export const shuttingDown = () =>
  new DomainError(
    'unavailable',
    'service_unavailable',
    'The service is being restarted. Only what was delivered is charged. Try again shortly.',
    { retryAfter: 2 },
  )
