import { expect, it } from 'vitest'
import { csvLine } from '../../server/http/csv.ts'

it.each(['=1+1', '+1+1', '-1+1', '@SUM(1)', '\t=1', '\r=1', '\n=1+1', '＝1+1', '＋1', '－1+1', '＠SUM(1)'])(
  'a spreadsheet takes %j for text',
  (text) => {
    expect(csvLine([text]).replace(/^"/, '')).toMatch(/^'/)
  },
)

it('a negative amount stays a number', () => {
  expect(csvLine(['-1.5', -2, null, 3n])).toBe('-1.5,-2,,3\r\n')
})
