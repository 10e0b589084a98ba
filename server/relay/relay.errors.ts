import { DomainError } from '../platform/errors.ts'

export const bodyTooLarge = (megabytes: number) =>
  new DomainError('too_large', 'body_too_large', `The request body may have at most ${megabytes} MB.`, {
    zh: `请求体不能超过 ${megabytes} MB。`,
  })

export const notJson = () =>
  new DomainError(
    'unsupported',
    'unsupported_media_type',
    'Send the body as plain JSON, with Content-Type: application/json.',
    { zh: '请以普通 JSON 发送请求体，并设置 Content-Type: application/json。' },
  )

export const brokenJson = (why: string) =>
  new DomainError('invalid', 'invalid_request', `The body is not valid JSON: ${why}`, {
    zh: `请求体不是有效的 JSON：${why}`,
  })

export const badRequest = (why: string) => new DomainError('invalid', 'invalid_request', why)

export const methodNotAllowed = (method: string, allowed: string) =>
  new DomainError(
    'method_not_allowed',
    'method_not_allowed',
    `${method} is not a method of this address. Use ${allowed}.`,
    { zh: `此地址不支持 ${method} 方法，请使用 ${allowed}。` },
  )

export const requestTimeout = () =>
  new DomainError('timeout', 'request_timeout', 'The request body did not arrive in time.', {
    zh: '请求体未在规定时间内到达。',
  })

export const generationNotFound = () =>
  new DomainError(
    'not_found',
    'generation_not_found',
    'There is no receipt with this id. It is there a moment after the answer has ended; a request that was refused has none.',
    { zh: '没有此编号的费用明细。明细在回答结束片刻后可查；被拒绝的请求没有明细。' },
  )

export const modelNotFound = (model: string) =>
  new DomainError(
    'not_found',
    'model_not_found',
    `There is no model named "${model.slice(0, 100)}". GET /api/v1/models lists what you may use.`,
    {
      param: 'model',
      zh: `没有名为“${model.slice(0, 100)}”的模型。GET /api/v1/models 会列出可用的模型。`,
    },
  )

export const modelNotAllowed = (model: string) =>
  new DomainError(
    'forbidden',
    'model_not_allowed',
    `This API token may not use "${model}". Allow the model under Token Management, or use another API token.`,
    {
      param: 'model',
      zh: `此令牌不允许使用“${model}”。请在“令牌管理”中允许该模型，或使用其他令牌。`,
    },
  )

export const ipNotAllowed = () =>
  new DomainError('forbidden', 'ip_not_allowed', 'This API token may not be used from your address.', {
    zh: '此令牌不允许从您的地址使用。',
  })

export const rateLimitExceeded = (limit: number, retryAfter: number) =>
  new DomainError(
    'rate_limited',
    'rate_limit_exceeded',
    `This API token may make ${limit} requests a minute. Try again in ${retryAfter} s.`,
    { limit, retryAfter, zh: `此令牌每分钟最多 ${limit} 次请求，请在 ${retryAfter} 秒后重试。` },
  )

export const tokensPerMinuteExceeded = (limit: number, retryAfter: number) =>
  new DomainError(
    'rate_limited',
    'rate_limit_exceeded',
    `This API token may use ${limit} LLM tokens a minute. Try again in ${retryAfter} s.`,
    {
      limit,
      unit: 'tokens',
      retryAfter,
      zh: `此令牌每分钟最多使用 ${limit} 个 token，请在 ${retryAfter} 秒后重试。`,
    },
  )

export const tooManyAtOnce = (limit: number) =>
  new DomainError(
    'rate_limited',
    'rate_limit_exceeded',
    `This API token may run ${limit === 1 ? '1 request' : `${limit} requests`} at a time. Wait for one to end.`,
    {
      limit,
      unit: 'concurrent',
      retryAfter: 1,
      zh: `此令牌最多同时进行 ${limit} 个请求，请等待其中一个结束。`,
    },
  )

export const contextLengthExceeded = (counted: { tokens: number; exact: boolean }, max: number) =>
  new DomainError(
    'invalid',
    'context_length_exceeded',
    `Your plan's maximum context length is ${max} tokens for the prompt; this one has ` +
      `${counted.exact ? '' : 'at least '}${counted.tokens} tokens. ` +
      'Shorten it, or subscribe to a plan without this limit.',
    {
      param: 'messages',
      counted: counted.tokens,
      max,
      zh:
        `超过当前套餐的提示词上限（maximum context length is ${max} tokens）：本次${counted.exact ? '为' : '至少为'} ` +
        `${counted.tokens} 个 token。请缩短提示词，或订阅没有此限制的套餐。`,
    },
  )

/** The same beginning with the phrase by which Anthropic's clients know that they have to shorten the conversation. */
export function promptTooLong(error: DomainError): DomainError {
  const { counted, max } = error.detail
  const phrase = counted === undefined ? '' : `: ${String(counted)} tokens > ${String(max)} maximum`
  const said = (message: string) => `prompt is too long${phrase}. ${message}`
  return new DomainError('invalid', error.code, said(error.message), {
    ...error.detail,
    zh: said(error.messageIn('zh-CN')),
  })
}

/** The upstream refused the request itself: its reason is passed on, its address and key are not. */
export const refusedByUpstream = (code: 'context_length_exceeded' | 'invalid_request', reason: string) =>
  new DomainError('invalid', code, reason)

const RETRY_AFTER_MAX = 20

export const noChannelAvailable = (waitMs = 5_000) =>
  new DomainError(
    'unavailable',
    'no_channel_available',
    'No provider can answer for this model right now. Nothing was charged. Try again shortly.',
    {
      retryAfter: Math.min(Math.ceil(waitMs / 1_000), RETRY_AFTER_MAX),
      zh: '目前没有服务商可以应答该模型，未产生费用，请稍后重试。',
    },
  )

export const upstreamError = (cause?: unknown) =>
  new DomainError('upstream', 'upstream_error', 'The provider failed to answer. Nothing was charged.', {
    cause,
    zh: '服务商未能应答，未产生费用。',
  })

export const upstreamTimeout = () =>
  new DomainError(
    'upstream_timeout',
    'upstream_timeout',
    'The provider did not answer in time. Nothing was charged.',
    { zh: '服务商未及时应答，未产生费用。' },
  )

/** After output has begun: what was delivered is charged, and nothing else. */
export const brokenOff = () =>
  new DomainError(
    'upstream',
    'upstream_error',
    'The provider broke off before the answer was complete. Only what was delivered is charged.',
    { zh: '服务商在回答完成前中断，仅对已送达的内容计费。' },
  )

export const fellSilent = () =>
  new DomainError(
    'upstream_timeout',
    'upstream_timeout',
    'The provider fell silent before the answer was complete. Only what was delivered is charged.',
    { zh: '服务商在回答完成前不再发送内容，仅对已送达的内容计费。' },
  )

/** The request was ended by us, after output had begun. */
export const tookTooLong = () =>
  new DomainError(
    'upstream_timeout',
    'upstream_timeout',
    'The answer took longer than a request may. Only what was delivered is charged.',
    { zh: '回答超过了单次请求的时间上限，仅对已送达的内容计费。' },
  )

export const shuttingDown = () =>
  new DomainError(
    'unavailable',
    'service_unavailable',
    'The service is being restarted. Only what was delivered is charged. Try again shortly.',
    { retryAfter: 2, zh: '服务正在重启，仅对已送达的内容计费，请稍后重试。' },
  )
