import type { Nano } from '../platform/money.ts'

export interface PaidPeriod {
  start: Date
  /** Exclusive. */
  end: Date
  /** What the wallet paid for it. */
  price: Nano
}

/**
 * What a period that ends early gives back: its price × time left ÷ its length, in whole milliseconds, rounded up
 * once to the next nano-CNY, in the customer's favour. What was used and what is given back add up to the price.
 * Source of the rule: PRODUCT.md §9 ("Plans").
 */
export function creditFor({ start, end, price }: PaidPeriod, at: Date): Nano {
  const length = BigInt(end.getTime() - start.getTime())
  const left = BigInt(end.getTime() - Math.max(at.getTime(), start.getTime()))
  if (left <= 0n) return 0n
  return (price * left + length - 1n) / length
}

/** Whether a plan costs more a month than another: such a change happens at once, any other at the period's end. */
export const isUpgrade = (
  to: { priceNano: bigint; months: number },
  from: { priceNano: bigint; months: number },
) => to.priceNano * BigInt(from.months) > from.priceNano * BigInt(to.months)
