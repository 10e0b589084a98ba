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

export interface DatedPrice extends FrozenModelPrice {
  from: Date
}

export interface ModelPrices {
  current: FrozenModelPrice
  /** The next one that has been announced. */
  next: DatedPrice | null
  /** All that held or will hold, oldest first. */
  history: DatedPrice[]
}

/** Of each model: the latest version that has begun, and the first to come. `versions` in the order in which they begin. */
export function pricesAt(versions: PriceVersion[], now: Date): Map<string, ModelPrices> {
  const prices = new Map<string, ModelPrices>()
  for (const version of versions) {
    const known = prices.get(version.modelId)
    const dated = { ...frozen(version), from: version.effectiveFrom }
    const history = appended(known?.history ?? [], dated)
    if (dated.from <= now) prices.set(version.modelId, { current: frozen(version), next: null, history })
    else if (known) {
      known.history = history
      if (!known.next || known.next.from.getTime() === dated.from.getTime()) known.next = dated
    }
  }
  return prices
}

/** Of two that begin at the same moment the later made holds. */
function appended(history: DatedPrice[], price: DatedPrice): DatedPrice[] {
  const replaces = history.at(-1)?.from.getTime() === price.from.getTime()
  return [...(replaces ? history.slice(0, -1) : history), price]
}

const frozen = ({ id, input, cachedInput, output, isExample }: PriceVersion): FrozenModelPrice => ({
  versionId: id,
  input,
  cachedInput: cachedInput ?? null,
  output,
  isExample,
})
