import type { Checked } from '../../ui/useFaults.ts'
import type { ManagedPlan } from './plans.graphql.ts'

/** Terms as a person types them; what is saved is a share of 1,000,000. */
export interface TermsForm {
  price: string
  quota: string
  months: string
  requestsPerMinute: string
  activeTokensMax: string
  /** Empty: no limit. */
  contextTokensMax: string
  /** Per cent off the list price. */
  discount: string
}

export type Term = keyof TermsForm

const PPM_PER_CENT = 10_000
const trimmed = (money: string) => (money.includes('.') ? money.replace(/\.?0+$/, '') : money)

export const termsOf = (plan: ManagedPlan | undefined): TermsForm => ({
  price: plan ? trimmed(plan.price) : '',
  quota: plan ? trimmed(plan.quota) : '',
  months: String(plan?.months ?? 1),
  requestsPerMinute: String(plan?.requestsPerMinute ?? 600),
  activeTokensMax: String(plan?.activeTokensMax ?? 100),
  contextTokensMax: String(plan?.contextTokensMax ?? ''),
  discount: plan ? String(100 - plan.discountPpm / PPM_PER_CENT) : '0',
})

const MONEY = /^\d{1,7}(\.\d{1,2})?$/
const within = (text: string, from: number, to: number) =>
  /^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to

/** The server's rules, told beforehand. */
const RULES: Record<Term, (typed: string) => boolean> = {
  price: (typed) => MONEY.test(typed),
  quota: (typed) => MONEY.test(typed),
  months: (typed) => within(typed, 1, 36),
  discount: (typed) => /^\d{1,3}(\.\d{1,2})?$/.test(typed) && Number(typed) <= 100,
  requestsPerMinute: (typed) => within(typed, 1, 1_000_000),
  activeTokensMax: (typed) => within(typed, 1, 10_000),
  contextTokensMax: (typed) => typed === '' || within(typed, 1, 100_000_000),
}
/** In the order of the form. */
export const TERMS = Object.keys(RULES) as Term[]

/** Each term as it was typed, with `fault` where it cannot be sent. */
export const checkedTerms = (form: TermsForm, fault: string) =>
  Object.fromEntries(
    TERMS.map((term) => [term, [form[term], !RULES[term](form[term]) && fault]]),
  ) as unknown as Record<Term, Checked>

/** As the server takes them; discounts of single models stay as they are. */
export const sentTerms = (form: TermsForm, plan: ManagedPlan | undefined) => ({
  price: form.price,
  quota: form.quota,
  months: Number(form.months),
  requestsPerMinute: Number(form.requestsPerMinute),
  activeTokensMax: Number(form.activeTokensMax),
  contextTokensMax: form.contextTokensMax === '' ? null : Number(form.contextTokensMax),
  discountPpm: Math.round((100 - Number(form.discount)) * PPM_PER_CENT),
  modelDiscounts: (plan?.modelDiscounts ?? []).map(({ modelId, discountPpm }) => ({ modelId, discountPpm })),
})
