import type { Bus } from '../platform/bus.ts'
import { newId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import type { Sql } from '../platform/sql.ts'
import { type Breakers, createBreakers } from './breaker.ts'
import { createHealthBoard, type HealthBoard } from './health.ts'
import { type Report, summariesOf, type Summaries } from './health.summary.ts'

/** How the channels do, over all processes: each tells the database every few seconds, never while somebody waits. */
export interface ChannelHealth {
  breakers: Breakers
  board: HealthBoard
  /** Of all processes, this one to the moment. */
  read(): Promise<Summaries>
  /** Lets a channel, or one of its keys, be asked again at once, in every process. */
  reset(channelId: string, keyId?: string): Promise<void>
  stop(): Promise<void>
}

export interface ChannelHealthOptions {
  sql: Sql
  bus: Bus
  log: Log
  now: () => Date
}

const PUBLISH_EVERY_MS = 5_000
/** A process that is gone told its last word so long ago. */
const KEPT_MS = 24 * 3_600_000

export function createChannelHealth({ sql, bus, log, now }: ChannelHealthOptions): ChannelHealth {
  const instanceId = newId()
  const clock = () => now().getTime()
  const breakers = createBreakers(clock)
  const board = createHealthBoard(breakers, clock)

  let publishing = Promise.resolve()
  const publish = () => (publishing = publishing.catch(() => undefined).then(write))
  async function write() {
    const changed = board.takeChanged()
    if (changed.length === 0) return
    const rows = changed.map((row) => ({ ...row, openUntil: row.openUntil && new Date(row.openUntil) }))
    await sql.query(UPSERT, [instanceId, JSON.stringify(rows), now()])
    await sql.query('DELETE FROM channel_health WHERE updated_at < $1', [new Date(clock() - KEPT_MS)])
  }
  const timer = setInterval(() => {
    publish().catch((error: unknown) => log.debug({ err: error }, 'how the channels do could not be told'))
  }, PUBLISH_EVERY_MS).unref()
  bus.hear('channelReset', ({ channelId, keyId }) => breakers.reset(channelId, keyId))

  return {
    breakers,
    board,
    async read() {
      await publish()
      return summariesOf(await sql.query<Report>(READ, [new Date(clock() - KEPT_MS)]), clock())
    },
    async reset(channelId, keyId) {
      breakers.reset(channelId, keyId)
      bus.tell('channelReset', { channelId, keyId })
      await publish()
      await sql.query(
        'UPDATE channel_health SET open_until = NULL WHERE channel_id = $1 AND ($2::text IS NULL OR key_id = $2)',
        [channelId, keyId ?? null],
      )
    },
    async stop() {
      clearInterval(timer)
      await publishing.catch(() => undefined)
    },
  }
}

const UPSERT = `
  INSERT INTO channel_health (instance_id, channel_id, key_id, minutes, ttft_ms, last_error, open_until, updated_at)
  SELECT $1, "channelId", "keyId", minutes, "ttftMs", NULLIF("lastError", 'null'), "openUntil", $3
  FROM jsonb_to_recordset($2::jsonb)
    AS row("channelId" uuid, "keyId" text, minutes jsonb, "ttftMs" jsonb, "lastError" jsonb, "openUntil" timestamptz)
  ON CONFLICT (instance_id, channel_id, key_id) DO UPDATE SET
    minutes = excluded.minutes, ttft_ms = excluded.ttft_ms, last_error = excluded.last_error,
    open_until = excluded.open_until, updated_at = excluded.updated_at`

const READ = `
  SELECT channel_id AS "channelId", key_id AS "keyId", minutes, ttft_ms AS "ttftMs", last_error AS "lastError",
         open_until AS "openUntil", updated_at AS "updatedAt"
  FROM channel_health WHERE updated_at >= $1`
