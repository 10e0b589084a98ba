import { codeInvariants } from './codes/code.invariants.ts'
import { checkSeals, sealEntries } from './ledger/seals.ts'
import { type Check, selfCheck } from './ledger/self-check.ts'
import { paymentInvariants } from './payments/payment.invariants.ts'
import { newId } from './platform/ids.ts'
import type { Log } from './platform/log.ts'
import type { Metrics } from './platform/metrics.ts'
import type { Sql, SqlPool } from './platform/sql.ts'

/** Every promise about money that any module makes. */
export const bookInvariants = [...paymentInvariants, ...codeInvariants]

/** A check takes at most this share of the time: after a long one the next comes later. */
const PAUSE_FACTOR = 20
const EVERY_MS = 300_000
const KEPT_DAYS = 30

export interface BooksServices {
  sql: SqlPool
  now: () => Date
  log: Log
  metrics: Metrics
}

/**
 * Seals what is old enough, then looks at the books that changed since the last check (at all of them in the first
 * check of the day), and keeps what it found. Answers in how many ms it wants to run again.
 */
export async function checkBooks({ sql, now, log, metrics }: BooksServices): Promise<number> {
  const started = now()
  await sealEntries(sql)
  const { since, upTo, accountIds } = await changedAccounts(sql, started)
  const checks = [...(await selfCheck(sql, { accountIds, more: bookInvariants })), await checkSeals(sql)]
  const faults = checks.filter(({ rows }) => rows.length > 0)
  for (const { id, promise, rows } of faults)
    log.error({ invariant: id, promise, rows }, 'the books are not in order')
  metrics.booksFaults.set(faults.length)
  await record(sql, { checks, started, finished: now(), since, upTo })
  return Math.max(EVERY_MS, (now().getTime() - started.getTime()) * PAUSE_FACTOR)
}

interface LastCheck {
  started_at: Date
  up_to_entry: bigint
}

async function changedAccounts(sql: Sql, now: Date) {
  const [last] = await sql.query<LastCheck>(
    'SELECT started_at, up_to_entry FROM ledger_check ORDER BY started_at DESC LIMIT 1',
  )
  const [newest] = await sql.query<{ id: bigint }>(
    'SELECT coalesce(max(id), 0)::bigint AS id FROM ledger_entry',
  )
  const sameDay = last && last.started_at.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)
  if (!sameDay) return { since: null, upTo: newest!.id, accountIds: undefined }
  const changed = await sql.query<{ account_id: string }>(
    'SELECT DISTINCT account_id FROM ledger_entry WHERE id > $1',
    [last.up_to_entry],
  )
  return { since: last.started_at, upTo: newest!.id, accountIds: changed.map(({ account_id }) => account_id) }
}

interface Finding {
  checks: Check[]
  started: Date
  finished: Date
  since: Date | null
  upTo: bigint
}

async function record(sql: Sql, { checks, started, finished, since, upTo }: Finding): Promise<void> {
  const faults = checks.filter(({ rows }) => rows.length > 0).length
  const text = JSON.stringify(checks, (_, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  )
  await sql.query(
    `INSERT INTO ledger_check (id, started_at, finished_at, since, checks, faults, up_to_entry)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [newId(), started, finished, since, text, faults, upTo],
  )
  await sql.query(
    `DELETE FROM ledger_check WHERE started_at < $1::timestamptz - interval '${KEPT_DAYS} days'`,
    [started],
  )
}
