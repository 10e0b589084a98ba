import { serviceUnavailable } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Nano } from '../platform/money.ts'
import type { SqlPool } from '../platform/sql.ts'
import { type AccountState, readAccounts } from './balances.ts'
import { type DatabaseHealth, mayPass, within } from './database-health.ts'
import type { Split } from './pools.ts'
import type { RequestRow } from './settlement.ts'

const GATHER_MS = 3
const BATCH_MAX = 500
const ANSWER_MS = 5_000
const RETRY_MS = 500

/** Writes holds in group commits, one batch at a time, in the order in which they were asked for. */
export interface HoldWriter {
  readonly queued: number
  /**
   * Holds what memory decided. `false`: the database is away; the hold stays queued and is written when it
   * is back, unless the request has ended by then. Rejects when the database refuses the row.
   */
  place(row: RequestRow, split: Split): Promise<boolean>
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
type Placed = Entry & { split: Split }
type Asked = Entry & { split?: undefined }

interface CheckedRow {
  request_id: string
  admitted: boolean
  bonus_tokens: bigint
  quota_nano: bigint
  wallet_nano: bigint
  bucket_ids: bigint[]
  bucket_amounts: bigint[]
}

interface Options {
  sql: SqlPool
  instanceId: string
  log: Log
  health: DatabaseHealth
}

export function createHoldWriter({ sql, instanceId, log, health }: Options): HoldWriter {
  let queue: Entry[] = []
  let sending: Map<string, Promise<void>> = new Map()
  let timer: NodeJS.Timeout | undefined
  let busy = false
  let stopped = false

  function enqueue(entry: Entry) {
    queue.push(entry)
    if (!busy) timer ??= setTimeout(flush, GATHER_MS)
  }

  async function flush() {
    timer = undefined
    busy = true
    while (queue.length > 0 && !stopped) {
      const batch = queue.splice(0, BATCH_MAX)
      const sent = send(batch)
      sending = new Map(batch.map(({ row }) => [row.request_id, sent]))
      await sent
      sending.clear()
      if (health.awayFor() !== undefined) break
    }
    busy = false
    if (queue.length > 0 && !stopped) timer = setTimeout(flush, RETRY_MS)
  }

  async function send(batch: Entry[]): Promise<void> {
    try {
      await write(batch)
      health.answered()
    } catch (error) {
      if (mayPass(error)) postpone(batch, error)
      else if (batch.length > 1) {
        const middle = batch.length >> 1
        await send(batch.slice(0, middle))
        await send(batch.slice(middle))
      } else {
        log.error({ err: error, requestId: batch[0]!.row.request_id }, 'the database refuses a hold')
        batch[0]!.reject(serviceUnavailable(error))
      }
    }
  }

  async function write(batch: Entry[]) {
    const placed = batch.filter((entry): entry is Placed => entry.split !== undefined)
    const asked = batch.filter((entry): entry is Asked => entry.split === undefined)
    if (placed.length > 0) await within(ANSWER_MS, insertHolds(sql, instanceId, placed))
    for (const entry of placed) entry.resolve(true)
    if (asked.length > 0) await within(ANSWER_MS, ask(asked))
  }

  async function ask(asked: Asked[]) {
    const answers = new Map((await checkHolds(sql, instanceId, asked)).map((row) => [row.request_id, row]))
    const accountIds = [...new Set(asked.map(({ row }) => row.account_id))]
    const states = new Map(
      (await readAccounts(sql, accountIds, instanceId)).map((state) => [state.accountId, state]),
    )
    for (const { row, resolve } of asked)
      resolve({ split: splitOf(answers.get(row.request_id)), state: states.get(row.account_id) })
  }

  /** Placed holds wait for the database's return; checks cannot be decided without it. */
  function postpone(batch: Entry[], error: unknown) {
    if (health.awayFor() === undefined) log.error({ err: error }, 'the database does not answer: holds wait')
    health.failed()
    queue = [...batch.filter((entry) => entry.split !== undefined), ...queue]
    for (const entry of batch) {
      if (entry.split) entry.resolve(false)
      else entry.reject(serviceUnavailable(error))
    }
  }

  return {
    get queued() {
      return queue.length
    },
    place: (row, split) => new Promise((resolve, reject) => enqueue({ row, split, resolve, reject })),
    check: (row, estimate) => new Promise((resolve, reject) => enqueue({ row, estimate, resolve, reject })),
    async forget(requestId) {
      await sending.get(requestId)
      const index = queue.findIndex(({ row }) => row.request_id === requestId)
      const [entry] = index === -1 ? [] : queue.splice(index, 1)
      if (entry?.split) entry.resolve(true)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      for (const { reject } of queue.splice(0)) reject(serviceUnavailable())
    },
  }
}

/** In the order of ids, so that two writers never wait for each other. */
async function insertHolds(sql: SqlPool, instanceId: string, entries: Placed[]): Promise<void> {
  const rows = entries.map(({ row, split }) => ({
    ...row,
    bonus_tokens: split.bonusTokens.toString(),
    quota_nano: split.quota.toString(),
    wallet_nano: split.wallet.toString(),
    bucket_ids: `{${split.legs.map(({ bucketId }) => bucketId).join()}}`,
    bucket_amounts: `{${split.legs.map(({ amount }) => amount).join()}}`,
  }))
  await sql.query(
    `INSERT INTO hold (request_id, account_id, instance_id, model_id, price_version_id, input_price, cached_input_price,
                       output_price, discount_ppm, bonus_tokens, quota_nano, wallet_nano, bucket_ids, bucket_amounts,
                       detail, admitted_at)
     SELECT t.request_id, t.account_id, $2, t.model_id, t.price_version_id, t.input_price, t.cached_input_price,
            t.output_price, t.discount_ppm, t.bonus_tokens, t.quota_nano, t.wallet_nano, t.bucket_ids, t.bucket_amounts,
            t.detail, t.admitted_at
     FROM jsonb_to_recordset($1) AS t(
       request_id uuid, account_id uuid, model_id text, price_version_id uuid, input_price bigint,
       cached_input_price bigint, output_price bigint, discount_ppm bigint, bonus_tokens bigint, quota_nano bigint,
       wallet_nano bigint, bucket_ids bigint[], bucket_amounts bigint[], detail jsonb, admitted_at timestamptz)
     ORDER BY t.request_id
     ON CONFLICT (request_id) DO NOTHING`,
    [JSON.stringify(rows), instanceId],
  )
}

function checkHolds(sql: SqlPool, instanceId: string, entries: Asked[]): Promise<CheckedRow[]> {
  const rows = entries.map(({ row, estimate }) => ({
    ...row,
    est_tokens: estimate.tokens.toString(),
    est_cost: estimate.cost.toString(),
  }))
  return sql.query<CheckedRow>('SELECT * FROM place_holds($1, $2)', [JSON.stringify(rows), instanceId])
}

function splitOf(row: CheckedRow | undefined): Split | undefined {
  if (!row?.admitted) return undefined
  return {
    bonusTokens: row.bonus_tokens,
    quota: row.quota_nano,
    wallet: row.wallet_nano,
    legs: row.bucket_ids.map((bucketId, index) => ({ bucketId, amount: row.bucket_amounts[index]! })),
  }
}
