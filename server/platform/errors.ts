import type { Language } from './language.ts'

/**
 * Everything that can go wrong on purpose. A DomainError is part of the contract: its code is stable
 * (lower snake case, the same word in REST and GraphQL), its message is written for the person who will
 * read it, and each door renders it without knowing which module raised it. Anything else that is
 * thrown is a bug: it is logged in full and told to nobody.
 */
const statuses = {
  invalid: 400,
  unauthenticated: 401,
  payment_required: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  timeout: 408,
  conflict: 409,
  too_large: 413,
  headers_too_large: 431,
  unsupported: 415,
  unprocessable: 422,
  rate_limited: 429,
  internal: 500,
  upstream: 502,
  unavailable: 503,
  upstream_timeout: 504,
} as const

export type ErrorKind = keyof typeof statuses

export interface ErrorDetail {
  /** The field at fault, as the caller spelled it: `messages[0].role`. */
  param?: string
  /** Whole seconds after which trying again makes sense. */
  retryAfter?: number
  /** For the log; never told. */
  cause?: unknown
  /** The message in Chinese, for REST; phrases that tools look for stay as they are. */
  zh?: string
  /** Values for the translated text, and for programs: balances, limits, reset times. */
  [key: string]: unknown
}

export class DomainError extends Error {
  readonly status: number
  readonly detail: Omit<ErrorDetail, 'cause' | 'zh'>
  readonly zh: string | undefined

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    { cause, zh, ...detail }: ErrorDetail = {},
  ) {
    super(message, { cause })
    this.name = 'DomainError'
    this.status = statuses[kind]
    this.detail = detail
    this.zh = zh
  }

  /** What is about one field of a request names its rule in English, whatever the language. */
  messageIn(language: Language): string {
    if (language === 'en') return this.message
    return this.zh ?? (this.status === 400 ? `请求有误：${this.message}` : this.message)
  }
}

/** `zh` is wanted of what a form of the console can meet. */
export const invalidField = (param: string, message: string, zh?: string) =>
  new DomainError('invalid', 'invalid_request', message, { param, ...(zh !== undefined && { zh }) })

export const signInRequired = () =>
  new DomainError('unauthenticated', 'sign_in_required', 'Sign in first.', { zh: '请先登录。' })

export const adminRequired = () =>
  new DomainError('forbidden', 'admin_required', 'Only an administrator may do this.')

/** An access key is not good for this; `scope` names what would be, null when nothing is. */
export const scopeMissing = (field: string, scope: string | null) =>
  new DomainError(
    'forbidden',
    'scope_missing',
    scope
      ? `This access key lacks the scope ${scope.toUpperCase()}, which ${field} needs. Make a key with it in the console.`
      : `${field} is not open to access keys. Sign in to use it.`,
    { scope: scope?.toUpperCase() ?? null, field },
  )

/** What the caller may not see does not exist for them. */
export const notFound = (what: string) =>
  new DomainError('not_found', `${what.replaceAll(' ', '_')}_not_found`, `There is no such ${what}.`, {
    zh: '所请求的内容不存在。',
  })

export const serviceUnavailable = (cause?: unknown) =>
  new DomainError(
    'unavailable',
    'service_unavailable',
    'The service cannot answer right now. Nothing was charged. Try again shortly.',
    { retryAfter: 2, cause, zh: '服务暂时无法应答，未产生费用，请稍后重试。' },
  )

export const originNotAllowed = () =>
  new DomainError('forbidden', 'origin_not_allowed', 'A session may only be used from the console itself.', {
    zh: '会话只能在控制台内使用。',
  })
