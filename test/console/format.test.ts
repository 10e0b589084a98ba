import { expect, test } from 'vitest'
import {
  addMoney,
  formatCount,
  formatExactMoney,
  formatMoney,
  formatRelative,
} from '../../web/src/i18n/format.ts'
import { pricePer } from '../../web/src/models/price.ts'
import { costOf, tokensIn } from '../../web/src/playground/estimate.ts'
import { safePath } from '../../web/src/session/session.ts'
import { windowOf } from '../../web/src/dashboard/ranges.ts'

test.each([
  ['0', '¥0.00'],
  ['-0', '¥0.00'],
  ['1234.5', '¥1,234.50'],
  ['1000000', '¥1,000,000.00'],
  ['9007199254740993.21', '¥9,007,199,254,740,993.21'],
  ['0.019', '¥0.02'],
  ['0.01', '¥0.01'],
  ['0.00999', '¥0.00999'],
  ['0.0001616', '¥0.000162'],
  ['0.0015225', '¥0.001523'],
  ['0.009999999', '¥0.01'],
  ['0.000001', '¥0.000001'],
  ['0.000000123', '<¥0.000001'],
  ['0.000000999', '<¥0.000001'],
  ['-3.2', '−¥3.20'],
  ['-0.000123', '−¥0.000123'],
  ['1.005', '¥1.01'],
  ['0.995', '¥1.00'],
])('%s is shown as %s: a tiny amount never as ¥0.00, a huge one never rounded', (amount, shown) => {
  expect(formatMoney(amount)).toBe(shown)
})

test('a receipt shows every digit', () => {
  expect(formatExactMoney('0.000123456')).toBe('¥0.000123456')
  expect(formatExactMoney('-1234.5')).toBe('−¥1,234.50')
})

test('amounts are added exactly', () => {
  expect(addMoney(['0.1', '0.2', '-0.000000001'])).toBe('0.299999999')
  expect(addMoney([])).toBe('0')
})

test('counts beyond what a number can hold are shown exactly', () => {
  expect(formatCount('9007199254740993', 'en')).toBe('9,007,199,254,740,993')
})

test.each([
  ['6', '0.006'],
  ['0.8', '0.0008'],
  ['0.000001', '0.000000001'],
  ['1234', '1.234'],
  ['0', '0'],
])('%s per million is %s per thousand', (perMillion, perThousand) => {
  expect(pricePer(perMillion, '1K')).toBe(perThousand)
  expect(pricePer(perMillion, '1M')).toBe(perMillion)
})

test('an estimate is money in integers', () => {
  expect(costOf(tokensIn('x'.repeat(3_000)), '6')).toBe('0.006')
  expect(costOf(9_007_199_254_740_993n, '0.000001')).toBe('9007.19925474')
})

test('"now" is now, and yesterday is yesterday, in the language of the reader', () => {
  const now = new Date('2026-11-24T12:00:00Z')
  expect(formatRelative(new Date('2026-11-24T11:59:55Z'), now, 'en')).toBe('now')
  expect(formatRelative(new Date('2026-11-23T12:00:00Z'), now, 'en')).toBe('yesterday')
  expect(formatRelative(new Date('2026-11-24T11:57:00Z'), now, 'zh-CN')).toBe('3分钟前')
})

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  undefined,
  ['/a'],
])('after signing in, %s leads to the console', (next) => expect(safePath(next)).toBe('/console'))

test('a chart ends with the bucket that is under way', () => {
  const { from, to, bucketSeconds } = windowOf('1h', new Date('2026-11-24T12:34:56Z'))
  expect([from.toISOString(), to.toISOString(), bucketSeconds]).toEqual([
    '2026-11-24T11:35:00.000Z',
    '2026-11-24T12:35:00.000Z',
    60,
  ])
})
