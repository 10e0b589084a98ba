import type { Log } from '../platform/log.ts'
import type { SqlPool } from '../platform/sql.ts'
import { type AccountState, readAccounts } from './balances.ts'
import type { SettlementListener } from './billing.ts'
import { type DatabaseHealth, mayPass, within } from './database-health.ts'
import { type ChargeRow, settleBatch, settledCharge, type SettledBy } from './settlement.ts'

const GATHER_MS = 40
const BATCH_MAX = 500
const ANSWER_MS = 30_000
const RETRY_FIRST_MS = 50
const RETRY_MAX_MS = 1_000

export interface SettleOptions {
  sql: SqlPool
  instanceId: string
  log: Log
  listener: SettlementListener
  /** After each commit: rows that are history now, and the balances they left. */
  onSettled(rows: ChargeRow[], states: AccountState[]): void
}

/** The outcome of one call: rows that are history now, and rows that the database will not take. */
export interface SettleResult {
  settled: ChargeRow[]
  /** Of `settled`, those that were not settled before. */
  fresh: ChargeRow[]
  refused: ChargeRow[]
}

/** Settlements in group commits: one batch at a time, so an account's requests are settled in their order. */
export interface Settler {
  readonly queued: number
  /** Rows the database refused; tried again by `retryRefused`. */
  readonly refused: number
  /** Resolves once the charge is committed, by this call or an earlier one. */
  offer(row: ChargeRow): Promise<void>
  /** Answers the rows it tries again. */
  retryRefused(): ChargeRow[]
}

interface SettlerOptions extends SettleOptions {
  health: DatabaseHealth
}

export function createSettler(options: SettlerOptions): Settler {
  const { log, health } = options
  let queue: ChargeRow[] = []
  let refused: ChargeRow[] = []
  const waiting = new Map<string, () => void>()
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined
  let pause = RETRY_FIRST_MS

  function schedule(ms: number) {
    if (flushing) return
    if (queue.length >= BATCH_MAX && ms === GATHER_MS && health.awayFor() === undefined) {
      clearTimeout(timer)
      timer = undefined
      flushing = flush()
    } else
      timer ??= setTimeout(() => {
        timer = undefined
        flushing ??= flush()
      }, ms)
  }

  async function flush() {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH_MAX)
      try {
        done(await within(ANSWER_MS, settleRows(options, batch, 'owner')), batch.length)
      } catch (error) {
        if (health.awayFor() === undefined)
          log.error({ err: error }, 'the database does not answer: settlements wait')
        health.failed()
        flushing = undefined
        schedule(pause)
        pause = Math.min(2 * pause, RETRY_MAX_MS)
        return
      }
    }
    flushing = undefined
  }

  function done(result: SettleResult, count: number) {
    health.answered()
    pause = RETRY_FIRST_MS
    queue = queue.slice(count)
    refused.push(...result.refused)
    for (const { request_id } of result.settled) {
      waiting.get(request_id)?.()
      waiting.delete(request_id)
    }
  }

  return {
    get queued() {
      return queue.length
    },
    get refused() {
      return refused.length
    },
    offer(row) {
      const committed = new Promise<void>((resolve) => waiting.set(row.request_id, resolve))
      queue.push(row)
      schedule(GATHER_MS)
      return committed
    },
    retryRefused() {
      const rows = refused
      refused = []
      queue.push(...rows)
      if (rows.length > 0) schedule(GATHER_MS)
      return rows
    },
  }
}

/**
 * Settles rows in one transaction, with what the listener writes beside them. A row that the database refuses
 * is found by halving and left out; the others are committed. Throws only when the database is away.
 */
export async function settleRows(
  options: SettleOptions,
  rows: ChargeRow[],
  by: SettledBy,
): Promise<SettleResult> {
  try {
    const { fresh, states } = await options.sql.transaction(async (tx) => {
      const fresh = await settleBatch(tx, rows, by)
      if (fresh.length > 0) await options.listener.record(tx, fresh.map(settledCharge))
      const accountIds = [...new Set(rows.map(({ account_id }) => account_id))]
      return { fresh, states: await readAccounts(tx, accountIds, options.instanceId) }
    })
    tell(options, { rows, fresh, states })
    return { settled: rows, fresh, refused: [] }
  } catch (error) {
    if (mayPass(error)) throw error
    if (rows.length === 1) {
      options.log.error({ err: error, requestId: rows[0]!.request_id }, 'the database refuses a settlement')
      return { settled: [], fresh: [], refused: rows }
    }
    const middle = rows.length >> 1
    const first = await settleRows(options, rows.slice(0, middle), by)
    const second = await settleRows(options, rows.slice(middle), by)
    return {
      settled: [...first.settled, ...second.settled],
      fresh: [...first.fresh, ...second.fresh],
      refused: [...first.refused, ...second.refused],
    }
  }
}

/** The money is settled whatever those who are told make of it. */
function tell(
  { listener, log, onSettled }: SettleOptions,
  { rows, fresh, states }: { rows: ChargeRow[]; fresh: ChargeRow[]; states: AccountState[] },
) {
  onSettled(rows, states)
  try {
    if (fresh.length > 0) listener.committed(fresh.map(settledCharge))
  } catch (error) {
    log.error({ err: error }, 'a listener failed after settlements were committed')
  }
}
