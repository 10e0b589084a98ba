import type { Log } from '../platform/log.ts'
import type { Accounts } from './accounts.ts'
import { readAccounts } from './balances.ts'
import { type DatabaseHealth, mayPass } from './database-health.ts'
import { expireBuckets } from './expiry.ts'
import type { Timing } from './lease.ts'
import { adoptJournals } from './recovery.ts'
import type { Parts } from './running-charge.ts'
import type { SettleOptions } from './settler.ts'
import { releaseStrays, sweep, writeCheckpoints } from './sweeper.ts'

const USED_RECENTLY_MS = 30_000
const HOUSEKEEPING_MS = 60_000

/** What the ledger does by itself, again and again. */
export interface Chores {
  /** Since the start: requests of dead processes, and those of them that had no checkpoint. */
  readonly counted: { swept: number; sweptAtZero: number; damagedJournalLines: number }
  /** Reads balances again: of these accounts, or of those in use. */
  refresh(accountIds?: string[]): Promise<void>
  /** Settles what earlier processes left, then begins. */
  start(): Promise<void>
  stop(): void
}

interface Options {
  settling: SettleOptions
  parts: Parts
  accounts: Accounts
  health: DatabaseHealth
  log: Log
  now: () => Date
  dataDir: string | undefined
  timing: Timing
  onBalanceChanged: (accountId: string) => void
}

export function createChores(options: Options): Chores {
  const { settling, parts, accounts, health, log, now, dataDir, timing } = options
  const { sql, instanceId } = settling
  const counted = { swept: 0, sweptAtZero: 0, damagedJournalLines: 0 }
  const timers = new Set<NodeJS.Timeout>()
  let stopped = false

  async function refresh(accountIds = accounts.recent(USED_RECENTLY_MS)) {
    if (accountIds.length === 0 && health.awayFor() === undefined) return
    try {
      for (const state of await readAccounts(sql, accountIds, instanceId)) accounts.apply(state)
      health.answered()
    } catch (error) {
      if (mayPass(error)) health.failed()
      throw error
    }
  }

  async function patrol() {
    await writeCheckpoints(sql, parts.running.takeCheckpoints())
    await releaseStrays(sql, instanceId, parts.running.has)
    if (dataDir !== undefined) {
      const { interrupted, damagedLines } = await adoptJournals(dataDir, settling)
      counted.swept += interrupted
      counted.damagedJournalLines += damagedLines
    }
    const { requests, atZero } = await sweep(settling, timing)
    counted.swept += requests
    counted.sweptAtZero += atZero
  }

  async function housekeep() {
    for (const row of parts.settler.retryRefused()) await parts.journal?.carry(row)
    for (const accountId of await expireBuckets(sql, now())) options.onBalanceChanged(accountId)
  }

  const attempt = (name: string, work: () => Promise<void>) =>
    work().catch((error: unknown) => log.warn({ err: error }, `the ledger could not ${name}`))

  /** One run at a time; after a failure the next run comes all the same. */
  function every(ms: number, name: string, work: () => Promise<void>) {
    const timer = setTimeout(async () => {
      timers.delete(timer)
      await attempt(name, work)
      if (!stopped) every(ms, name, work)
    }, ms)
    timers.add(timer)
  }

  return {
    counted,
    refresh,
    async start() {
      await attempt('settle what others left', patrol)
      every(timing.refresh, 'refresh balances', refresh)
      every(timing.patrol, 'settle what others left', patrol)
      every(HOUSEKEEPING_MS, 'write off ended bonuses', housekeep)
    },
    stop() {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
