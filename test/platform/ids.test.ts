import { expect, it } from 'vitest'
import { isId, newId } from '../../server/platform/ids.ts'

it('ids sort in the order in which they were made, many within a millisecond and none twice', () => {
  const ids = Array.from({ length: 50_000 }, newId)
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every((id) => isId(id) && /^.{14}7.{4}[89ab]/.test(id))).toBe(true)
})

it('an id tells the millisecond in which it was made', () => {
  const before = Date.now()
  const made = parseInt(newId().replaceAll('-', '').slice(0, 12), 16)
  expect(made).toBeGreaterThanOrEqual(before)
  expect(made).toBeLessThanOrEqual(Date.now())
})
