import { createHash } from 'node:crypto'
import { DomainError, type ErrorKind, invalidField } from './errors.ts'
import { isId } from './ids.ts'
import type { Sql, SqlPool } from './sql.ts'

/** One call of a mutation that moves money, as the caller means it. */
export interface KeyedCall {
  userId: string
  /** The caller's own UUID for this intention. */
  key: string
  operation: string
  /** What was asked for, without the key. */
  arguments: unknown
  now: Date
}

export interface Answered<T> {
  result: T
  /** True when this key was answered before and nothing happened now. */
  repeated: boolean
}

interface Refusal {
  kind: ErrorKind
  code: string
  message: string
  detail: Record<string, unknown>
}

interface Row {
  arguments_hash: Buffer
  result: unknown
  refusal: Refusal | null
}

const KEPT_DAYS = 30

/**
 * Runs `work` in one transaction, once for each key of a user: the same call again gets the first answer again, a
 * refusal included, because whoever lost an answer must be able to ask what it was. After a refusal, a new attempt
 * takes a new key. `work` may use nothing but its `tx`, and answers JSON (ids, not rows).
 * Errors: idempotency_mismatch, request_in_progress, invalid_request, and those of `work`.
 */
export async function once<T>(
  sql: SqlPool,
  call: KeyedCall,
  work: (tx: Sql) => Promise<T>,
): Promise<Answered<T>> {
  if (!isId(call.key)) throw invalidField('idempotencyKey', 'The idempotency key must be a UUID.')
  const hash = createHash('sha256')
    .update(canonical([call.operation, call.arguments]))
    .digest()
  const outcome = await sql.transaction(async (tx) => {
    await claim(tx, call)
    const known = await find(tx, call)
    if (known) return { ...answerOf<T>(known, hash), repeated: true }
    const answer = await attempt(tx, work)
    await tx.query(
      `INSERT INTO idempotency_key (user_id, key, arguments_hash, result, refusal, created_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [call.userId, call.key, hash, json(answer.result), json(answer.refusal), call.now],
    )
    return { ...answer, repeated: false }
  })
  if (outcome.refusal) throw thrown(outcome.refusal)
  return { result: outcome.result as T, repeated: outcome.repeated }
}

/** Forgets keys nobody asks about any more. */
export async function forgetOldKeys(sql: Sql, now: Date): Promise<void> {
  await sql.query(
    `DELETE FROM idempotency_key WHERE created_at < $1::timestamptz - interval '${KEPT_DAYS} days'`,
    [now],
  )
}

/** A lock of the transaction: it ends with it, however the process dies. */
async function claim(tx: Sql, { userId, key }: KeyedCall) {
  const [lock] = await tx.query<{ won: boolean }>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS won',
    [`idempotency ${userId} ${key.toLowerCase()}`],
  )
  if (!lock!.won)
    throw new DomainError('conflict', 'request_in_progress', 'This very request is still being worked on.', {
      retryAfter: 1,
    })
}

async function find(tx: Sql, { userId, key }: KeyedCall): Promise<Row | undefined> {
  const [row] = await tx.query<Row>(
    'SELECT arguments_hash, result, refusal FROM idempotency_key WHERE user_id = $1 AND key = $2',
    [userId, key],
  )
  return row
}

interface Answer<T> {
  result?: T
  refusal?: Refusal
}

function answerOf<T>({ arguments_hash, result, refusal }: Row, hash: Buffer): Answer<T> {
  if (!arguments_hash.equals(hash))
    throw new DomainError(
      'unprocessable',
      'idempotency_mismatch',
      'This idempotency key was used with other arguments. Use a new key for a new intention.',
      { param: 'idempotencyKey' },
    )
  return refusal ? { refusal } : { result: result as T }
}

/** What is refused leaves no trace but the refusal: the savepoint takes back what was written before it. */
async function attempt<T>(tx: Sql, work: (tx: Sql) => Promise<T>): Promise<Answer<T>> {
  await tx.query('SAVEPOINT attempt')
  try {
    return { result: await work(tx) }
  } catch (error) {
    if (!(error instanceof DomainError) || error.status >= 500) throw error
    await tx.query('ROLLBACK TO SAVEPOINT attempt')
    const { kind, code, message, detail } = error
    return { refusal: { kind, code, message, detail } }
  }
}

const thrown = ({ kind, code, message, detail }: Refusal) => new DomainError(kind, code, message, detail)

const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))

/** The same text for the same arguments, in whatever order their fields came. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
