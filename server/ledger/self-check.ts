import type { Sql } from '../platform/sql.ts'
import { PICO_OF_CHARGE } from './price.ts'

export interface Check {
  id: string
  /** What is true when no row is found. */
  promise: string
  /** At most ten rows that break it. */
  rows: Record<string, unknown>[]
  /** Set when there is nothing to compare: the promise was not looked at. */
  notChecked?: string
}

const SHOWN = 10

export interface Invariant {
  id: string
  /** What is true when no row is found. */
  promise: string
  /** `{of …}` limits it to the accounts that are looked at. */
  sql: string
}

/** LEDGER.md §8.1, as far as the ledger can see. Each query names the rows that break its promise. */
const invariants: Invariant[] = [
  {
    id: 'I1',
    promise: 'a wallet is the sum of its entries',
    sql: `SELECT a.id, a.wallet_nano, coalesce(sum(e.amount), 0) AS entries
          FROM account a LEFT JOIN ledger_entry e ON e.account_id = a.id AND e.bucket_id IS NULL
          WHERE {of a.id}
          GROUP BY a.id HAVING a.wallet_nano <> coalesce(sum(e.amount), 0)`,
  },
  {
    id: 'I2',
    promise: 'a bucket holds the sum of its entries, at least nothing and at most what was granted',
    sql: `SELECT b.id, b.granted, b.remaining, coalesce(sum(e.amount), 0) AS entries
          FROM bucket b LEFT JOIN ledger_entry e ON e.bucket_id = b.id
          WHERE {of b.account_id} GROUP BY b.id
          HAVING b.remaining <> coalesce(sum(e.amount), 0) OR b.remaining NOT BETWEEN 0 AND b.granted`,
  },
  {
    id: 'I3',
    promise: "the money of a charge's entries is its cost, token legs included",
    sql: `SELECT c.request_id, c.cost_nano, -coalesce(sum(e.value_nano), 0) AS entries
          FROM charge c LEFT JOIN ledger_entry e ON e.request_id = c.request_id
          WHERE {of c.account_id} GROUP BY c.request_id HAVING c.cost_nano <> -coalesce(sum(e.value_nano), 0)`,
  },
  {
    id: 'I4',
    promise: 'no usage entry is without its charge, and it stands in the books of the same account',
    sql: `SELECT e.id, e.request_id FROM ledger_entry e LEFT JOIN charge c ON c.request_id = e.request_id
          LEFT JOIN bucket b ON b.id = e.bucket_id
          WHERE {of e.account_id} AND ((e.kind = 'usage' AND c.account_id IS DISTINCT FROM e.account_id)
             OR (e.bucket_id IS NOT NULL AND b.account_id <> e.account_id))`,
  },
  {
    id: 'I5',
    promise: 'no pool pays while an eligible earlier one has something left',
    // What a pool had when a leg was written is the balance of its last entry before that leg; a pool that is later
    // in order (or the wallet) may only be touched when that was nothing.
    sql: `WITH paid AS (
            SELECT e.id, e.account_id, e.request_id, c.model_id, c.admitted_at,
                   CASE WHEN e.bucket_id IS NULL THEN 3 WHEN b.kind = 'quota' THEN 2 ELSE 1 END AS stage
            FROM ledger_entry e JOIN charge c ON c.request_id = e.request_id LEFT JOIN bucket b ON b.id = e.bucket_id
            WHERE e.kind = 'usage' AND {of e.account_id})
          SELECT p.id, p.request_id, b.id AS passed_over FROM paid p
          JOIN bucket b ON b.account_id = p.account_id AND CASE b.kind WHEN 'quota' THEN 2 ELSE 1 END < p.stage
           AND b.valid_from <= p.admitted_at AND (b.valid_until IS NULL OR p.admitted_at < b.valid_until)
           AND (b.models = '{}' OR p.model_id = ANY (b.models))
          WHERE (SELECT e.balance_after FROM ledger_entry e WHERE e.bucket_id = b.id AND e.id < p.id
                 ORDER BY e.id DESC LIMIT 1) > 0`,
  },
  {
    id: 'I6',
    promise: 'every balance follows from the one before it',
    sql: `SELECT * FROM (
            SELECT id, account_id, bucket_id, amount, balance_after,
                   coalesce(lag(balance_after) OVER (PARTITION BY account_id, bucket_id ORDER BY id), 0) AS before
            FROM ledger_entry WHERE {of account_id}) chain
          WHERE balance_after <> before + amount`,
  },
  {
    id: 'I7',
    promise: 'a source changes a pool once',
    sql: `SELECT source_type, source_id, bucket_id, count(*) FROM ledger_entry WHERE source_type IS NOT NULL AND {of account_id}
          GROUP BY source_type, source_id, bucket_id HAVING count(*) > 1`,
  },
  {
    id: 'I8',
    promise: 'a settled request holds nothing, and nothing is held for longer than a request can run',
    sql: `SELECT h.request_id, h.account_id, h.placed_at, c.settled_at FROM hold h
          LEFT JOIN charge c ON c.request_id = h.request_id
          WHERE c.request_id IS NOT NULL OR h.placed_at < clock_timestamp() - interval '75 minutes'`,
  },
  {
    id: 'I9',
    promise: 'what customers have and what it came from or went to cancel out',
    sql: `SELECT balances.total, contra.total AS contra
          FROM (SELECT coalesce((SELECT sum(wallet_nano) FROM account a WHERE {of a.id}), 0)
                     + coalesce((SELECT sum(remaining) FROM bucket b WHERE kind = 'quota' AND {of b.account_id}), 0) AS total) balances,
               (SELECT coalesce(sum(contra_nano), 0) AS total FROM ledger_contra c WHERE {of c.account_id}) contra
          WHERE balances.total + contra.total <> 0`,
  },
  {
    id: 'I10',
    promise: "a cost is its tokens at its price version's prices, rounded once",
    sql: `SELECT c.request_id, c.cost_nano FROM charge c LEFT JOIN price_version p ON p.id = c.price_version_id
          WHERE {of c.account_id} AND (c.cost_nano <> div(${PICO_OF_CHARGE} * c.discount_ppm + 500000000, 1000000000)
             OR (p.id IS NOT NULL AND (p.input, p.cached_input, p.output)
                 IS DISTINCT FROM (c.input_price, c.cached_input_price, c.output_price)))`,
  },
  {
    id: 'I12',
    promise: 'charges and entries cannot be changed or removed',
    sql: `SELECT t.name FROM (VALUES ('charge_is_history'), ('ledger_entry_is_history'), ('charge_is_kept'),
                              ('ledger_entry_is_kept')) AS t(name)
          WHERE NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgname = t.name AND g.tgenabled IN ('O', 'A'))`,
  },
]

/** Which books are looked at. */
export interface Scope {
  /** Undefined: all. */
  accountIds?: string[]
  /** Promises of others who move money: payments, codes. */
  more?: readonly Invariant[]
}

/** Looks at every promise of the books; a fault is a row. For a job, a metric and the tests. */
export async function selfCheck(sql: Sql, { accountIds, more = [] }: Scope = {}): Promise<Check[]> {
  const checks: Check[] = []
  for (const { id, promise, sql: query } of [...invariants, ...more]) {
    const scoped = query
      .replace(/\{of ([\w.]+)\}/g, '($1 = ANY (:ids) OR :ids IS NULL)')
      .replaceAll(':ids', '$1::uuid[]')
    const rows = await sql.query<Record<string, unknown>>(
      `${scoped} LIMIT ${SHOWN}`,
      scoped.includes('$1') ? [accountIds ?? null] : [],
    )
    checks.push({ id, promise, rows })
  }
  checks.push({
    id: 'I11',
    promise: "providers' invoices agree with what was bought from them",
    rows: [],
    notChecked: 'no invoices were imported: there is nothing to compare',
  })
  return checks
}
