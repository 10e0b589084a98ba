import { serviceUnavailable } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { PageQuery } from '../platform/page.ts'
import type { Sql, SqlPool } from '../platform/sql.ts'
import { createAccounts } from './accounts.ts'
import { admit, type AdmissionOptions } from './admission.ts'
import { type Balances, readBalances } from './balances.ts'
import type { Billing, SettlementListener } from './billing.ts'
import { type Chores, createChores } from './chores.ts'
import { createDatabaseHealth } from './database-health.ts'
import * as grants from './grants.ts'
import { createHoldWriter } from './hold-writer.ts'
import { openJournal } from './journal.ts'
import { createLease, type Timing, TIMING } from './lease.ts'
import { createRunning, type Parts } from './running-charge.ts'
import { createSettler, type SettleOptions } from './settler.ts'
import {
  type EntryFilter,
  entriesOf,
  type LedgerEntry,
  type Receipt,
  receiptOf,
  receiptsOf,
} from './statement.ts'
import { type PoolSummary, type Range, summaryOf } from './summary.ts'

/**
 * The money: what everyone has, what running requests hold of it, what they cost in the end. Nothing else
 * writes a balance. Functions that take `tx` run in the caller's transaction; after its commit the caller
 * says `balanceChanged`.
 */
export interface Ledger extends Billing {
  openAccount(tx: Sql, accountId: string): Promise<void>
  /** These answer false when the source was used before: repeating a call changes nothing. */
  grantBonus(tx: Sql, grant: grants.BonusGrant): Promise<boolean>
  grantQuota(tx: Sql, grant: grants.QuotaGrant): Promise<boolean>
  creditWallet(tx: Sql, change: grants.WalletChange): Promise<boolean>
  /** Errors: insufficient_balance. */
  debitWallet(tx: Sql, change: grants.WalletChange): Promise<boolean>
  adjust(tx: Sql, adjustment: grants.Adjustment): Promise<boolean>
  /** From `at` on, requests no longer draw on what this source granted. */
  endGrant(tx: Sql, source: Omit<grants.Source, 'note'>, at: Date): Promise<void>
  /** Makes a committed change known: to admission in this process at once, and to those who watch. */
  balanceChanged(accountId: string): Promise<void>
  balances(accountId: string): Promise<Balances>
  /** Newest first; at most `limit + 1` rows, as `toConnection` takes them. */
  entries(accountId: string, page: PageQuery, filter?: EntryFilter): Promise<LedgerEntry[]>
  /** Of the three pools over a time. */
  summary(accountId: string, range: Range): Promise<PoolSummary[]>
  receiptOf(requestId: string): Promise<Receipt | undefined>
  receiptsOf(requestIds: string[]): Promise<Map<string, Receipt>>
  /** Takes a lease, settles what earlier processes left, and begins to watch. */
  start(): Promise<void>
  /** Call it when no request runs any more: commits what is settled and gives the lease back. */
  stop(): Promise<void>
  stats(): LedgerStats
}

export interface LedgerStats {
  running: number
  accounts: number
  holdsQueued: number
  settlementsQueued: number
  settlementsRefused: number
  /** Since the start: requests of dead processes, and those of them that had no checkpoint. */
  swept: number
  sweptAtZero: number
  damagedJournalLines: number
  databaseAwayMs: number
  journalUsable: boolean
  fenced: boolean
  instances: number
}

export interface LedgerOptions {
  sql: SqlPool
  log: Log
  now: () => Date
  /** A new one for each process: UUID. */
  instanceId: string
  /** The folder of the journals; undefined: every settlement waits for its commit instead. */
  dataDir: string | undefined
  listener: SettlementListener
  onBalanceChanged: (accountId: string) => void
  timing?: Partial<Timing>
}

const STOP_MS = 15_000
const POLL_MS = 5

export function createLedger(options: LedgerOptions): Ledger {
  const { sql, log, now, instanceId, dataDir, listener, onBalanceChanged } = options
  const timing = { ...TIMING, ...options.timing }
  const health = createDatabaseHealth()
  const accounts = createAccounts()
  const running = createRunning()
  const journal = dataDir === undefined ? undefined : openJournal({ directory: dataDir, instanceId, log })
  const settling: SettleOptions = {
    sql,
    instanceId,
    log,
    listener,
    onSettled(rows, states) {
      for (const state of states) accounts.apply(state)
      journal?.settled(rows.map(({ request_id }) => request_id))
      for (const { accountId } of states) onBalanceChanged(accountId)
    },
  }
  const parts: Parts = {
    holds: createHoldWriter({ sql, instanceId, log, health }),
    settler: createSettler({ ...settling, health }),
    journal,
    lease: createLease({ sql, instanceId, log, health, timing }),
    running,
  }
  const chores = createChores({
    settling,
    parts,
    accounts,
    health,
    log,
    now,
    dataDir,
    timing,
    onBalanceChanged,
  })
  const admission: AdmissionOptions = { accounts, health, parts, refreshMs: timing.refresh }
  let stopped: Promise<void> | undefined

  return {
    ...grants,
    grantBonus: (tx, grant) => grants.grantBonus(tx, grant, now()),
    balances: (accountId) => readBalances(sql, accountId, now()),
    entries: (accountId, page, filter) => entriesOf(sql, accountId, page, filter),
    summary: (accountId, range) => summaryOf(sql, accountId, range, now()),
    receiptOf: (requestId) => receiptOf(sql, requestId),
    receiptsOf: (requestIds) => receiptsOf(sql, requestIds),
    async balanceChanged(accountId) {
      await chores
        .refresh([accountId])
        .catch((error: unknown) =>
          log.warn({ err: error, accountId }, 'a changed balance is read again later'),
        )
      onBalanceChanged(accountId)
    },
    async admit(request) {
      if (stopped) throw serviceUnavailable()
      return admit(admission, request)
    },
    async start() {
      await parts.lease.start()
      await chores.start()
    },
    stop: () => (stopped ??= stop(parts, chores, log)),
    stats: () => statsOf(parts, chores, { accounts: accounts.size, databaseAwayMs: health.awayFor() ?? 0 }),
  }
}

type Told = Pick<LedgerStats, 'accounts' | 'databaseAwayMs'>

const statsOf = (
  { running, holds, settler, journal, lease }: Parts,
  { counted }: Chores,
  told: Told,
): LedgerStats => ({
  ...counted,
  ...told,
  running: running.size,
  holdsQueued: holds.queued,
  settlementsQueued: settler.queued,
  settlementsRefused: settler.refused,
  journalUsable: journal?.usable ?? true,
  fenced: lease.fenced,
  instances: lease.instances,
})

/** What still runs keeps its holds and its lines in the journal: the next process settles it at its checkpoint. */
async function stop(parts: Parts, chores: Chores, log: Log): Promise<void> {
  const { running, holds, lease, journal } = parts
  chores.stop()
  await untilSettled(parts, STOP_MS)
  if (running.settling.size > 0)
    log.error({ settlements: running.settling.size }, 'settlements are left to the journal')
  holds.stop()
  await lease.stop({ giveBack: running.size === 0 })
  await journal?.close()
}

/** Waits until all that ended is committed, except what the database refuses; at most `ms`. */
async function untilSettled({ running, settler }: Parts, ms: number): Promise<void> {
  const deadline = performance.now() + ms
  while (running.settling.size > settler.refused && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
}
