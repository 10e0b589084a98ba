/** A price as the server sends it, in nano-CNY per million LLM tokens, and what is paid of it. */
export interface CalculatorPrice {
  input: bigint
  /** Null: cached input costs what input costs. */
  cachedInput: bigint | null
  output: bigint
  /** Share that is paid, in parts per million. */
  discountPpm: bigint
}

export interface CalculatorUsage {
  promptTokens: bigint
  /** A part of the prompt. */
  cachedTokens: bigint
  completionTokens: bigint
}

export interface CalculatedReceipt {
  /** Before the discount, to the last digit: as nano-CNY × one million. */
  fresh: bigint
  cached: bigint
  output: bigint
  list: bigint
  /** What is paid, in nano-CNY, after the one rounding. */
  cost: bigint
}

const MILLION = 1_000_000n

/**
 * The bill of one request, as the server makes it: the exact sum, then the discount, then one rounding, half
 * up. A test holds it against the server's own function.
 */
export function receiptOf(price: CalculatorPrice, usage: CalculatorUsage): CalculatedReceipt {
  const fresh = (usage.promptTokens - usage.cachedTokens) * price.input
  const cached = usage.cachedTokens * (price.cachedInput ?? price.input)
  const output = usage.completionTokens * price.output
  const list = fresh + cached + output
  const divisor = MILLION * MILLION
  return { fresh, cached, output, list, cost: (list * price.discountPpm + divisor / 2n) / divisor }
}

/** `0.8` → 800_000_000n. */
export function nanoOf(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(9, '0').slice(0, 9))
}

/** An exact decimal of `value` / 10^decimals, without trailing zeros. */
export function decimal(value: bigint, decimals: number): string {
  const digits = value.toString().padStart(decimals + 1, '0')
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '')
}
