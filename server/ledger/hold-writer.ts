import { serviceUnavailable } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Nano } from '../platform/money.ts'
import type { SqlPool } from '../platform/sql.ts'
import { type AccountState, readAccounts } from './balances.ts'
import { type DatabaseHealth, mayPass, within } from './database-health.ts'
import { checkHolds, insertHolds, splitOf } from './hold-rows.ts'
import type { Split } from './pools.ts'
import type { RequestRow } from './settlement.ts'

const BATCH_MAX = 500
/** How long a hold that nobody waits for gathers company. Admission near zero looks at all of them, however young. */
const PATIENCE_MS = 10
const ANSWER_MS = 5_000
const RETRY_MS = 500

/** Writes holds in group commits, one batch at a time, in the order in which they were asked for. */
export interface HoldWriter {
  readonly queued: number
  /**
   * Holds what memory decided. `false`: the database is away; the hold stays queued and is written when it
   * is back, unless the request has ended by then. Rejects when the database refuses the row.
   * A patient one is written in company some milliseconds later, unless it is forgotten by then.
   */
  place(row: RequestRow, split: Split, patient?: boolean): Promise<boolean>
  /** Asks the database, which decides and holds atomically. Errors: service_unavailable. */
  check(row: RequestRow, estimate: { tokens: bigint; cost: Nano }): Promise<Checked>
  /** Call it before settling: afterwards no hold of this request will be written any more. */
  forget(requestId: string): Promise<void>
  stop(): void
}

export interface Checked {
  /** Undefined: refused. */
  split: Split | undefined
  /** The account afterwards; undefined: there is none. */
  state: AccountState | undefined
}

type Entry = { row: RequestRow } & (
  | { split: Split; estimate?: undefined; resolve: (held: boolean) => void; reject: (error: unknown) => void }
  | {
      split?: undefined
      estimate: { tokens: bigint; cost: Nano }
      resolve: (checked: Checked) => void
      reject: (error: unknown) => void
    }
)
type Placed = Extract<Entry, { split: Split }>
type Asked = Exclude<Entry, { split: Split }>
type Patient = Placed & { dueAt: number }

interface Options {
  sql: SqlPool
  instanceId: string
  log: Log
  health: DatabaseHealth
}

export const createHoldWriter = (options: Options): HoldWriter => new HoldQueue(options)

class HoldQueue implements HoldWriter {
  private queue: Entry[] = []
  /** In the order in which they fall due. */
  private patient: Patient[] = []
  private sending = new Map<string, Promise<void>>()
  private gathering: NodeJS.Immediate | undefined
  private timer: NodeJS.Timeout | undefined
  private due: NodeJS.Timeout | undefined
  private busy = false
  private stopped = false

  constructor(private readonly options: Options) {}

  get queued() {
    return this.queue.length + this.patient.length
  }

  place(row: RequestRow, split: Split, patient = false) {
    return new Promise<boolean>((resolve, reject) => {
      const entry = { row, split, resolve, reject }
      if (patient) this.gather({ ...entry, dueAt: performance.now() + PATIENCE_MS })
      else this.enqueue(entry)
    })
  }

  check(row: RequestRow, estimate: { tokens: bigint; cost: Nano }) {
    return new Promise<Checked>((resolve, reject) => {
      // The database must know all that is promised here before it decides.
      this.queue.push(...this.patient.splice(0))
      this.enqueue({ row, estimate, resolve, reject })
    })
  }

  async forget(requestId: string) {
    await this.sending.get(requestId)
    for (const entries of [this.patient, this.queue]) {
      const index = entries.findIndex(({ row }) => row.request_id === requestId)
      const [entry] = index === -1 ? [] : entries.splice(index, 1)
      if (entry?.split) entry.resolve(true)
    }
  }

  stop() {
    this.stopped = true
    clearTimeout(this.timer)
    clearImmediate(this.gathering)
    clearTimeout(this.due)
    for (const { reject } of [...this.queue.splice(0), ...this.patient.splice(0)])
      reject(serviceUnavailable())
  }

  private enqueue(entry: Entry) {
    this.queue.push(entry)
    if (this.busy || this.timer || this.gathering) return
    // A lone request does not wait for company; under load the next batch gathers while this one is written.
    this.gathering = setImmediate(() => this.flush())
  }

  private gather(entry: Patient) {
    this.patient.push(entry)
    this.due ??= setTimeout(() => this.release(), PATIENCE_MS)
  }

  /** Most have been overtaken by their request's end when their time has come. */
  private release() {
    const now = performance.now()
    const young = this.patient.findIndex(({ dueAt }) => dueAt > now)
    for (const entry of this.patient.splice(0, young === -1 ? Infinity : young)) this.enqueue(entry)
    const [next] = this.patient
    this.due = next && setTimeout(() => this.release(), next.dueAt - now)
  }

  private async flush() {
    const { health } = this.options
    this.timer = undefined
    this.gathering = undefined
    this.busy = true
    while (this.queue.length > 0 && !this.stopped) {
      const batch = this.queue.splice(0, BATCH_MAX)
      const sent = this.send(batch)
      this.sending = new Map(batch.map(({ row }) => [row.request_id, sent]))
      await sent
      this.sending.clear()
      if (health.awayFor() !== undefined) break
    }
    this.busy = false
    if (this.queue.length > 0 && !this.stopped) this.timer = setTimeout(() => this.flush(), RETRY_MS)
  }

  /** A hold that the database refuses is found by halving; the others are written. */
  private async send(batch: Entry[]): Promise<void> {
    const { health, log } = this.options
    try {
      await this.write(batch)
      health.answered()
    } catch (error) {
      if (mayPass(error)) this.postpone(batch, error)
      else if (batch.length > 1) {
        const middle = batch.length >> 1
        await this.send(batch.slice(0, middle))
        await this.send(batch.slice(middle))
      } else {
        log.error({ err: error, requestId: batch[0]!.row.request_id }, 'the database refuses a hold')
        batch[0]!.reject(serviceUnavailable(error))
      }
    }
  }

  private async write(batch: Entry[]) {
    const { sql, instanceId } = this.options
    const placed = batch.filter((entry): entry is Placed => entry.split !== undefined)
    const asked = batch.filter((entry): entry is Asked => entry.split === undefined)
    if (placed.length > 0) await within(ANSWER_MS, insertHolds(sql, instanceId, placed))
    for (const entry of placed) entry.resolve(true)
    if (asked.length > 0) await within(ANSWER_MS, this.ask(asked))
  }

  private async ask(asked: Asked[]) {
    const { sql, instanceId } = this.options
    const answers = new Map((await checkHolds(sql, instanceId, asked)).map((row) => [row.request_id, row]))
    const accountIds = [...new Set(asked.map(({ row }) => row.account_id))]
    const accounts = await readAccounts(sql, accountIds, instanceId)
    const states = new Map(accounts.map((state) => [state.accountId, state]))
    for (const { row, resolve } of asked)
      resolve({ split: splitOf(answers.get(row.request_id)), state: states.get(row.account_id) })
  }

  /** Placed holds wait for the database's return; checks cannot be decided without it. */
  private postpone(batch: Entry[], error: unknown) {
    const { health, log } = this.options
    if (health.awayFor() === undefined) log.error({ err: error }, 'the database does not answer: holds wait')
    health.failed()
    this.queue = [...batch.filter((entry) => entry.split !== undefined), ...this.queue]
    for (const entry of batch) {
      if (entry.split) entry.resolve(false)
      else entry.reject(serviceUnavailable(error))
    }
  }
}
