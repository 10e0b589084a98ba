import { useI18n } from 'vue-i18n'
import { formatCount } from '../i18n/format.ts'
import type { Checked } from '../ui/useFaults.ts'

const PRICE = /^\d{1,7}(\.\d{1,6})?$/
const MODEL_ID = /^[a-zA-Z0-9][\w.:-]{0,99}$/
const PLAN_ID = /^[a-z][a-z0-9-]{0,39}$/
const REASON_MIN = 3

export const isPrice = (text: string) => PRICE.test(text)

/** The server's rules for what operators type, told beforehand. */
export function useWanted() {
  const { t, locale } = useI18n()
  const checked = (typed: string, isRight: boolean, key: string, values = {}): Checked => [
    typed,
    !isRight && t(`operator.wanted.${key}`, values),
  ]
  const number = (count: number) => formatCount(count, locale.value)
  const whole = (typed: string, minimum: number, maximum: number) => {
    const isWhole = /^\d{1,12}$/.test(typed) && Number(typed) >= minimum && Number(typed) <= maximum
    return checked(typed, isWhole, 'whole', { minimum: number(minimum), maximum: number(maximum) })
  }
  return {
    some: (typed: string): Checked => [typed, typed.trim() === '' && t('common.wanted')],
    reason: (typed: string) => checked(typed, typed.trim().length >= REASON_MIN, 'reason'),
    /** CNY per 1,000,000 tokens. */
    price: (typed: string) => checked(typed, PRICE.test(typed), 'price'),
    modelId: (typed: string) => checked(typed, MODEL_ID.test(typed.trim()), 'modelId'),
    planId: (typed: string) => checked(typed, PLAN_ID.test(typed), 'planId'),
    money: (typed: string, pattern: RegExp) => checked(typed, pattern.test(typed), 'money'),
    whole,
    /** `check`, unless nothing was typed. */
    orNone: (check: (typed: string) => Checked, typed: string): Checked =>
      typed === '' ? [typed, false] : check(typed),
  }
}
