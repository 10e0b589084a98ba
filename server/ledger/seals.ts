import type { Sql, SqlPool } from '../platform/sql.ts'
import type { Check } from './self-check.ts'

/** Entries are sealed when no transaction that could still add one before them can be running. */
const AGE = '1 hour'
const ENTRIES_MAX = 50_000
/** Seals compared in one check, the newest first; older ones were compared when they were new. */
const COMPARED = 48

// Texts that do not depend on a session's settings.
const ROW = `concat_ws('|', e.id, e.account_id, e.kind, e.bucket_id, e.unit, e.amount, e.value_nano, e.balance_after,
  e.request_id, e.source_type, e.source_id, e.note, extract(epoch FROM e.created_at))`
const HASH = `sha256(convert_to(string_agg(${ROW}, chr(10) ORDER BY e.id), 'UTF8') || coalesce(previous.hash, ''))`

/** Seals what is old enough, under one hash that covers the seal before it. Answers how many entries. */
export async function sealEntries(sql: SqlPool): Promise<number> {
  return sql.transaction(async (tx) => {
    await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('ledger seals', 0))")
    const sealed = await tx.query<{ entries: bigint }>(
      `WITH previous AS (SELECT (SELECT to_entry FROM ledger_seal ORDER BY id DESC LIMIT 1) AS to_entry,
                                (SELECT hash FROM ledger_seal ORDER BY id DESC LIMIT 1) AS hash),
            due AS (SELECT e.* FROM ledger_entry e, previous
                    WHERE e.id > coalesce(previous.to_entry, 0)
                      AND e.created_at < clock_timestamp() - interval '${AGE}' ORDER BY e.id LIMIT ${ENTRIES_MAX})
       INSERT INTO ledger_seal (from_entry, to_entry, entries, sum_nano, hash, previous, sealed_at)
       SELECT min(e.id), max(e.id), count(*), sum(e.value_nano), ${HASH}, previous.hash, clock_timestamp()
       FROM due e, previous GROUP BY previous.hash HAVING count(*) > 0
       RETURNING entries`,
    )
    return Number(sealed[0]?.entries ?? 0)
  })
}

/** Recomputes seals from what the table says now. */
export async function checkSeals(sql: Sql): Promise<Check> {
  const rows = await sql.query<Record<string, unknown>>(
    `SELECT s.id, s.from_entry, s.to_entry FROM (SELECT * FROM ledger_seal ORDER BY id DESC LIMIT ${COMPARED}) s
     LEFT JOIN ledger_seal previous ON previous.id = (SELECT max(id) FROM ledger_seal WHERE id < s.id)
     CROSS JOIN LATERAL (
       SELECT count(*) AS entries, ${HASH} AS hash FROM ledger_entry e
       WHERE e.id BETWEEN s.from_entry AND s.to_entry) now
     WHERE now.entries <> s.entries OR now.hash IS DISTINCT FROM s.hash OR s.previous IS DISTINCT FROM previous.hash
     LIMIT 10`,
  )
  return { id: 'I12 seals', promise: 'sealed entries are as they were when they were sealed', rows }
}
