/** Balances and amounts: nano-CNY (1e-9 CNY) in a bigint. Never a number, never a float. */
export type Nano = bigint

/**
 * Prices: micro-CNY per 1,000,000 LLM tokens, which is the same integer as pico-CNY per LLM token
 * (1e-6 CNY / 1e6 tokens = 1e-12 CNY), so any price with up to six decimals per million is exact.
 */
export type MicroPerMillion = bigint

/** A discount ratio in parts per million: 800_000 means the user pays 80 %. */
export type Ppm = bigint

export const PPM_ONE: Ppm = 1_000_000n
export const NANO_PER_CNY = 1_000_000_000n
const DECIMALS = 9

/** `1234.5` → 1_234_500_000_000n. Throws a RangeError on anything but a decimal with ≤ 9 decimals. */
export function parseCny(text: string): Nano {
  const match = /^(-?)(\d{1,10})(?:\.(\d{1,9}))?$/.exec(text)
  if (!match) throw new RangeError(`not an amount in CNY: ${text.slice(0, 40)}`)
  const [, sign, whole, fraction = ''] = match
  const nano = BigInt(whole!) * NANO_PER_CNY + BigInt(fraction.padEnd(DECIMALS, '0'))
  return sign ? -nano : nano
}

/** 1_234_500_000_000n → `1234.5`: exact, no trailing zeros, no grouping. */
export function formatCny(nano: Nano): string {
  const digits = (nano < 0n ? -nano : nano).toString().padStart(DECIMALS + 1, '0')
  const whole = digits.slice(0, -DECIMALS)
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '')
  return `${nano < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`
}

/** A price in CNY per 1,000,000 LLM tokens, as people write it, to the stored integer; ≤ 6 decimals. */
export function parsePrice(text: string): MicroPerMillion {
  const nano = parseCny(text)
  if (nano < 0n || nano % 1_000n !== 0n) throw new RangeError(`not a price: ${text.slice(0, 40)}`)
  return nano / 1_000n
}

export const formatPrice = (price: MicroPerMillion) => formatCny(price * 1_000n)
