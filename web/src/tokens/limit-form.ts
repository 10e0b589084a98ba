import type { Token } from './tokens.graphql.ts'

/** What is typed; empty means no limit. */
export interface LimitForm {
  capDay: string
  capWeek: string
  capMonth: string
  tokensPerMinute: string
  concurrency: string
}

export const CAPS = ['capDay', 'capWeek', 'capMonth'] as const
const COUNTS = ['tokensPerMinute', 'concurrency'] as const

export const limitFormOf = (token: Token | undefined): LimitForm => ({
  capDay: token?.capDay ?? '',
  capWeek: token?.capWeek ?? '',
  capMonth: token?.capMonth ?? '',
  tokensPerMinute: token?.tokensPerMinute?.toString() ?? '',
  concurrency: token?.concurrency?.toString() ?? '',
})

/** The first field that cannot be read. */
export function faultIn(form: LimitForm): keyof LimitForm | undefined {
  return (
    CAPS.find((cap) => form[cap] !== '' && !/^\d{1,9}(\.\d{1,9})?$/.test(form[cap])) ??
    COUNTS.find((count) => form[count] !== '' && !/^[1-9]\d{0,8}$/.test(form[count]))
  )
}

const count = (text: string) => (text === '' ? null : Number(text))

export const limitsFrom = (form: LimitForm) => ({
  capDay: form.capDay || null,
  capWeek: form.capWeek || null,
  capMonth: form.capMonth || null,
  tokensPerMinute: count(form.tokensPerMinute),
  concurrency: count(form.concurrency),
})
