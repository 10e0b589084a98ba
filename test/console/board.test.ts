import { expect, test } from 'vitest'
import { calendarRange, daysOf } from '../../web/src/dashboard/calendar.ts'
import { barsOf, isGap, withDeltas } from '../../web/src/dashboard/chart.ts'
import { instantOf, startOfDay } from '../../web/src/i18n/zone.ts'
import { comparePlans } from '../../web/src/plans/payoff.ts'
import { daysLeft, moneyOf } from '../../web/src/dashboard/pace.ts'
import { alertsOf } from '../../web/src/dashboard/useAlerts.ts'
import { capAmounts } from '../../web/src/tokens/cap-amounts.ts'

const cell = (start: string, cost: string, requests = '1') => ({
  start,
  key: 'qwen3-max',
  requests,
  promptTokens: '3',
  completionTokens: '4',
  cost,
})

test('what a tick adds is added to the nano, to the bucket and model it belongs to', () => {
  const read = [cell('2026-11-26T08:00:00.000Z', '0.1'), cell('2026-11-26T08:01:00.000Z', '9007199254740993')]
  const merged = withDeltas(read, [cell('2026-11-26T08:01:00Z', '0.000000001', '2')])
  expect(merged).toHaveLength(2)
  expect(merged[1]).toMatchObject({ requests: '3', promptTokens: '6', cost: '9007199254740993.000000001' })
})

test.each([
  ['1', undefined, false],
  ['2', '1', false],
  ['1', '7', false],
  ['4', '2', true],
  ['3', undefined, true],
])('tick %s after %s: lost one before it: %s', (sequence, last, gap) => {
  expect(isGap(sequence, last)).toBe(gap)
})

test('a chart has a bar for every bucket, and none for what lies outside', () => {
  const window = {
    from: new Date('2026-11-26T08:00:00Z'),
    to: new Date('2026-11-26T08:03:00Z'),
    bucketSeconds: 60,
  }
  const bars = barsOf(
    [cell('2026-11-26T08:01:00Z', '0.5'), cell('2026-11-26T07:59:00Z', '9')],
    window,
    'tokens',
  )
  expect(bars.map(({ values }) => values)).toEqual([{}, { 'qwen3-max': 7 }, {}])
})

test('money lasts as long as the last seven days say; without any spending nobody knows', () => {
  expect(daysLeft('70', '10')).toBe(49)
  expect(daysLeft('0.5', '10')).toBe(0)
  expect(daysLeft('70', '0')).toBeUndefined()
  expect(daysLeft('1000000', '0.000001')).toBeUndefined()
  expect(daysLeft('-1', '10')).toBeUndefined()
})

test('what bonus tokens paid is no money that could run out', () => {
  const pools = [
    { key: 'BONUS', cost: '100' },
    { key: 'QUOTA', cost: '0.000000001' },
    { key: 'WALLET', cost: '2.5' },
    { key: 'NONE', cost: '0' },
  ]
  expect(moneyOf(pools)).toBe('2.500000001')
  expect(moneyOf([])).toBe('0')
})

test('26 weeks begin on a Monday of the account and end with its today, each day once', () => {
  // Sunday evening in UTC is Monday morning in Shanghai.
  const range = calendarRange(new Date('2026-11-22T20:00:00Z'), 'Asia/Shanghai')
  const days = daysOf(range, [{ key: '2026-11-22T16:00:00Z', requests: '2', cost: '3' }], 'Asia/Shanghai')
  expect(days).toHaveLength(25 * 7 + 1)
  expect(days[0]).toMatchObject({ date: '2026-06-01', level: 0 })
  expect(days.at(-1)).toMatchObject({ date: '2026-11-23', requests: '2', level: 4 })
  // A day of a zone with summer time has 23 or 25 hours, and is still one day.
  const berlin = daysOf(calendarRange(new Date('2026-11-26T12:00:00Z'), 'Europe/Berlin'), [], 'Europe/Berlin')
  expect(new Set(berlin.map(({ date }) => date)).size).toBe(berlin.length)
})

test('what may soon stop requests is said: money, retiring models in use, caps, expiry and errors, at their thresholds', () => {
  const now = new Date('2026-11-26T08:00:00Z')
  const spend = (spent: string) => [{ period: 'DAY' as const, spent, cap: '10' }]
  const token = (name: string, spent: string, expiresAt: string | null) => ({
    cursor: name,
    node: { id: name, name, expiresAt, spend: spend(spent) },
  })
  const sources = (errors: number) => ({
    wallet: { bonusTokens: '5', spendable: '4.999999999' },
    standing: {
      id: 'a',
      emailVerifiedAt: null,
      lowBalanceAlert: '5',
      spend: spend('7.999999999'),
      apiTokens: {
        edges: [
          token('near', '8', null),
          token('soon', '0', '2026-12-03T07:59:59Z'),
          token('later', '0', '2026-12-03T08:00:00Z'),
          token('past', '0', '2026-11-26T07:00:00Z'),
        ],
      },
    },
    retiring: [
      { id: 'used', retiresAt: '2026-12-31T00:00:00Z', replacementId: 'newer' },
      { id: 'unused', retiresAt: '2026-12-31T00:00:00Z', replacementId: null },
    ],
    figures: {
      quarter: { totals: { requests: '20', succeeded: String(17 - errors), cancelled: '3' } },
      week: { byModel: [{ key: 'used' }, { key: 'other' }] },
    } as never,
  })
  const kinds = (errors: number) =>
    alertsOf(sources(errors), now).map((alert) => [
      alert.kind,
      'name' in alert ? alert.name : 'model' in alert ? alert.model.id : undefined,
    ])
  expect(kinds(2)).toEqual([
    ['lowBalance', undefined],
    ['retiring', 'used'],
    ['cap', 'near'],
    ['expiring', 'soon'],
  ])
  expect(kinds(3)[1]).toEqual(['errors', undefined])
  const empty = {
    wallet: { bonusTokens: '0', spendable: '0' },
    retiring: [],
    standing: undefined,
    figures: undefined,
  }
  expect(alertsOf(empty, now)).toEqual([{ kind: 'empty' }])
})

test('a plan pays off by the prices it gives, the quota it holds and what it costs itself, to the nano', () => {
  const free = { price: '0', quota: '0', months: 1, discountPpm: 1_000_000, modelDiscounts: [] }
  const pro = { price: '49', quota: '60', months: 1, discountPpm: 800_000, modelDiscounts: [] }
  const year = { ...pro, price: '480', quota: '720', months: 12 }
  const used = [
    { modelId: 'a', listCost: '100.000000001' },
    { modelId: 'b', listCost: '50' },
  ]
  expect(comparePlans(pro, free, used)).toEqual({ would: '109', does: '150.000000001' })
  expect(comparePlans(year, free, used).would).toBe('100')
  expect(comparePlans(pro, free, [{ modelId: 'a', listCost: '5' }])).toEqual({ would: '49', does: '5' })
  const special = { ...pro, modelDiscounts: [{ modelId: 'b', discountPpm: 500_000 }] }
  expect(comparePlans(special, free, used).would).toBe('94')
  expect(comparePlans(free, pro, [{ modelId: 'a', listCost: '100' }])).toEqual({ would: '100', does: '69' })
})

test('years that no clock writes with four digits are no day, and throw nothing', () => {
  for (const day of ['0002-01-31', '0202-01-31', '9999-12-31', '2026-13-01', 'soon'])
    expect([day, startOfDay(day)]).toEqual([day, undefined])
  expect(instantOf('9999-12-31T23:59:59', 'America/Los_Angeles')).toBeUndefined()
  expect(startOfDay('2026-11-29')).toBeInstanceOf(Date)
})

test('a cap and what is used of it are told apart to the last digit where cents would not', () => {
  expect(capAmounts('0.064136', '0.0645')).toEqual({ spent: '¥0.064136', cap: '¥0.0645' })
  expect(capAmounts('5', '20')).toEqual({ spent: '¥5.00', cap: '¥20.00' })
  expect(capAmounts('20', '20')).toEqual({ spent: '¥20.00', cap: '¥20.00' })
})
