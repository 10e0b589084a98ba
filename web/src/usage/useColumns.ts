import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { COLUMNS } from './columns.ts'

const NUMERIC = ['prompt', 'cached', 'completion', 'ttft', 'duration', 'speed', 'cost']
const WIDE = ['token', 'protocol', 'cached', 'ttft', 'duration', 'speed']

/** The columns a table of requests can have, besides the time. */
export function useColumns() {
  const { t } = useI18n()
  const labels = {
    model: () => t('usage.column.model'),
    token: () => t('usage.column.token'),
    protocol: () => t('report.protocolLabel'),
    prompt: () => t('usage.column.prompt'),
    cached: () => t('report.column.cached'),
    completion: () => t('usage.column.completion'),
    ttft: () => t('usage.column.ttft'),
    duration: () => t('usage.receipt.duration'),
    speed: () => t('report.column.speed'),
    cost: () => t('usage.column.cost'),
    status: () => t('usage.column.status'),
  }
  return computed(() =>
    COLUMNS.map((key) => ({
      key,
      label: labels[key](),
      numeric: NUMERIC.includes(key),
      wideOnly: WIDE.includes(key),
    })),
  )
}
