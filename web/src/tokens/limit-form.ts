import type { Token } from './tokens.graphql.ts'

/** What is typed; empty means no limit. */
export interface LimitForm {
  capDay: string
  capWeek: string
  capMonth: string
  requestsPerMinute: string
  tokensPerMinute: string
  concurrency: string
}

export const CAPS = ['capDay', 'capWeek', 'capMonth'] as const

export const limitFormOf = (token: Token | undefined): LimitForm => ({
  capDay: token?.capDay ?? '',
  capWeek: token?.capWeek ?? '',
  capMonth: token?.capMonth ?? '',
  requestsPerMinute: token?.requestsPerMinute?.toString() ?? '',
  tokensPerMinute: token?.tokensPerMinute?.toString() ?? '',
  concurrency: token?.concurrency?.toString() ?? '',
})

/** Whether it can be read as that limit; nothing is no limit. */
export function isLimit(name: keyof LimitForm, text: string): boolean {
  if (text === '') return true
  const isCap = (CAPS as readonly string[]).includes(name)
  return (isCap ? /^\d{1,9}(\.\d{1,9})?$/ : /^[1-9]\d{0,8}$/).test(text)
}

const count = (text: string) => (text === '' ? null : Number(text))

export const limitsFrom = (form: LimitForm) => ({
  capDay: form.capDay || null,
  capWeek: form.capWeek || null,
  capMonth: form.capMonth || null,
  requestsPerMinute: count(form.requestsPerMinute),
  tokensPerMinute: count(form.tokensPerMinute),
  concurrency: count(form.concurrency),
})
