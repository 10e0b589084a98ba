import type { MicroPerMillion } from '../platform/money.ts'
import type { PriceVersion } from './price-version.entity.ts'

/** A model's prices as of one version: micro-CNY per 1,000,000 LLM tokens. */
export interface FrozenModelPrice {
  versionId: string
  input: MicroPerMillion
  cachedInput: MicroPerMillion | null
  output: MicroPerMillion
  /** Set by us as an example, not by the operator. */
  isExample: boolean
}

export interface UpcomingPrice extends FrozenModelPrice {
  from: Date
}

export interface ModelPrices {
  current: FrozenModelPrice
  /** The next one that has been announced. */
  next: UpcomingPrice | null
}

/** Of each model: the latest version that has begun, and the first to come. `versions` in the order in which they begin. */
export function pricesAt(versions: PriceVersion[], now: Date): Map<string, ModelPrices> {
  const prices = new Map<string, ModelPrices>()
  for (const version of versions) {
    const known = prices.get(version.modelId)
    if (version.effectiveFrom <= now) prices.set(version.modelId, { current: frozen(version), next: null })
    // Of two that begin at the same moment the later made holds.
    else if (known && (!known.next || known.next.from.getTime() === version.effectiveFrom.getTime()))
      known.next = { ...frozen(version), from: version.effectiveFrom }
  }
  return prices
}

const frozen = ({ id, input, cachedInput, output, isExample }: PriceVersion): FrozenModelPrice => ({
  versionId: id,
  input,
  cachedInput: cachedInput ?? null,
  output,
  isExample,
})
