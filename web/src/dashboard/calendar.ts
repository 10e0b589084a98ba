import { localOf, midnight } from '../i18n/zone.ts'

export const WEEKS = 26
const LEVELS = 4

export interface Day {
  /** `2026-11-26`, in the account's zone. */
  date: string
  at: Date
  requests: string
  cost: string
  /** 0 for none, then 1 to 4 by its share of the dearest day. */
  level: number
}

/** From which Monday the calendar runs, and to the end of today. */
export function calendarRange(now: Date, timeZone: string) {
  const weekday = (new Date(`${localOf(now, timeZone).slice(0, 10)}T00:00:00Z`).getUTCDay() + 6) % 7
  return { from: midnight(now, timeZone, -weekday - (WEEKS - 1) * 7), to: midnight(now, timeZone, 1) }
}

/** Each day of the range once, oldest first; days that nothing is known of had no requests. */
export function daysOf(
  { from, to }: { from: Date; to: Date },
  known: readonly { key: string; requests: string; cost: string }[],
  timeZone: string,
): Day[] {
  const byDate = new Map(known.map((row) => [localOf(new Date(row.key), timeZone).slice(0, 10), row]))
  const dearest = Math.max(...known.map(({ cost }) => Number(cost)), 0)
  const days: Day[] = []
  for (let at = from; at < to; at = midnight(at, timeZone, 1)) {
    const date = localOf(at, timeZone).slice(0, 10)
    const { requests = '0', cost = '0' } = byDate.get(date) ?? {}
    const level = requests === '0' ? 0 : Math.max(1, Math.ceil((Number(cost) / (dearest || 1)) * LEVELS))
    days.push({ date, at, requests, cost, level })
  }
  return days
}
