import type { Nano } from '../platform/money.ts'

/** Most that may be spent in a calendar period; null: no cap. */
export interface CapSettings {
  day: Nano | null
  week: Nano | null
  month: Nano | null
}

/** Whose calendar the periods follow. */
export interface CapZone {
  timeZone: string
  previous: string | null
  changedAt: Date | null
}

export const NO_CAPS: CapSettings = { day: null, week: null, month: null }

export const isCapped = ({ day, week, month }: CapSettings) => day !== null || week !== null || month !== null
