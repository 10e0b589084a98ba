import type { Sql } from '../platform/sql.ts'
import { KEPT_DAYS, TTFT_CLASS_RATIO } from './model-hours.ts'

/** Fewer requests than this say nothing: "no data yet" is the truth then. */
export const MEASURED_MIN = 50
const DAY_MS = 86_400_000
/** However many people look, the sums are read this often. */
const REMEMBERED_MS = 30_000

/** What was measured over the last 24 hours. */
export interface Health {
  /** Of the requests that were not the caller's to lose. */
  successRate: number
  ttftP50Ms: number | null
  tokensPerSecond: number | null
}

export interface MeasuredModel {
  /** Null below 50 requests. */
  health: Health | null
  /** UTC days of the last 90 with at least 50 requests, oldest first. */
  days: { day: string; successRate: number }[]
  /** The channels behind it, without their names. */
  routes: (Health & { name: string })[]
}

export interface ModelHealth {
  of(modelId: string): Promise<MeasuredModel>
}

const nothing: MeasuredModel = { health: null, days: [], routes: [] }

/** How models do, from the hourly sums; each process reads them at most every 30 s. */
export function createModelHealth({ sql, now }: { sql: Sql; now: () => Date }): ModelHealth {
  let read: Promise<Map<string, MeasuredModel>> | undefined
  let readAt = 0
  return {
    async of(modelId) {
      if (!read || Math.abs(now().getTime() - readAt) > REMEMBERED_MS) {
        readAt = now().getTime()
        const reading = readAll(sql, now())
        read = reading
        // Who asks next may have better luck.
        reading.catch(() => (read = undefined))
      }
      return (await read).get(modelId) ?? nothing
    },
  }
}

interface Sums {
  modelId: string
  route: string
  requests: bigint
  succeeded: bigint
  speedTokens: bigint
  speedMs: bigint
}

interface TtftClass {
  modelId: string
  route: string
  class: number
  n: bigint
}

async function readAll(sql: Sql, now: Date): Promise<Map<string, MeasuredModel>> {
  const since = new Date(now.getTime() - DAY_MS)
  const sums = await sql.query<Sums>(
    `SELECT model_id AS "modelId", route, sum(requests) AS requests, sum(succeeded) AS succeeded,
            sum(speed_tokens)::bigint AS "speedTokens", sum(speed_ms)::bigint AS "speedMs"
       FROM model_hour WHERE hour > $1 GROUP BY 1, 2 ORDER BY 1, 2`,
    [since],
  )
  const classes = await sql.query<TtftClass>(
    `SELECT model_id AS "modelId", route, key::integer AS class, sum(value::integer) AS n
       FROM model_hour, jsonb_each_text(ttft) WHERE hour > $1 GROUP BY 1, 2, 3`,
    [since],
  )
  const days = await sql.query<{ modelId: string; day: string; successRate: number }>(
    `SELECT model_id AS "modelId", to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
            (sum(succeeded)::float8 / sum(requests)) AS "successRate"
       FROM model_hour WHERE hour > $1 GROUP BY 1, 2 HAVING sum(requests) >= $2 ORDER BY 1, 2`,
    [new Date(now.getTime() - KEPT_DAYS * DAY_MS), MEASURED_MIN],
  )
  const ids = new Set([...sums, ...days].map(({ modelId }) => modelId))
  return new Map(
    [...ids].map((id) => {
      const own = <T extends { modelId: string }>(rows: T[]) => rows.filter(({ modelId }) => modelId === id)
      return [id, measured(own(sums), own(classes), own(days))]
    }),
  )
}

function measured(sums: Sums[], classes: TtftClass[], days: MeasuredModel['days']): MeasuredModel {
  const routes = sums
    .filter(({ route }) => route !== '')
    .map((sum, i) => {
      const health = healthOf(
        [sum],
        classes.filter(({ route }) => route === sum.route),
      )
      return health && { ...health, name: letter(i) }
    })
    .filter((route) => route !== null)
  return {
    health: healthOf(sums, classes),
    days: days.map(({ day, successRate }) => ({ day, successRate })),
    routes,
  }
}

const letter = (i: number) => (i < 26 ? String.fromCharCode(65 + i) : String(i + 1))

function healthOf(sums: Sums[], classes: TtftClass[]): Health | null {
  const total = (pick: (sum: Sums) => bigint) => sums.reduce((sum, one) => sum + BigInt(pick(one)), 0n)
  const requests = total((one) => one.requests)
  if (requests < MEASURED_MIN) return null
  const ms = total((one) => one.speedMs)
  const tokens = total((one) => one.speedTokens)
  return {
    successRate: Number(total((one) => one.succeeded)) / Number(requests),
    ttftP50Ms: median(classes),
    tokensPerSecond: ms > 0n ? Math.round((Number(tokens) * 10_000) / Number(ms)) / 10 : null,
  }
}

/** The middle of the class in which the middle request lies: at most 2.5 % off. */
function median(classes: TtftClass[]): number | null {
  const sorted = [...classes].sort((a, b) => a.class - b.class)
  const half = sorted.reduce((sum, { n }) => sum + Number(n), 0) / 2
  let passed = 0
  for (const { class: at, n } of sorted) {
    passed += Number(n)
    if (passed >= half) return Math.round(TTFT_CLASS_RATIO ** (at + 0.5))
  }
  return null
}
