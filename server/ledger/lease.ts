import type { Log } from '../platform/log.ts'
import type { SqlPool } from '../platform/sql.ts'
import { type DatabaseHealth, within } from './database-health.ts'

/** Milliseconds. Tests scale them; their order is what makes two owners of one request impossible. */
export interface Timing {
  /** How often balances of accounts in use are read again. */
  refresh: number
  renew: number
  /** How long a renewal counts, on the database's clock. */
  lease: number
  /** Without a renewal for so long, this process stops writing to clients … */
  fence: number
  /** … well before others settle what it ran. */
  sweep: number
  /** How often abandoned holds are looked for, and running requests are checkpointed. */
  patrol: number
}

/** PRODUCT.md §9, "Database away". */
export const TIMING: Timing = {
  refresh: 1_000,
  renew: 5_000,
  lease: 30_000,
  fence: 80_000,
  sweep: 120_000,
  patrol: 5_000,
}

export interface Lease {
  /** Aborts when the process is fenced; a new one afterwards. */
  readonly signal: AbortSignal
  readonly fenced: boolean
  /** Live instances, this one included. */
  readonly instances: number
  start(): Promise<void>
  /** Not given back, the lease runs out by itself: requests that still run are swept when it did. */
  stop(options: { giveBack: boolean }): Promise<void>
}

interface LeaseOptions {
  sql: SqlPool
  instanceId: string
  log: Log
  health: DatabaseHealth
  timing: Timing
}

/** This process's lease on its requests: on the database's clock for others, on a monotonic one for itself. */
export function createLease({ sql, instanceId, log, health, timing }: LeaseOptions): Lease {
  let controller = new AbortController()
  let renewedAt = performance.now()
  let instances = 1
  let renewing: NodeJS.Timeout | undefined
  let fencing: NodeJS.Timeout | undefined
  let stopped = false

  const overdue = () => performance.now() - renewedAt >= timing.fence

  async function renew() {
    const asked = performance.now()
    instances = await within(timing.lease, renewLease(sql, instanceId, timing.lease))
    health.answered()
    renewedAt = asked
    if (controller.signal.aborted && !overdue()) controller = new AbortController()
    watch()
  }

  /** Fires by itself, so that a process that was asleep is fenced before it does anything else. */
  function watch() {
    clearTimeout(fencing)
    fencing = setTimeout(
      () => {
        if (stopped || controller.signal.aborted) return
        // A timer may be a millisecond early.
        if (!overdue()) return watch()
        log.error('the lease could not be renewed: running requests are cut off')
        controller.abort()
      },
      Math.max(0, renewedAt + timing.fence - performance.now()),
    )
  }

  function keepRenewing() {
    renewing = setTimeout(async () => {
      await renew().catch((error: unknown) => {
        health.failed()
        log.warn({ err: error }, 'the lease could not be renewed')
      })
      if (!stopped) keepRenewing()
    }, timing.renew)
  }

  return {
    get signal() {
      return controller.signal
    },
    get fenced() {
      return controller.signal.aborted || overdue()
    },
    get instances() {
      return instances
    },
    async start() {
      await renew()
      keepRenewing()
    },
    async stop({ giveBack }) {
      stopped = true
      clearTimeout(renewing)
      clearTimeout(fencing)
      if (!giveBack) return
      await within(timing.renew, sql.query('DELETE FROM gateway_instance WHERE id = $1', [instanceId])).catch(
        (error: unknown) =>
          log.warn({ err: error }, 'the lease could not be given back: it runs out by itself'),
      )
    },
  }
}

/** Answers how many instances live, this one included. */
async function renewLease(sql: SqlPool, instanceId: string, ms: number): Promise<number> {
  const [row] = await sql.query<{ instances: bigint }>(
    `WITH mine AS (
       INSERT INTO gateway_instance (id, started_at, lease_until)
       VALUES ($1, clock_timestamp(), clock_timestamp() + $2 * interval '1 ms')
       ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until
     )
     SELECT 1 + count(*) AS instances FROM gateway_instance WHERE id <> $1 AND lease_until > clock_timestamp()`,
    [instanceId, ms],
  )
  return Number(row!.instances)
}
