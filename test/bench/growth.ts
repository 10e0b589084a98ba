import { Client } from 'pg'
import type { Gateway } from './gateway.ts'
import { load } from './load.ts'
import { settledBy } from './many-streams.ts'
import { row } from './relay.ts'

const CONNECTIONS = 32
/** Usage records and API tokens that are there while it is measured. */
const SIZES = [
  [1_000, 10],
  [30_000, 1_000],
  [1_000_000, 100_000],
] as const

/** RELAY.md §7: what a request costs must not grow with the data. */
export async function growth(gateway: Gateway, socketDir: string) {
  const sql = new Client({ host: socketDir, user: 'postgres', database: 'postgres' })
  await sql.connect()
  console.log(
    `\n| ${CONNECTIONS} connections on PostgreSQL, with usage records | API tokens | requests/s | p50 ms | p99 ms | of the first | pages a request |`,
  )
  console.log('| --- | --- | --- | --- | --- | --- | --- |')
  let first = 0
  for (const [records, tokens] of SIZES) {
    await fill(sql, records, tokens)
    const [pages, settled] = [await pagesRead(sql), await settledBy(gateway)]
    const { requests, whole } = await load(gateway, { connections: CONNECTIONS })
    first ||= requests
    const share = `${Math.round((requests / first) * 100)} %`
    const each = ((await pagesRead(sql)) - pages) / ((await settledBy(gateway)) - settled)
    row(String(records), String(tokens), Math.round(requests), whole.p50, whole.p99, share, each)
  }
  await sql.end()
}

/** What PostgreSQL has touched so far, cached or not: tells growth apart from a busy disk. */
async function pagesRead(sql: Client): Promise<number> {
  const { rows } = await sql.query(
    `SELECT (sum(heap_blks_read + heap_blks_hit) + sum(idx_blks_read + idx_blks_hit))::float8 AS pages FROM pg_statio_user_tables`,
  )
  return rows[0].pages
}

/** Copies one real record and one real API token of the demo user until there are so many more of them. */
async function fill(sql: Client, records: number, tokens: number) {
  await sql.query(
    `INSERT INTO api_token
     SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'name', 'grown ' || gen_random_uuid(),
              'revoked_at', now(), 'previous_hash', NULL,
              'secret_hash', '\\x' || encode(sha256(gen_random_uuid()::text::bytea), 'hex')))).*
     FROM api_token t, generate_series(1, $1 - (SELECT count(*) FROM api_token WHERE name LIKE 'grown %'))
     WHERE t.id = (SELECT id FROM api_token WHERE revoked_at IS NULL ORDER BY id DESC LIMIT 1)`,
    [tokens],
  )
  await sql.query(
    `INSERT INTO usage_record
     SELECT (jsonb_populate_record(u, jsonb_build_object('id', gen_random_uuid(), 'created_at', now() - n * interval '1 second'))).*
     FROM usage_record u, generate_series(1, $1 - (SELECT count(*) FROM usage_record)) n
     WHERE u.id = (SELECT id FROM usage_record ORDER BY id DESC LIMIT 1)`,
    [records],
  )
  await sql.query('VACUUM ANALYZE')
  await sql.query('CHECKPOINT')
}
