import { defineEntity, p } from '@mikro-orm/core'

/** A model's prices from a moment on. Never changed: a request keeps the version it was admitted with. */
export const PriceVersionSchema = defineEntity({
  name: 'PriceVersion',
  tableName: 'price_version',
  properties: {
    id: p.uuid().primary(),
    modelId: p.text(),
    /** Micro-CNY per 1,000,000 LLM tokens, like the other prices. */
    input: p.bigint(),
    /** Null: cached input costs what input costs. */
    cachedInput: p.bigint().nullable(),
    output: p.bigint(),
    isExample: p.boolean().default(false),
    effectiveFrom: p.datetime(),
    createdBy: p.uuid().nullable(),
    createdAt: p.datetime(),
  },
})

export class PriceVersion extends PriceVersionSchema.class {}
PriceVersionSchema.setClass(PriceVersion)
