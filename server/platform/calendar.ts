/** Calendar arithmetic in a person's time zone. The server's own zone plays no part in it. */
interface LocalTime {
  year: number
  /** 1 to 12. */
  month: number
  day: number
  /** Milliseconds since local midnight by the clock on the wall. */
  time: number
}

export type CalendarPeriod = 'day' | 'week' | 'month'

const DAY_MS = 86_400_000
const WEEK_DAYS = 7

/**
 * `months` calendar months after `anchor`, on the anchor's local day and time. A month without that day gives its
 * last one, and the next that has it gives it again: Jan 31 → Feb 28 → Mar 31 (PRODUCT.md §9). Count from the anchor,
 * not from the period before.
 */
export function addMonths(anchor: Date, months: number, timeZone: string): Date {
  const { year, month, day, time } = localTime(anchor, timeZone)
  const index = year * 12 + (month - 1) + months
  const target = { year: Math.floor(index / 12), month: (index % 12) + 1 }
  return instantOf({ ...target, day: Math.min(day, daysIn(target)), time }, timeZone)
}

/** The calendar day, week (from Monday) or month that holds `at`: half-open. */
export function calendarPeriod(
  period: CalendarPeriod,
  at: Date,
  timeZone: string,
): { start: Date; end: Date } {
  const { year, month, day } = localTime(at, timeZone)
  const midnight = (days: number, months = 0) =>
    instantOf(normal({ year, month: month + months, day: days, time: 0 }), timeZone)
  if (period === 'day') return { start: midnight(day), end: midnight(day + 1) }
  if (period === 'month') return { start: midnight(1), end: midnight(1, 1) }
  const monday = day - ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % WEEK_DAYS)
  return { start: midnight(monday), end: midnight(monday + WEEK_DAYS) }
}

/** Lets day 0, day 32 or month 13 be what they mean. */
function normal({ year, month, day, time }: LocalTime): LocalTime {
  const date = new Date(Date.UTC(year, month - 1, day))
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), time }
}

const daysIn = ({ year, month }: Pick<LocalTime, 'year' | 'month'>) =>
  new Date(Date.UTC(year, month, 0)).getUTCDate()

const asUtc = ({ year, month, day, time }: LocalTime) => Date.UTC(year, month - 1, day) + time

/**
 * The instant at which a clock in the zone shows this. Where clocks are set back it shows it twice: the first counts.
 * Where they are set forward it never shows it: the clock that was not set forward counts.
 */
function instantOf(local: LocalTime, timeZone: string): Date {
  const shown = asUtc(local)
  const before = offsetAt(shown - DAY_MS, timeZone)
  const after = offsetAt(shown + DAY_MS, timeZone)
  const candidates = [shown - before, shown - after].sort((a, b) => a - b)
  const exact = candidates.find((instant) => instant + offsetAt(instant, timeZone) === shown)
  return new Date(exact ?? shown - before)
}

/** How far the zone's clocks are ahead of UTC at an instant, in ms. */
const offsetAt = (instant: number, timeZone: string) =>
  asUtc(localTime(new Date(instant), timeZone)) - instant

const formats = new Map<string, Intl.DateTimeFormat>()

function localTime(at: Date, timeZone: string): LocalTime {
  let format = formats.get(timeZone)
  if (!format) {
    const numeric = 'numeric' as const
    const date = { calendar: 'gregory', year: numeric, month: numeric, day: numeric }
    const time = { hourCycle: 'h23' as const, hour: numeric, minute: numeric, second: numeric }
    format = new Intl.DateTimeFormat('en-US', { timeZone, ...date, ...time })
    formats.set(timeZone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const { year, month, day, hour, minute, second } = parts as Record<string, number>
  // Offsets are whole seconds, so the milliseconds are the same everywhere.
  const milliseconds = ((at.getTime() % 1_000) + 1_000) % 1_000
  const time = ((hour! * 60 + minute!) * 60 + second!) * 1_000 + milliseconds
  return { year: year!, month: month!, day: day!, time }
}

/** Whether it is a name such as Asia/Shanghai; an offset such as +08:00 is none. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[a-z]/i.test(name)
  } catch {
    return false
  }
}
