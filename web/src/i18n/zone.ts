import { ownZone } from './own-zone.ts'

/** Clocks of a person's time zone, which need not be the browser's. A local time is `2026-11-26T08:30`. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  formats.set(timeZone, format)
  return format
}

/** What a clock in the zone shows, to the second. */
const shown = (at: Date, timeZone: string) => formatOf(timeZone).format(at).replace(' ', 'T')

export const localOf = (at: Date, timeZone: string) => shown(at, timeZone).slice(0, 16)

/** Years that clocks write with four digits in every zone, also a day later; a year that is typed digit by digit begins as 0002. */
const YEAR = /^(?!9999)[1-9]\d{3}-/

/** The instant at which a clock in the zone shows this; undefined for what is no time. */
export function instantOf(local: string, timeZone: string): Date | undefined {
  const wanted = Date.parse(`${local}Z`)
  if (Number.isNaN(wanted) || !YEAR.test(local)) return undefined
  const offset = (at: number) =>
    Date.parse(`${shown(new Date(at), timeZone)}Z`) - Math.floor(at / 1_000) * 1_000
  const guess = wanted - offset(wanted)
  return new Date(wanted - offset(guess))
}

/** Midnight in the zone, so many days after the day of `at`. */
export function midnight(at: Date, timeZone: string, days = 0): Date {
  const day = new Date(`${localOf(at, timeZone).slice(0, 10)}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + days)
  return instantOf(`${day.toISOString().slice(0, 10)}T00:00`, timeZone)!
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
/** When a day such as `2026-11-26` begins by the own clock, so many days later; undefined for what is no day. */
export function startOfDay(day: string, later = 0): Date | undefined {
  const start = DAY.test(day) ? instantOf(`${day}T00:00`, ownZone.value) : undefined
  return start && midnight(start, ownZone.value, later)
}

/** Local midnight of the first day of the hour or day that holds `at`. */
export function startOfStep(at: Date, step: 'HOUR' | 'DAY', timeZone: string): Date {
  if (step === 'DAY') return midnight(at, timeZone)
  return instantOf(`${localOf(at, timeZone).slice(0, 13)}:00`, timeZone)!
}

/** Every hour or day that [from, to) touches. */
export function stepsBetween(from: Date, to: Date, step: 'HOUR' | 'DAY', timeZone: string): Date[] {
  const steps: Date[] = []
  let at = startOfStep(from, step, timeZone)
  while (at < to && steps.length < 1_000) {
    steps.push(at)
    at = step === 'DAY' ? midnight(at, timeZone, 1) : new Date(at.getTime() + 3_600_000)
  }
  return steps
}
