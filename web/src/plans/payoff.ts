import { cnyOf, nanoOf } from '../i18n/format.ts'

const PPM = 1_000_000n

interface Terms {
  price: string
  quota: string
  months: number
  discountPpm: number
  modelDiscounts: readonly { modelId: string; discountPpm: number }[]
}

type Spent = readonly { key: string; cost: string }[]

const ratioOf = ({ discountPpm, modelDiscounts }: Terms, model: string) =>
  BigInt(modelDiscounts.find(({ modelId }) => modelId === model)?.discountPpm ?? discountPpm)

/** A month under these terms: its price, and what its requests cost beyond the quota. */
function monthUnder(terms: Terms, requests: bigint): bigint {
  const months = BigInt(Math.max(1, terms.months))
  const beyond = requests - nanoOf(terms.quota) / months
  return nanoOf(terms.price) / months + (beyond > 0n ? beyond : 0n)
}

/**
 * What a month like the last would have cost with a plan, and what it costs with the present one. What was spent is
 * taken to have been spent at the present terms. Bonus tokens are left aside, since they come with no plan.
 */
export function comparePlans(plan: Terms, current: Terms, spent: Spent): { would: string; does: string } {
  let now = 0n
  let then = 0n
  for (const { key, cost } of spent) {
    const nano = nanoOf(cost)
    now += nano
    const ratio = ratioOf(current, key)
    then += ratio > 0n ? (nano * ratioOf(plan, key)) / ratio : (nano * ratioOf(plan, key)) / PPM
  }
  return { would: cnyOf(monthUnder(plan, then)), does: cnyOf(monthUnder(current, now)) }
}
