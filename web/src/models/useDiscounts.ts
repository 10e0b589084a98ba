import { useQuery } from '@urql/vue'
import { computed } from 'vue'
import { decimal, nanoOf } from '../docs/receipt.ts'
import { DiscountsQuery } from './models.graphql.ts'

const PPM = 1_000_000
const NANO_AND_PPM = 15

/** The plan that takes most off a model's list price; undefined where none does. */
export function useDiscounts() {
  const { data } = useQuery({ query: DiscountsQuery })
  const plans = computed(() => data.value?.plans.edges.map(({ node }) => node) ?? [])

  function discountOf(modelId: string) {
    const [best] = plans.value
      .map(({ name, discountPpm, modelDiscounts }) => ({
        name,
        ppm: modelDiscounts.find((one) => one.modelId === modelId)?.discountPpm ?? discountPpm,
      }))
      .sort((a, b) => a.ppm - b.ppm)
    if (!best || best.ppm >= PPM) return undefined
    return {
      plan: best.name,
      /** From 0 to 1. */
      saved: (PPM - best.ppm) / PPM,
      of: (price: string) => decimal(nanoOf(price) * BigInt(best.ppm), NANO_AND_PPM),
    }
  }
  return { discountOf }
}
