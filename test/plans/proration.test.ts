import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { creditFor, isUpgrade } from '../../server/plans/proration.ts'

const start = new Date('2026-11-01T00:00:00Z')
const later = (ms: number) => new Date(start.getTime() + ms)
const CNY = 1_000_000_000n
const DAY = 86_400_000

describe('what an unused part of a period gives back', () => {
  test.each([
    ['at its first moment, all of it', 49n * CNY, 30 * DAY, 0, 49n * CNY],
    ['at half time, half of it', 49n * CNY, 30 * DAY, 15 * DAY, 24_500_000_000n],
    ['a third, rounded up to the nano', 10n * CNY, 30 * DAY, 20 * DAY, 3_333_333_334n],
    ['a millisecond before its end, something', 1n, 30 * DAY, 30 * DAY - 1, 1n],
    ['at its end, nothing', 49n * CNY, 30 * DAY, 30 * DAY, 0n],
    ['after its end, nothing', 49n * CNY, 30 * DAY, 31 * DAY, 0n],
    ['of a gift, nothing', 0n, 30 * DAY, DAY, 0n],
    ['of a price near the largest, exactly', 9_000_000_000n * CNY, 28 * DAY, 14 * DAY, 4_500_000_000n * CNY],
  ])('%s', (_, price, length, elapsed, credit) => {
    expect(creditFor({ start, end: later(length), price }, later(elapsed))).toBe(credit)
  })

  test('is never more than was paid, never less than its share, and less than a nano above it', () => {
    const price = fc.bigInt({ min: 0n, max: 10n ** 18n })
    fc.assert(
      fc.property(
        price,
        fc.integer({ min: 1, max: 1100 * DAY }),
        fc.nat(1100 * DAY),
        (price, length, elapsed) => {
          const credit = creditFor({ start, end: later(length), price }, later(elapsed))
          const left = BigInt(Math.max(0, length - elapsed))
          expect(credit <= price).toBe(true)
          expect(credit * BigInt(length) >= price * left).toBe(true)
          expect((credit - 1n) * BigInt(length) < price * left || credit === 0n).toBe(true)
        },
      ),
    )
  })
})

test.each([
  ['dearer', 99n, 1, 49n, 1, true],
  ['cheaper', 49n, 1, 99n, 1, false],
  ['as dear', 49n, 1, 49n, 1, false],
  ['a year that is cheaper by the month', 490n, 12, 49n, 1, false],
  ['a month that is dearer than a month of the year', 49n, 1, 490n, 12, true],
])('%s a month: an upgrade or not', (_, toPrice, toMonths, fromPrice, fromMonths, upgrade) => {
  const to = { priceNano: toPrice, months: toMonths }
  expect(isUpgrade(to, { priceNano: fromPrice, months: fromMonths })).toBe(upgrade)
})
