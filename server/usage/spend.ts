import { type CalendarPeriod, calendarPeriod } from '../platform/calendar.ts'
import type { Nano } from '../platform/money.ts'
import type { Sql } from '../platform/sql.ts'
import type { CapSettings, CapZone } from '../tokens/caps.ts'

/** What was spent of money (quota and wallet, not bonus tokens), per API token and calendar period of its owner. */
export const PERIODS = ['day', 'week', 'month'] as const

export interface Spend {
  period: CalendarPeriod
  /** Settled and held. */
  spent: Nano
  /** Of that, what requests hold that run or are being settled; the rest may come back. */
  held: Nano
  cap: Nano | null
  resetsAt: Date
}

/** A request that was just settled, by whose API token, and when it was admitted. */
export interface SpentBy {
  id: string
  user_id: string
  api_token_id: string
  created_at: string
}

/**
 * Adds settled money to its quarter of an hour, in the transaction that settles: called with charges that are new. A
 * quarter of an hour divides every time zone's days.
 */
export async function addSpend(tx: Sql, requests: SpentBy[]): Promise<void> {
  if (requests.length === 0) return
  await tx.query(
    'SELECT add_spend($1, $2, $3, $4)',
    [
      requests.map(({ id }) => id),
      requests.map(({ user_id }) => user_id),
      requests.map(({ api_token_id }) => api_token_id),
      requests.map(({ created_at }) => created_at),
    ],
    { prepared: true },
  )
}

interface Question {
  userId: string
  zone: CapZone
  now: Date
}

type Sums = Record<CalendarPeriod | 'held', bigint>

/** Over all API tokens of an account: the three periods that run now. */
export async function accountSpendOf(
  sql: Sql,
  { userId, zone, now, caps }: Question & { caps: CapSettings },
): Promise<Spend[]> {
  const periods = periodsAt(now, zone)
  const [sums] = await sql.query<Sums>(
    `SELECT ${SUMS}, (SELECT coalesce(sum(quota_nano + wallet_nano), 0)::bigint FROM hold WHERE account_id = $1) AS held
     FROM spend_quarter s WHERE s.user_id = $1 AND s.quarter >= least($2::timestamptz, $3, $4)`,
    [userId, ...periods.map(({ start }) => start)],
  )
  return spends(periods, sums!, caps)
}

/** Of some API tokens of one account, in one query. */
export async function tokenSpendOf(
  sql: Sql,
  { userId, zone, now, tokens }: Question & { tokens: { id: string; caps: CapSettings }[] },
): Promise<Spend[][]> {
  const periods = periodsAt(now, zone)
  const rows = await sql.query<Sums & { id: string }>(
    `SELECT t.id, ${SUMS}, coalesce(max(h.held), 0)::bigint AS held
     FROM unnest($5::uuid[]) AS t(id)
     LEFT JOIN spend_quarter s ON s.api_token_id = t.id AND s.quarter >= least($2::timestamptz, $3, $4)
     LEFT JOIN (SELECT detail ->> 'apiTokenId' AS id, sum(quota_nano + wallet_nano) AS held FROM hold
                WHERE account_id = $1 GROUP BY 1) h ON h.id = t.id::text
     GROUP BY t.id`,
    [userId, ...periods.map(({ start }) => start), tokens.map(({ id }) => id)],
  )
  const byToken = new Map(rows.map((row) => [row.id, row]))
  return tokens.map(({ id, caps }) => spends(periods, byToken.get(id)!, caps))
}

const SUMS = PERIODS.map(
  (period, at) =>
    `coalesce(sum(s.spent_nano) FILTER (WHERE s.quarter >= $${at + 2}), 0)::bigint AS ${period}`,
).join(', ')

const periodsAt = (now: Date, zone: CapZone) =>
  PERIODS.map((period) => ({ period, ...capPeriod(period, now, zone) }))

const spends = (periods: ReturnType<typeof periodsAt>, sums: Sums, caps: CapSettings): Spend[] =>
  periods.map(({ period, end }) => ({
    period,
    spent: sums[period] + sums.held,
    held: sums.held,
    cap: caps[period],
    resetsAt: end,
  }))

/**
 * The period that counts at `now`. After a change of zone the old zone's period runs to its end first, and the next one
 * begins there (PRODUCT.md §9): nobody gets a second day by travelling.
 */
export function capPeriod(period: CalendarPeriod, now: Date, zone: CapZone): { start: Date; end: Date } {
  const current = calendarPeriod(period, now, zone.timeZone)
  if (!zone.changedAt || !zone.previous) return current
  const left = calendarPeriod(period, zone.changedAt, zone.previous)
  if (now < left.end) return left
  return { start: current.start < left.end ? left.end : current.start, end: current.end }
}
