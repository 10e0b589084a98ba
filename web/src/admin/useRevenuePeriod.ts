import { computed } from 'vue'
import { useFilter } from './useFilter.ts'

const DAY_MS = 86_400_000
/** As the server has it. */
const DAYS_MAX = 400
export const GROUPINGS = ['DAY', 'MODEL', 'USER'] as const
export type Grouping = (typeof GROUPINGS)[number]
const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

/** First and last day (UTC, as the report counts them) and the grouping, in the address; 30 days when nothing is said. */
export function useRevenuePeriod(now = Date.now()) {
  const filter = useFilter(['from', 'to', 'by'], () => {})
  const today = dayOf(now)
  const day = (field: 'from' | 'to', otherwise: string) =>
    computed({
      get: () => (isDay(filter.value[field]) ? filter.value[field] : otherwise),
      set: (text: string) => filter.set(field, text),
    })
  const from = day('from', dayOf(now - 29 * DAY_MS))
  const to = day('to', today)
  const by = computed<Grouping>({
    get: () => GROUPINGS.find((one) => one === filter.value.by) ?? 'DAY',
    set: (value) => filter.set('by', value),
  })
  const days = computed(() => (Date.parse(to.value) - Date.parse(from.value)) / DAY_MS + 1)
  return {
    from,
    to,
    by,
    valid: computed(() => days.value >= 1 && days.value <= DAYS_MAX),
    /** Until the last day's end. */
    period: computed(() => ({
      from: new Date(Date.parse(from.value)).toISOString(),
      to: new Date(Date.parse(to.value) + DAY_MS).toISOString(),
    })),
  }
}
