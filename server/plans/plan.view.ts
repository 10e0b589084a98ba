import type { Connection } from '../platform/page.ts'
import type { Offer } from './offers.ts'
import type { PlanType } from './plan.type.ts'

/** An offer as GraphQL shows it. */
export const planType = ({ planId, priceNano, quotaNano, modelDiscountPpm, ...offer }: Offer): PlanType => ({
  ...offer,
  id: planId,
  price: priceNano,
  quota: quotaNano,
  discountPpm: Number(offer.discountPpm),
  modelDiscounts: Object.entries(modelDiscountPpm).map(([modelId, discountPpm]) => ({
    modelId,
    discountPpm,
  })),
})

export const planConnection = ({ edges, pageInfo }: Connection<Offer>): Connection<PlanType> => ({
  edges: edges.map(({ cursor, node }) => ({ cursor, node: planType(node) })),
  pageInfo,
})
