import type { Nano } from '../platform/money.ts'
import type { FrozenPrice, TokenUsage } from './billing.ts'

/** pico-CNY × ppm → nano-CNY: 1e3 pico in a nano, 1e6 ppm in one. */
const PICO_PPM_PER_NANO = 1_000_000_000n

/**
 * What a usage costs, in nano-CNY. A price is micro-CNY per million LLM tokens, which is pico-CNY per LLM
 * token, so Σ tokens × price is exact in pico-CNY; the discount follows, and then the one rounding of the
 * request, half up. Cached tokens are a part of the prompt and have a price of their own where one is set;
 * reasoning tokens are a part of the completion. Source of the rule: PRODUCT.md §4 and §9 ("Charging").
 */
export function costOf(price: FrozenPrice, usage: TokenUsage): Nano {
  const cached = BigInt(usage.cachedTokens ?? 0)
  const pico =
    (BigInt(usage.promptTokens) - cached) * price.input +
    cached * (price.cachedInput ?? price.input) +
    BigInt(usage.completionTokens) * price.output
  return (pico * price.discountPpm + PICO_PPM_PER_NANO / 2n) / PICO_PPM_PER_NANO
}

/**
 * The same sum as SQL, over a charge `c`: pico-CNY before any discount. For checks of the books and for reports, which read
 * more rows than would be carried here.
 */
export const PICO_OF_CHARGE = `((c.prompt_tokens - coalesce(c.cached_tokens, 0))::numeric * c.input_price
  + coalesce(c.cached_tokens, 0)::numeric * coalesce(c.cached_input_price, c.input_price)
  + c.completion_tokens::numeric * c.output_price)`

/** A model that costs nothing touches no pool, so it takes no bonus tokens either. */
export const isFree = ({ input, cachedInput, output, discountPpm }: FrozenPrice) =>
  discountPpm === 0n || (input === 0n && (cachedInput ?? 0n) === 0n && output === 0n)
