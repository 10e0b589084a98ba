import { expect, test } from 'vitest'
import type { PriceVersion } from '../../server/catalog/price-version.entity.ts'
import { pricesAt } from '../../server/catalog/price.ts'
import { priceSteps } from '../../web/src/models/price-steps.ts'
import { monthlyCost } from '../../web/src/models/workload.ts'

test('a workload costs what its receipts would add up to, at the price that is paid', () => {
  const price = { input: '2', cachedInput: '0.2', output: '8', isExample: false }
  const workload = { requestsPerDay: 500, promptTokens: 4_000, completionTokens: 600, cachedPercent: 50 }
  // (2,000 × 2 + 2,000 × 0.2 + 600 × 8) / 1,000,000 = ¥0.0092 a request, 15,000 of them.
  expect(monthlyCost({ price, viewerPrice: null }, workload)).toBe(138_000_000_000n)
  const viewerPrice = { input: '1.6', cachedInput: null, output: '6.4' }
  expect(monthlyCost({ price, viewerPrice }, { ...workload, cachedPercent: 100 })).toBe(153_600_000_000n)
})

test('a price holds from its change to the next one, and the last to the edge', () => {
  const at = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString()
  const prices = [
    { from: at(1), input: '2', output: '8' },
    { from: at(11), input: '1', output: '4' },
  ]
  const frame = { width: 230, height: 100, now: new Date(at(21)) }
  expect(priceSteps(prices, frame)).toEqual({
    input: 'M0 75H100L100 87.5H230',
    output: 'M0 0H100L100 50H230',
    now: 200,
  })
  expect(priceSteps([{ from: at(1), input: '0', output: '0' }], frame).input).toBe('M0 100H230')
})

test('of two prices for the same moment the later made is the one in the history; what is announced comes last', () => {
  const version = (id: string, day: number, output: bigint) =>
    ({
      id,
      modelId: 'm',
      input: 1n,
      cachedInput: null,
      output,
      isExample: false,
      effectiveFrom: new Date(Date.UTC(2026, 0, day)),
    }) as unknown as PriceVersion
  const versions = [version('a', 1, 8n), version('b', 5, 7n), version('c', 5, 6n), version('d', 20, 5n)]
  const { current, next, history } = pricesAt(versions, new Date(Date.UTC(2026, 0, 10))).get('m')!
  expect([current.versionId, next?.versionId]).toEqual(['c', 'd'])
  expect(history.map(({ versionId }) => versionId)).toEqual(['a', 'c', 'd'])
})
