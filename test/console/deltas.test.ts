import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import type { Cell } from '../../web/src/dashboard/chart.ts'
import { useDeltas } from '../../web/src/dashboard/useDeltas.ts'

const one: Cell = {
  start: '2026-11-29T12:00:00.000Z',
  key: 'qwen3-max',
  requests: '1',
  promptTokens: '10',
  completionTokens: '5',
  cost: '0.001',
}

describe('what ticks add to what was read', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** A chart whose first reading has ended a while ago. */
  function chart() {
    const fetching = ref(true)
    const stale = ref(false)
    let readings = 0
    const read = () => {
      readings += 1
      fetching.value = true
    }
    const scope = effectScope()
    const moved = scope.run(() => useDeltas({ fetching, stale, read }))!
    fetching.value = false
    vi.advanceTimersByTime(60_000)
    return {
      ...moved,
      fetching,
      stale,
      read,
      scope,
      readings: () => readings,
      requests: () => moved.deltas.value.map(({ requests }) => requests),
    }
  }

  test('a tick that no reading can have seen is added at once, and sums up', () => {
    const { add, requests, readings } = chart()
    add([one])
    add([one])
    expect(requests()).toEqual(['2'])
    vi.advanceTimersByTime(60_000)
    expect(readings()).toBe(0)
  })

  test('a reading takes the place of what ticks added, also when it brings the same as before', () => {
    const { add, requests, read, fetching } = chart()
    add([one])
    read()
    expect(requests()).toEqual(['1'])
    fetching.value = false
    expect(requests()).toEqual([])
  })

  test.each([
    ['during a reading', (at: ReturnType<typeof chart>) => at.read()],
    [
      'while an old answer stands in for the new one',
      (at: ReturnType<typeof chart>) => (at.stale.value = true),
    ],
    [
      'right after a reading',
      (at: ReturnType<typeof chart>) => {
        at.read()
        at.fetching.value = false
      },
    ],
  ])('a tick %s is not counted twice: it is read', (_when, begin) => {
    const at = chart()
    begin(at)
    const before = at.readings()
    at.add([one])
    expect(at.requests()).toEqual([])
    vi.advanceTimersByTime(3_000)
    expect(at.readings()).toBe(before + 1)
  })

  test('ticks without end cause a reading in ten seconds, not one each', () => {
    const at = chart()
    at.read()
    at.fetching.value = false
    const before = at.readings()
    for (let second = 0; second < 60; second += 1) {
      at.add([one])
      vi.advanceTimersByTime(1_000)
      at.fetching.value = false
    }
    expect(at.readings() - before).toBeGreaterThanOrEqual(5)
    expect(at.readings() - before).toBeLessThanOrEqual(7)
  })

  test('a chart that is left reads nothing more', () => {
    const at = chart()
    at.read()
    at.add([one])
    at.scope.stop()
    const before = at.readings()
    vi.advanceTimersByTime(60_000)
    expect(at.readings()).toBe(before)
  })
})
