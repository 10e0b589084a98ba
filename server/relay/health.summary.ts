import type { ChannelError } from './health.ts'

/** What one process told of one channel key. */
export interface Report {
  channelId: string
  keyId: string
  minutes: [number, number, number][]
  ttftMs: number[]
  lastError: ChannelError | null
  openUntil: Date | null
  updatedAt: Date
}

/** `unused`: nothing was asked lately. `partly_resting`: some of a channel's keys rest. */
export type HealthState = 'well' | 'unused' | 'partly_resting' | 'resting' | 'probing'

export interface HealthSummary {
  state: HealthState
  /** From 0 to 1; null when nothing was asked. */
  successRate5m: number | null
  ttftP50: number | null
  lastError: { code: string; at: Date; message: string } | null
  openUntil: Date | null
}

export interface Summaries {
  /** `keyIds`: those that the channel has now. */
  ofChannel(channelId: string, keyIds: string[]): HealthSummary
  ofKey(channelId: string, keyId: string): HealthSummary
}

const MINUTE_MS = 60_000
const MINUTES = 5
/** Who rests tells so every few seconds: an older word is that of a process that is gone. */
const WORD_HOLDS_MS = 30_000

/** All processes together; `now` in ms since 1970. */
export function summariesOf(reports: Report[], now: number): Summaries {
  const ofKey = (channelId: string, keyId: string) =>
    summaryOf(
      reports.filter((one) => one.channelId === channelId && one.keyId === keyId),
      now,
    )
  return {
    ofKey,
    ofChannel(channelId, keyIds) {
      const own = reports.filter((one) => one.channelId === channelId && keyIds.includes(one.keyId))
      const summary = summaryOf(own, now)
      const keys = keyIds.map((keyId) => ofKey(channelId, keyId).state)
      const tired = keys.filter((state) => state === 'resting' || state === 'probing').length
      return tired > 0 && tired < keys.length ? { ...summary, state: 'partly_resting' } : summary
    },
  }
}

function summaryOf(reports: Report[], now: number): HealthSummary {
  const first = Math.floor(now / MINUTE_MS) - MINUTES + 1
  const recent = reports.flatMap(({ minutes }) => minutes).filter(([minute]) => minute >= first)
  const sum = (part: 1 | 2) => recent.reduce((total, minute) => total + minute[part], 0)
  const [succeeded, failed] = [sum(1), sum(2)]
  const asked = succeeded + failed
  const rests = reports
    .filter(({ updatedAt }) => now - updatedAt.getTime() <= WORD_HOLDS_MS)
    .flatMap(({ openUntil }) => openUntil ?? [])
  const until = rests.length > 0 ? Math.max(...rests.map(Number)) : undefined
  const error = reports
    .flatMap(({ lastError }) => lastError ?? [])
    .reduce<ChannelError | undefined>((last, one) => (last && last.at > one.at ? last : one), undefined)
  const times = reports.flatMap(({ ttftMs }) => ttftMs).sort((a, b) => a - b)
  const well = asked > 0 ? 'well' : 'unused'
  return {
    state: until === undefined ? well : until > now ? 'resting' : 'probing',
    successRate5m: asked > 0 ? succeeded / asked : null,
    ttftP50: times[Math.floor(times.length / 2)] ?? null,
    lastError: error ? { ...error, at: new Date(error.at) } : null,
    openUntil: until !== undefined && until > now ? new Date(until) : null,
  }
}
