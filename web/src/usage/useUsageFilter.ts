import { computed, inject, type InjectionKey, provide, ref } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { nanoOf } from '../i18n/format.ts'
import { ownZone } from '../i18n/own-zone.ts'
import { instantOf, localOf, midnight } from '../i18n/zone.ts'
import type { UsageRow } from './usage.graphql.ts'

export const RANGES = ['1h', '24h', 'today', '7d', '30d', 'custom'] as const
export type Range = (typeof RANGES)[number]
export const STATUSES = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'INTERRUPTED'] as const
export const PROTOCOLS = ['CHAT_COMPLETIONS', 'RESPONSES', 'MESSAGES', 'EMBEDDINGS'] as const
export const POOLS = ['BONUS', 'QUOTA', 'WALLET'] as const

/** What narrows the range, by its name in the address. */
const FILTERS = ['token', 'model', 'status', 'protocol', 'pool', 'min', 'id']
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LENGTHS = { '1h': HOUR_MS, '24h': DAY_MS }
const DAYS = { today: 1, '7d': 7, '30d': 30 }
const CNY = /^\d{1,7}(\.\d{1,9})?$/

/** What the usage page is about. All of it is in the address: it survives a reload, goes back, and can be shared. */
export function useUsageFilter() {
  const route = useRoute()
  const router = useRouter()
  /** Ranges such as "7 days" end here, until somebody asks for what is newer. */
  const now = ref(new Date())

  const text = (key: string) => {
    const value = route.query[key]
    return typeof value === 'string' ? value : ''
  }
  /** The account's, the browser's, where the models run, and nobody's. */
  const zones = computed(() => [
    ...new Set([ownZone.value, Intl.DateTimeFormat().resolvedOptions().timeZone, 'Asia/Shanghai', 'UTC']),
  ])
  const timeZone = computed({
    get: () => zones.value.find((zone) => zone === text('zone')) ?? ownZone.value,
    set: (zone) => change({ zone: zone === ownZone.value ? undefined : zone }),
  })
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
  const protocol = computed(() => PROTOCOLS.find((one) => one === text('protocol')))
  const pool = computed(() => POOLS.find((one) => one === text('pool')))
  const minCost = computed(() => (CNY.test(text('min')) ? text('min') : undefined))
  const requestId = computed(() => text('id').trim())
  const filter = computed(() => ({
    ...(text('token') && { apiTokenId: text('token') }),
    ...(text('model') && { model: text('model') }),
    ...(status.value && { status: status.value }),
    ...(protocol.value && { protocol: protocol.value }),
    ...(pool.value && { pool: pool.value }),
    ...(minCost.value && { minCost: minCost.value }),
    // What is no id is the id of no request: the server finds nothing then, and so does the file.
    ...(requestId.value && { id: requestId.value }),
  }))
  const active = computed(() => Object.keys(filter.value).length)

  /** The day or hour that begins there, as a range of its own. */
  function rangeOf(start: Date, step: 'DAY' | 'HOUR') {
    const end = step === 'DAY' ? midnight(start, timeZone.value, 1) : new Date(start.getTime() + HOUR_MS)
    const local = (at: Date) => localOf(at, timeZone.value)
    return { range: 'custom', from: local(start), to: local(end) }
  }

  /** Whether a request that has just ended belongs here. It does not say which pool paid for it. */
  const holds = ({ apiToken, model, status: ending, protocol: door, cost, id }: UsageRow) =>
    !pool.value &&
    (!protocol.value || door === protocol.value) &&
    (!minCost.value || nanoOf(cost) >= nanoOf(minCost.value)) &&
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
    zones,
    holds,
    rangeOf,
    change,
    token: param('token', 'ALL'),
    model: param('model', 'ALL'),
    status: param('status', 'ALL'),
    protocol: param('protocol', 'ALL'),
    pool: param('pool', 'ALL'),
    minCost: param('min'),
    requestId: param('id'),
    from: param('from'),
    to: param('to'),
    tab: param('tab', 'overview'),
    metric: param('metric', 'cost'),
    by: param('by', 'MODEL'),
    clear: () => change(Object.fromEntries(FILTERS.map((key) => [key, undefined]))),
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
