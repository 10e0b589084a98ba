import { cnyOf, nanoOf } from '../i18n/format.ts'

const PPM = 1_000_000n

interface Terms {
  price: string
  quota: string
  months: number
  discountPpm: number
  modelDiscounts: readonly { modelId: string; discountPpm: number }[]
}

type Used = readonly { modelId: string; listCost: string }[]

const ratioOf = ({ discountPpm, modelDiscounts }: Terms, model: string) =>
  BigInt(modelDiscounts.find(({ modelId }) => modelId === model)?.discountPpm ?? discountPpm)

/** A month under these terms: its price, and what its requests cost beyond the quota. */
function monthUnder(terms: Terms, requests: bigint): bigint {
  const months = BigInt(Math.max(1, terms.months))
  const beyond = requests - nanoOf(terms.quota) / months
  return nanoOf(terms.price) / months + (beyond > 0n ? beyond : 0n)
}

/**
 * What a month like the last would have cost with a plan, and with the present one. What was used counts at list prices,
 * whichever plan held then. Bonus tokens are left aside, since they come with no plan.
 */
export function comparePlans(plan: Terms, current: Terms, used: Used): { would: string; does: string } {
  const under = (terms: Terms) => {
    const paid = used.map(({ modelId, listCost }) => (nanoOf(listCost) * ratioOf(terms, modelId)) / PPM)
    return cnyOf(
      monthUnder(
        terms,
        paid.reduce((sum, one) => sum + one, 0n),
      ),
    )
  }
  return { would: under(plan), does: under(current) }
}
