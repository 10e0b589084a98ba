import { useI18n } from 'vue-i18n'
import {
  formatCount,
  formatDateTime,
  formatDuration,
  formatExactMoney,
  formatPercent,
} from '../i18n/format.ts'

const MONEY = new Set([
  'amount',
  'cachedInput',
  'costCachedInput',
  'costInput',
  'costOutput',
  'input',
  'money',
  'output',
  'price',
  'quota',
])
const MOMENTS = new Set(['expiresAt', 'from', 'publishedFrom', 'publishedUntil', 'retiresAt', 'suspendedAt'])
/** Parts per million that are paid of the list price. */
const PAID_SHARES = new Set(['discountPpm', 'modelDiscountPpm'])
/** Fields whose value is one of a few words of ours. */
const WORDS = new Set(['audience', 'kind', 'level', 'state', 'when'])

/** The audit's records for people: fields by their names, values with their units. */
export function useAuditWords() {
  const { t, te, locale } = useI18n()
  const either = (key: string, otherwise: string) => (te(key) ? t(key) : otherwise)

  /** `timeouts.idle` → `Timeout: Between events`. */
  function labelOf(path: string): string {
    const [field, part] = partsOf(path)
    const label = either(`operator.setting.${field}.label`, either(`auditDetail.field.${field}`, field))
    if (!part) return label
    return `${label} ${field === 'timeouts' ? either(`admin.channels.${part}`, part) : part}`
  }

  function valueOf(path: string, value: string | null): string {
    const [field] = partsOf(path)
    if (value === null || value === '') return t('auditDetail.value.none')
    if (value === 'true' || value === 'false') return t(`auditDetail.value.${value}`)
    if (WORDS.has(field)) return either(`auditDetail.value.${value}`, value)
    if (MOMENTS.has(field)) return formatDateTime(new Date(value), locale.value)
    if (!/^-?\d+(\.\d+)?$/.test(value)) return value
    if (MONEY.has(field)) return formatExactMoney(value)
    if (PAID_SHARES.has(field)) return formatPercent(1 - Number(value) / 1_000_000, locale.value)
    if (field === 'timeouts') return formatDuration(Number(value), locale.value)
    return /^-?\d{4,}$/.test(value) && field !== 'lastFour' ? formatCount(value, locale.value) : value
  }

  return { labelOf, valueOf }
}

/** A part may have points of its own, as models' names do. */
function partsOf(path: string): [field: string, part: string] {
  const point = path.indexOf('.')
  return point < 0 ? [path, ''] : [path.slice(0, point), path.slice(point + 1)]
}
