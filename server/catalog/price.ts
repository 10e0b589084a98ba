import type { EntityManager } from '@mikro-orm/postgresql'
import type { MicroPerMillion } from '../platform/money.ts'
import { PriceVersion } from './price-version.entity.ts'

/** A model's prices as of one version: micro-CNY per 1,000,000 LLM tokens. */
export interface FrozenModelPrice {
  versionId: string
  input: MicroPerMillion
  cachedInput: MicroPerMillion | null
  output: MicroPerMillion
  /** Set by us as an example, not by the operator. */
  isExample: boolean
}

/** The version in force for each model: the latest that has begun. */
export async function currentPrices(em: EntityManager, now: Date): Promise<Map<string, FrozenModelPrice>> {
  const begun = await em.find(
    PriceVersion,
    { effectiveFrom: { $lte: now } },
    { orderBy: { effectiveFrom: 'asc', id: 'asc' }, disableIdentityMap: true },
  )
  return new Map(
    begun.map(({ id, modelId, input, cachedInput, output, isExample }) => [
      modelId,
      { versionId: id, input, cachedInput: cachedInput ?? null, output, isExample },
    ]),
  )
}
