import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { addMonths, calendarPeriod } from '../../server/platform/calendar.ts'

/** bought at (UTC), zone, and the local days on which the next periods begin, as instants. */
const cases: [string, string, string[]][] = [
  // Jan 31, noon in Shanghai: 2027 has no Feb 29.
  [
    '2027-01-31T04:00:00Z',
    'Asia/Shanghai',
    ['2027-02-28T04:00:00Z', '2027-03-31T04:00:00Z', '2027-04-30T04:00:00Z'],
  ],
  // 31 January in Shanghai is still 30 January in UTC: the account's zone decides.
  [
    '2027-01-30T17:00:00Z',
    'Asia/Shanghai',
    ['2027-02-27T17:00:00Z', '2027-03-30T17:00:00Z', '2027-04-29T17:00:00Z'],
  ],
  ['2027-01-30T17:00:00Z', 'UTC', ['2027-02-28T17:00:00Z', '2027-03-30T17:00:00Z', '2027-04-30T17:00:00Z']],
  // A leap day stays the 29th.
  ['2028-02-29T00:00:00Z', 'UTC', ['2028-03-29T00:00:00Z', '2028-04-29T00:00:00Z', '2028-05-29T00:00:00Z']],
  // 02:30 on the local 14th; on 14 March 2027 New York's clocks jump from 02:00 to 03:00.
  [
    '2027-02-14T07:30:00.250Z',
    'America/New_York',
    ['2027-03-14T07:30:00.250Z', '2027-04-14T06:30:00.250Z', '2027-05-14T06:30:00.250Z'],
  ],
  // 01:30 on 7 November 2027 happens twice in New York: the first counts.
  ['2027-10-07T05:30:00Z', 'America/New_York', ['2027-11-07T05:30:00Z', '2027-12-07T06:30:00Z']],
  // Half-hour summer time, and across the year.
  ['2026-12-31T13:00:00Z', 'Australia/Lord_Howe', ['2027-01-31T13:00:00Z', '2027-02-28T13:00:00Z']],
]

describe('calendar months', () => {
  test.each(cases)('bought %s in %s: each period keeps its local day and time', (bought, zone, expected) => {
    const starts = expected.map((_, i) => addMonths(new Date(bought), i + 1, zone).toISOString())
    expect(starts).toEqual(expected.map((text) => new Date(text).toISOString()))
  })

  test('twelve months later is the same day next year, a leap day its eve', () => {
    expect(addMonths(new Date('2028-02-29T00:00:00Z'), 12, 'UTC').toISOString()).toBe(
      '2029-02-28T00:00:00.000Z',
    )
    expect(addMonths(new Date('2028-02-29T00:00:00Z'), 48, 'UTC').toISOString()).toBe(
      '2032-02-29T00:00:00.000Z',
    )
  })

  test.each(['UTC', 'Asia/Shanghai', 'America/New_York', 'Pacific/Apia'])(
    'a server that runs in %s counts the same',
    (TZ) => {
      const script = `
        import { addMonths, calendarPeriod } from './server/platform/calendar.ts'
        const cases = ${JSON.stringify(cases)}
        console.log(JSON.stringify(cases.map(([at, zone]) =>
          [addMonths(new Date(at), 1, zone), calendarPeriod('week', new Date(at), zone)])))`
      const there = execFileSync('node', ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ },
      })
      const here = cases.map(([at, zone]) => [
        addMonths(new Date(at), 1, zone),
        calendarPeriod('week', new Date(at), zone),
      ])
      expect(JSON.parse(there.toString())).toEqual(JSON.parse(JSON.stringify(here)))
    },
  )
})

describe('calendar periods', () => {
  test.each([
    // Tuesday 24 November 2026, 23:59 in Shanghai; a minute later it is Wednesday.
    ['day', '2026-11-24T15:59:59.999Z', 'Asia/Shanghai', '2026-11-23T16:00:00Z', '2026-11-24T16:00:00Z'],
    ['day', '2026-11-24T16:00:00Z', 'Asia/Shanghai', '2026-11-24T16:00:00Z', '2026-11-25T16:00:00Z'],
    // Weeks begin on Monday: this Sunday belongs to the week before.
    ['week', '2026-11-29T15:59:00Z', 'Asia/Shanghai', '2026-11-22T16:00:00Z', '2026-11-29T16:00:00Z'],
    ['week', '2026-11-29T16:00:00Z', 'Asia/Shanghai', '2026-11-29T16:00:00Z', '2026-12-06T16:00:00Z'],
    ['month', '2026-12-31T23:00:00Z', 'UTC', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    // A day of 23 hours, and one that begins at one o'clock.
    ['day', '2027-03-14T12:00:00Z', 'America/New_York', '2027-03-14T05:00:00Z', '2027-03-15T04:00:00Z'],
    ['day', '2027-04-30T12:00:00Z', 'Africa/Cairo', '2027-04-29T22:00:00Z', '2027-04-30T21:00:00Z'],
  ] as const)('the %s that holds %s in %s is half-open', (period, at, zone, start, end) => {
    expect(calendarPeriod(period, new Date(at), zone)).toEqual({ start: new Date(start), end: new Date(end) })
  })
})
