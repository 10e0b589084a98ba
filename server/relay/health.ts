import type { Breakers } from './breaker.ts'
import type { Route } from './routes.ts'

/** What a channel key met last that was its own fault. */
export interface ChannelError {
  /** `http_429`, `timeout`, or what the network calls it. */
  code: string
  at: number
  /** In our words, with the provider's code. */
  message: string
}

/** How one channel key did in one process. Times are ms since 1970. */
export interface RouteHealth {
  channelId: string
  keyId: string
  /** Of the last minutes: [minute since 1970, succeeded, failed]. */
  minutes: [number, number, number][]
  /** Of the last streams. */
  ttftMs: number[]
  lastError: ChannelError | null
  /** When its rest ends or ended; null: it is well. */
  openUntil: number | null
}

/** Counts in memory what becomes of each try; whoever publishes it takes what changed since. */
export interface HealthBoard {
  /** `ttftMs`: of a stream. */
  answered(route: Route, ttftMs: number | undefined): void
  failed(route: Route, error: Omit<ChannelError, 'at'>): void
  /** Those that changed since the last time, and those that rest. */
  takeChanged(): RouteHealth[]
  /** Since the start, by channel. */
  totals(): Map<string, { succeeded: number; failed: number; resting: number }>
}

interface Entry extends Omit<RouteHealth, 'openUntil'> {
  breakerId: string
  succeeded: number
  failed: number
  changed: boolean
}

const MINUTE_MS = 60_000
const MINUTES_KEPT = 6
const TTFT_KEPT = 50
/** Keys that were replaced are forgotten first. */
const ROUTES_MAX = 2_000

/** `now` in ms since 1970. */
export function createHealthBoard(breakers: Breakers, now: () => number): HealthBoard {
  const entries = new Map<string, Entry>()

  function entryOf({ channel, key, breakerId }: Route): Entry {
    const known = entries.get(breakerId)
    if (known) return known
    if (entries.size >= ROUTES_MAX) entries.delete(entries.keys().next().value!)
    const ids = { channelId: channel.id, keyId: key.id, breakerId }
    const entry = { ...ids, minutes: [], ttftMs: [], lastError: null, succeeded: 0, failed: 0, changed: true }
    entries.set(breakerId, entry)
    return entry
  }

  function count(entry: Entry, part: 1 | 2) {
    const minute = Math.floor(now() / MINUTE_MS)
    let last = entry.minutes.at(-1)
    if (last?.[0] !== minute) {
      last = [minute, 0, 0]
      entry.minutes.push(last)
      if (entry.minutes.length > MINUTES_KEPT) entry.minutes.shift()
    }
    last[part] += 1
    entry.changed = true
  }

  return {
    answered(route, ttftMs) {
      const entry = entryOf(route)
      count(entry, 1)
      if (ttftMs !== undefined) entry.ttftMs[entry.succeeded % TTFT_KEPT] = Math.round(ttftMs)
      entry.succeeded += 1
    },
    failed(route, error) {
      const entry = entryOf(route)
      count(entry, 2)
      entry.failed += 1
      entry.lastError = { ...error, at: now() }
    },
    takeChanged() {
      const taken: RouteHealth[] = []
      for (const entry of entries.values()) {
        const openUntil = breakers.openUntil(entry.breakerId) ?? null
        if (!entry.changed && openUntil === null) continue
        // Once more when it is well again.
        entry.changed = openUntil !== null
        const { channelId, keyId, minutes, ttftMs, lastError } = entry
        // Streams may be few among many: what was never written is no number.
        taken.push({
          channelId,
          keyId,
          minutes,
          ttftMs: ttftMs.filter(Number.isFinite),
          lastError,
          openUntil,
        })
      }
      return taken
    },
    totals() {
      const totals = new Map<string, { succeeded: number; failed: number; resting: number }>()
      for (const { channelId, breakerId, succeeded, failed } of entries.values()) {
        const sum = totals.get(channelId) ?? { succeeded: 0, failed: 0, resting: 0 }
        sum.succeeded += succeeded
        sum.failed += failed
        sum.resting += Number(breakers.stateOf(breakerId) !== 'closed')
        totals.set(channelId, sum)
      }
      return totals
    },
  }
}
