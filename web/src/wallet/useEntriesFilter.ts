import { computed } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'

export const KINDS = [
  'USAGE',
  'TOP_UP',
  'PURCHASE',
  'REDEMPTION',
  'GRANT',
  'REFUND',
  'EXPIRY',
  'ADJUSTMENT',
  'CLAWBACK',
] as const
export const POOLS = ['BONUS', 'QUOTA', 'WALLET'] as const
const DAY = /^\d{4}-\d{2}-\d{2}$/
const NAMES = ['kind', 'pool', 'from', 'to']

/** Which entries of the wallet are shown. All of it is in the address: it survives a reload, goes back, and can be shared. */
export function useEntriesFilter() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string) => {
    const value = route.query[name]
    return typeof value === 'string' ? value : ''
  }
  /** An empty value is left out of the address. */
  function change(patch: Record<string, string>) {
    const query: LocationQuery = { ...route.query, ...patch }
    for (const name of NAMES) if (!query[name]) delete query[name]
    void router.push({ query })
  }
  const oneOf = <T extends string>(name: string, known: readonly T[]) =>
    computed<string>({
      get: () => known.find((one) => one === text(name)) ?? 'ALL',
      set: (value) => change({ [name]: value === 'ALL' ? '' : value }),
    })
  const day = (name: string) =>
    computed<string>({
      get: () => (startOf(text(name)) ? text(name) : ''),
      set: (value) => change({ [name]: value }),
    })
  const chosen = { kind: oneOf('kind', KINDS), pool: oneOf('pool', POOLS), from: day('from'), to: day('to') }

  /** A chosen day counts from its beginning to its end, where the person is. */
  const filter = computed(() => ({
    kind: KINDS.find((one) => one === chosen.kind.value),
    pool: POOLS.find((one) => one === chosen.pool.value),
    from: startOf(chosen.from.value)?.toISOString(),
    to: startOf(chosen.to.value, 1)?.toISOString(),
  }))
  const active = computed(() => Object.values(filter.value).filter(Boolean).length)
  const clear = () => change(Object.fromEntries(NAMES.map((name) => [name, ''])))
  return { ...chosen, filter, active, clear }
}

/** Undefined for what is no day. */
function startOf(day: string, later = 0): Date | undefined {
  const date = new Date(`${day}T00:00:00`)
  if (!DAY.test(day) || Number.isNaN(date.getTime())) return undefined
  date.setDate(date.getDate() + later)
  return date
}
