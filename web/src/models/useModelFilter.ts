import { computed, type Ref } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { nanoOf } from '../docs/receipt.ts'
import type { Model } from './models.graphql.ts'

export const SORTS = ['recommended', 'input', 'output', 'ttft', 'uptime'] as const
export type Sort = (typeof SORTS)[number]
export const CONTEXTS = [32_000, 128_000, 256_000, 1_000_000]
/** CNY for a million LLM tokens of input. */
export const PRICES = ['1', '2', '5', '10']

/** Side by side; more than that nobody can read. */
export const COMPARED_MAX = 4

const FILTERS = ['q', 'vendor', 'can', 'context', 'price', 'free'] as const

export const isFree = ({ price }: Model) => nanoOf(price.input) === 0n && nanoOf(price.output) === 0n

/** What is looked for in the Model Plaza. All of it is in the address: it survives a reload and can be shared. */
export function useModelFilter(all: Ref<Model[]>) {
  const route = useRoute()
  const router = useRouter()
  const text = (key: string) => {
    const value = route.query[key]
    return typeof value === 'string' ? value : ''
  }
  function change(patch: Record<string, string | undefined>) {
    const query: LocationQuery = { ...route.query }
    for (const [key, value] of Object.entries(patch)) {
      if (value) query[key] = value
      else delete query[key]
    }
    // Typing must not fill the history.
    void router.replace({ query })
  }
  const param = (key: string, fallback = '') =>
    computed({
      get: () => text(key) || fallback,
      set: (value: string) => change({ [key]: value === fallback ? undefined : value }),
    })

  const sort = computed<Sort>({
    get: () => SORTS.find((one) => one === text('sort')) ?? 'recommended',
    set: (value) => change({ sort: value === 'recommended' ? undefined : value }),
  })
  const found = computed(() => {
    const words = text('q').toLowerCase().split(/\s+/).filter(Boolean)
    const context = Number(text('context')) || 0
    const price = /^\d+$/.test(text('price')) ? nanoOf(text('price')) : undefined
    const matching = all.value.filter((model) => {
      const { id, displayName, provider } = model
      const searched = `${id} ${displayName} ${provider.name}`.toLowerCase()
      return (
        words.every((word) => searched.includes(word)) &&
        (!text('vendor') || provider.id === text('vendor')) &&
        (!text('can') || model.capabilities.includes(text('can'))) &&
        (!context || (model.contextLength ?? 0) >= context) &&
        (price === undefined || nanoOf(model.price.input) <= price) &&
        (!text('free') || isFree(model))
      )
    })
    return sort.value === 'recommended' ? matching : matching.sort(orders[sort.value])
  })

  return {
    found,
    sort,
    search: param('q'),
    vendor: param('vendor', 'ALL'),
    capability: param('can', 'ALL'),
    context: param('context', 'ALL'),
    price: param('price', 'ALL'),
    free: computed({ get: () => text('free') !== '', set: (on: boolean) => change({ free: on ? '1' : '' }) }),
    unit: computed({
      get: () => (text('unit') === '1K' ? ('1K' as const) : ('1M' as const)),
      set: (value) => change({ unit: value === '1M' ? undefined : value }),
    }),
    view: computed({
      get: () => (text('view') === 'cards' ? ('cards' as const) : ('table' as const)),
      set: (value) => change({ view: value === 'table' ? undefined : value }),
    }),
    compared: computed({
      get: () => text('compare').split(',').filter(Boolean).slice(0, COMPARED_MAX),
      set: (ids: string[]) => change({ compare: ids.join(',') }),
    }),
    active: computed(() => FILTERS.filter((key) => text(key) !== '').length),
    clear: () => change(Object.fromEntries(FILTERS.map((key) => [key, undefined]))),
  }
}

export type ModelFilter = ReturnType<typeof useModelFilter>

const byPrice = (pick: (model: Model) => string) => (a: Model, b: Model) => {
  const difference = nanoOf(pick(a)) - nanoOf(pick(b))
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** What was not measured comes last. */
const orders: Record<Exclude<Sort, 'recommended'>, (a: Model, b: Model) => number> = {
  input: byPrice(({ price }) => price.input),
  output: byPrice(({ price }) => price.output),
  ttft: (a, b) => (a.health?.ttftP50Ms ?? Infinity) - (b.health?.ttftP50Ms ?? Infinity) || 0,
  uptime: (a, b) => (b.health?.successRate ?? -1) - (a.health?.successRate ?? -1),
}
