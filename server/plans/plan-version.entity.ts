import { defineEntity, p } from '@mikro-orm/core'

/** The terms of a plan from a moment on. Never changed: running periods keep theirs. */
export const PlanVersionSchema = defineEntity({
  name: 'PlanVersion',
  tableName: 'plan_version',
  properties: {
    id: p.uuid().primary(),
    planId: p.text(),
    priceNano: p.bigint(),
    /** Money-valued allowance for one period. */
    quotaNano: p.bigint(),
    /** Length of a period in calendar months. */
    months: p.integer().default(1),
    /** For each API token. */
    requestsPerMinute: p.integer(),
    /** Longest prompt in LLM tokens; null for no limit. */
    contextTokensMax: p.integer().nullable(),
    activeTokensMax: p.integer(),
    /** 800_000: the user pays 80 %. */
    discountPpm: p.bigint(),
    modelDiscountPpm: p.json<Record<string, number>>(),
    isExample: p.boolean().default(false),
    createdAt: p.datetime(),
  },
})

export class PlanVersion extends PlanVersionSchema.class {}
PlanVersionSchema.setClass(PlanVersion)
