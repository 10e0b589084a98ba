import { describe, expect, test } from 'vitest'
import { axisOf, ticksOf } from '../../web/src/ui/axis.ts'

describe('the axes of a chart', () => {
  test.each([
    [0, false, 1],
    [0.00034, false, 0.0004],
    [13.57, false, 20],
    [100, false, 100],
    [101, false, 200],
    [1_000_000, false, 1_000_000],
    [1, true, 2],
    [4, true, 4],
    [23, true, 30],
    [7, true, 8],
  ])(
    '%d, whole: %s: the axis ends at %d, a round number not below the highest bar',
    (highest, whole, top) => {
      expect(axisOf(highest, whole)).toBeCloseTo(top, 12)
    },
  )

  const every = (minutes: number, count: number) =>
    Array.from({ length: count }, (_, i) => new Date(Date.UTC(2026, 10, 28, 0, i * minutes)))

  test('an hour has six labels at most, in the zone of the account, the last bar among them', () => {
    const ticks = ticksOf(every(1, 60), { locale: 'en', timeZone: 'Asia/Shanghai' })
    expect(ticks.map(({ label }) => label)).toEqual([
      '8:09 AM',
      '8:19 AM',
      '8:29 AM',
      '8:39 AM',
      '8:49 AM',
      '8:59 AM',
    ])
    expect(ticks.at(-1)).toMatchObject({ at: 1, side: '-translate-x-full' })
  })

  test('several days are labelled by the day, whatever their number', () => {
    const label = (count: number) =>
      ticksOf(every(1_440, count), { locale: 'zh-CN', timeZone: 'UTC' }).map((tick) => tick.label)
    expect(label(7)).toEqual(['11月28日', '11月30日', '12月2日', '12月4日'])
    expect(label(30)).toHaveLength(6)
    expect(label(1)).toHaveLength(1)
    expect(ticksOf([], { locale: 'en', timeZone: undefined })).toEqual([])
  })
})
