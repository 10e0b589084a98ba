import { computed } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { startOfDay } from '../i18n/zone.ts'

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
      get: () => (startOfDay(text(name)) ? text(name) : ''),
      set: (value) => change({ [name]: value }),
    })
  const chosen = { kind: oneOf('kind', KINDS), pool: oneOf('pool', POOLS), from: day('from'), to: day('to') }

  /** A chosen day counts from its beginning to its end, by the person's clock. */
  const filter = computed(() => ({
    kind: KINDS.find((one) => one === chosen.kind.value),
    pool: POOLS.find((one) => one === chosen.pool.value),
    from: startOfDay(chosen.from.value)?.toISOString(),
    to: startOfDay(chosen.to.value, 1)?.toISOString(),
  }))
  /** The last day lies before the first: there is nothing to sum. */
  const isReversed = computed(() =>
    Boolean(filter.value.from && filter.value.to && filter.value.from >= filter.value.to),
  )
  const active = computed(() => Object.values(filter.value).filter(Boolean).length)
  const clear = () => change(Object.fromEntries(NAMES.map((name) => [name, ''])))
  return { ...chosen, filter, isReversed, active, clear }
}
