import type { Sql, SqlPool } from '../platform/sql.ts'

const HOUR_MS = 3_600_000
/** How often the running hour is counted anew, by whichever process comes first. */
export const ROLL_UP_EVERY_MS = 60_000
/** Settlements come later than their requests: so much of what was counted is counted again. */
const AGAIN_MS = 2 * HOUR_MS
/** A long absence is made up for in steps, so that none holds the database for long. */
const STEP_MS = 24 * HOUR_MS
export const KEPT_DAYS = 90
/** Times to the first token are kept in classes, each this much wider than the one before. */
export const TTFT_CLASS_RATIO = 1.05

/** Answers of the built-in sandbox say nothing about a model. */
const SANDBOX_CHANNEL = '00000000-0000-7000-8000-000000000000'
/** What failed for one of these reasons was not the caller's doing. */
const OUR_FAULTS = `'upstream_error', 'upstream_timeout', 'no_channel_available', 'service_unavailable', 'internal_error'`

/**
 * Counts finished requests into hours of each model and route. An hour is always counted as a whole and
 * replaces what stood there: two processes, or the same one twice, come to the same numbers. A caller who
 * left, or whose own request was at fault, says nothing about the model. Answers whether more is left to do.
 */
export function rollUpModelHours(sql: SqlPool, now: Date): Promise<boolean> {
  return sql.transaction(async (tx) => {
    const range = await nextRange(tx, now)
    if (!range) return false
    const { from, to } = range
    await tx.query('DELETE FROM model_hour WHERE (hour >= $1 AND hour < $2) OR hour < $3', [
      from,
      to,
      new Date(now.getTime() - KEPT_DAYS * STEP_MS),
    ])
    await tx.query(COUNT, [from, to])
    await tx.query('UPDATE model_hour_progress SET rolled_until = $1, rolled_at = $2', [
      new Date(Math.min(to.getTime(), now.getTime())),
      now,
    ])
    return to < now
  })
}

/** Undefined while another process is at it, or was just now. */
async function nextRange(tx: Sql, now: Date): Promise<{ from: Date; to: Date } | undefined> {
  const [progress] = await tx.query<{ rolledUntil: Date | null; rolledAt: Date | null }>(
    `SELECT rolled_until AS "rolledUntil", rolled_at AS "rolledAt" FROM model_hour_progress FOR UPDATE SKIP LOCKED`,
  )
  if (!progress) return undefined
  const { rolledUntil, rolledAt } = progress
  const behind = !rolledUntil || now.getTime() - rolledUntil.getTime() > STEP_MS
  if (!behind && rolledAt && Math.abs(now.getTime() - rolledAt.getTime()) < ROLL_UP_EVERY_MS / 2)
    return undefined
  const begin = rolledUntil ?? (await firstRequest(tx)) ?? now
  const oldest = now.getTime() - KEPT_DAYS * STEP_MS
  const from = hourOf(Math.max(begin.getTime() - AGAIN_MS, oldest))
  return { from, to: new Date(Math.min(from.getTime() + STEP_MS, hourOf(now.getTime()).getTime() + HOUR_MS)) }
}

async function firstRequest(tx: Sql): Promise<Date | undefined> {
  const [row] = await tx.query<{ at: Date | null }>('SELECT min(created_at) AS at FROM usage_record')
  return row?.at ?? undefined
}

const hourOf = (ms: number) => new Date(Math.floor(ms / HOUR_MS) * HOUR_MS)

const COUNT = `
  WITH told AS (
    SELECT model_id, date_bin('1 hour', created_at, 'epoch') AS hour,
           coalesce(channel_id::text, attempts -> -1 ->> 'channelId', '') AS route,
           status, completion_tokens, ttft_ms, duration_ms
      FROM usage_record
     WHERE created_at >= $1 AND created_at < $2
       AND (status IN ('succeeded', 'interrupted') OR (status = 'failed' AND error_code IN (${OUR_FAULTS})))
  ), classes AS (
    SELECT model_id, hour, route, jsonb_object_agg(class, n) AS ttft
      FROM (SELECT model_id, hour, route, floor(ln(greatest(ttft_ms, 1)) / ln(${TTFT_CLASS_RATIO})) AS class, count(*) AS n
              FROM told WHERE ttft_ms IS NOT NULL GROUP BY 1, 2, 3, 4) c
     GROUP BY 1, 2, 3
  )
  INSERT INTO model_hour (model_id, hour, route, requests, succeeded, speed_tokens, speed_ms, ttft)
  SELECT model_id, hour, route, count(*), count(*) FILTER (WHERE status = 'succeeded'),
         coalesce(sum(completion_tokens) FILTER (WHERE timed), 0),
         coalesce(sum(duration_ms - ttft_ms) FILTER (WHERE timed), 0),
         coalesce(min(classes.ttft::text)::jsonb, '{}')
    FROM (SELECT told.*, status = 'succeeded' AND duration_ms > ttft_ms AS timed FROM told) t
    LEFT JOIN classes USING (model_id, hour, route)
   WHERE route <> '${SANDBOX_CHANNEL}'
   GROUP BY 1, 2, 3`
