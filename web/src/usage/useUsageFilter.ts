import { computed, inject, type InjectionKey, provide, ref } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { instantOf, localOf, midnight } from '../i18n/zone.ts'
import { viewer } from '../session/session.ts'
import type { UsageRow } from './usage.graphql.ts'

export const RANGES = ['1h', '24h', 'today', '7d', '30d', 'custom'] as const
export type Range = (typeof RANGES)[number]
export const STATUSES = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'INTERRUPTED'] as const

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LENGTHS = { '1h': HOUR_MS, '24h': DAY_MS }
const DAYS = { today: 1, '7d': 7, '30d': 30 }
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What the usage page is about. All of it is in the address: it survives a reload, goes back, and can be shared. */
export function useUsageFilter() {
  const route = useRoute()
  const router = useRouter()
  /** Ranges such as "7 days" end here, until somebody asks for what is newer. */
  const now = ref(new Date())
  const timeZone = computed(() => viewer.value?.timeZone ?? 'Asia/Shanghai')

  const text = (key: string) => {
    const value = route.query[key]
    return typeof value === 'string' ? value : ''
  }
  /** An empty value is left out of the address. */
  function change(patch: Record<string, string | undefined>) {
    const query: LocationQuery = { ...route.query }
    for (const [key, value] of Object.entries(patch)) {
      if (value) query[key] = value
      else delete query[key]
    }
    void router.push({ name: 'usage', query })
  }
  const param = (key: string, fallback = '') =>
    computed({
      get: () => text(key) || fallback,
      set: (value: string) => change({ [key]: value === fallback ? undefined : value }),
    })

  const range = computed(() => RANGES.find((one) => one === text('range')) ?? '7d')
  const period = computed(() => periodOf(range.value, { now: now.value, timeZone: timeZone.value, text }))
  const status = computed(() => STATUSES.find((one) => one === text('status')))
  const requestId = computed(() => text('id').trim())
  const filter = computed(() => ({
    ...(text('token') && { apiTokenId: text('token') }),
    ...(text('model') && { model: text('model') }),
    ...(status.value && { status: status.value }),
    ...(ID.test(requestId.value) && { id: requestId.value }),
  }))
  const active = computed(() => Object.keys(filter.value).length)

  /** The day or hour that begins there, as a range of its own. */
  function rangeOf(start: Date, step: 'DAY' | 'HOUR') {
    const end = step === 'DAY' ? midnight(start, timeZone.value, 1) : new Date(start.getTime() + HOUR_MS)
    const local = (at: Date) => localOf(at, timeZone.value)
    return { range: 'custom', from: local(start), to: local(end) }
  }

  /** Whether a request that has just ended belongs here. */
  const holds = ({ apiToken, model, status: ending, id }: UsageRow) =>
    (!text('token') || apiToken?.id === text('token')) &&
    (!text('model') || model === text('model')) &&
    (!status.value || ending === status.value) &&
    (!filter.value.id || id === filter.value.id) &&
    range.value !== 'custom'

  const usage = {
    range,
    period,
    filter,
    active,
    timeZone,
    holds,
    rangeOf,
    change,
    token: param('token', 'ALL'),
    model: param('model', 'ALL'),
    status: param('status', 'ALL'),
    requestId: param('id'),
    from: param('from'),
    to: param('to'),
    tab: param('tab', 'overview'),
    metric: param('metric', 'cost'),
    by: param('by', 'MODEL'),
    clear: () => change({ token: undefined, model: undefined, status: undefined, id: undefined }),
    refresh: () => (now.value = new Date()),
  }
  provide(KEY, usage)
  return usage
}

type UsageFilter = ReturnType<typeof useUsageFilter>
const KEY: InjectionKey<UsageFilter> = Symbol('usage filter')

/** The filter of the page around. */
export const usePageFilter = (): UsageFilter => inject(KEY)!

interface Clock {
  now: Date
  timeZone: string
  text(key: string): string
}

function periodOf(range: Range, { now, timeZone, text }: Clock): { from: Date; to: Date } {
  // Up to the end of the running minute, so that a question asked twice is the same question.
  const to = new Date(Math.ceil((now.getTime() + 1) / 60_000) * 60_000)
  if (range === '1h' || range === '24h') return { from: new Date(to.getTime() - LENGTHS[range]), to }
  if (range !== 'custom')
    return { from: midnight(now, timeZone, 1 - DAYS[range]), to: midnight(now, timeZone, 1) }
  const from = instantOf(text('from'), timeZone) ?? midnight(now, timeZone, -6)
  const end = instantOf(text('to'), timeZone) ?? to
  return end > from ? { from, to: end } : { from, to: new Date(from.getTime() + 60_000) }
}

export const isoOf = ({ from, to }: { from: Date; to: Date }) => ({
  from: from.toISOString(),
  to: to.toISOString(),
})
