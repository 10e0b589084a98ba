import { DomainError } from '../platform/errors.ts'
import type { Sealer } from '../platform/sealed.ts'
import type { SqlPool } from '../platform/sql.ts'

/** One request of a caller who wants it billed once, however often it is sent (`Idempotency-Key`). */
export interface KeyedRequest {
  tokenId: string
  key: string
  /** SHA-256 of what was asked for. */
  bodyHash: Buffer
  requestId: string
}

/** An answer as it was sent, for whoever lost it. */
export interface StoredAnswer {
  headers: Record<string, string>
  body: string
}

export interface KnownAnswer extends StoredAnswer {
  /** Of the request that was charged for it. */
  requestId: string
}

export interface InferenceKeys {
  /**
   * Takes the key, before anything is sent anywhere; or answers what it was answered with.
   * Errors: request_in_progress, request_already_answered, idempotency_mismatch.
   */
  claim(request: KeyedRequest): Promise<KnownAnswer | undefined>
  /** Nothing was charged: the key is free again. */
  release(request: KeyedRequest): Promise<void>
  /** It was answered; the answer is kept, sealed, where the caller asked for that. */
  finish(request: KeyedRequest, answer: StoredAnswer | undefined): Promise<void>
  /** Forgets keys after 24 hours. */
  forgetOld(): Promise<void>
}

export const KEY_LIFE_HOURS = 24
const LIFE_MS = KEY_LIFE_HOURS * 3_600_000
/** A claim without hold and charge is a process that died in between, or one that is just about to hold. */
const ABANDONED_MS = 120_000

interface Row {
  body_hash: Buffer
  request_id: string
  finished: boolean
  answer: Buffer | null
  created_at: Date
  held: boolean
  charged: boolean | null
}

export interface InferenceKeysOptions {
  sql: SqlPool
  sealer: Sealer
  now: () => Date
}

export function createInferenceKeys({ sql, sealer, now }: InferenceKeysOptions): InferenceKeys {
  const since = (ms: number) => new Date(now().getTime() - ms)

  async function take({ tokenId, key, bodyHash, requestId }: KeyedRequest): Promise<boolean> {
    const taken = await sql.query(
      `INSERT INTO inference_key AS k (api_token_id, key, body_hash, request_id, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (api_token_id, key) DO UPDATE
         SET body_hash = $3, request_id = $4, created_at = $5, finished = false, answer = NULL
         WHERE k.created_at < $6
       RETURNING request_id`,
      [tokenId, key, bodyHash, requestId, now(), since(LIFE_MS)],
    )
    return taken.length > 0
  }

  async function find({ tokenId, key }: KeyedRequest): Promise<Row | undefined> {
    const [row] = await sql.query<Row>(
      `SELECT k.*, h.request_id IS NOT NULL AS held, c.not_charged IS NULL AND c.request_id IS NOT NULL AS charged
       FROM inference_key k LEFT JOIN hold h USING (request_id) LEFT JOIN charge c USING (request_id)
       WHERE k.api_token_id = $1 AND k.key = $2`,
      [tokenId, key],
    )
    return row
  }

  /** A dead process's claim, if its request was not charged; taken only by the one who still finds it as it was. */
  async function takeOver(request: KeyedRequest, dead: Row): Promise<boolean> {
    const taken = await sql.query(
      `UPDATE inference_key SET body_hash = $3, request_id = $4, created_at = $5
       WHERE api_token_id = $1 AND key = $2 AND request_id = $6 AND NOT finished RETURNING request_id`,
      [request.tokenId, request.key, request.bodyHash, request.requestId, now(), dead.request_id],
    )
    return taken.length > 0
  }

  return {
    async claim(request) {
      if (await take(request)) return undefined
      const row = await find(request)
      if (!row) throw inProgress()
      if (!row.body_hash.equals(request.bodyHash)) throw mismatch()
      if (row.answer) {
        const answer = JSON.parse(sealer.unseal(row.answer.toString('utf8'))) as StoredAnswer
        return { ...answer, requestId: row.request_id }
      }
      if (row.finished || row.charged) throw alreadyAnswered(row.request_id)
      const dead = !row.held && row.created_at < since(ABANDONED_MS)
      if (dead && (await takeOver(request, row))) return undefined
      throw inProgress()
    },
    async release({ tokenId, key, requestId }) {
      await sql.query('DELETE FROM inference_key WHERE api_token_id = $1 AND key = $2 AND request_id = $3', [
        tokenId,
        key,
        requestId,
      ])
    },
    async finish({ tokenId, key, requestId }, answer) {
      await sql.query(
        'UPDATE inference_key SET finished = true, answer = $4 WHERE api_token_id = $1 AND key = $2 AND request_id = $3',
        [tokenId, key, requestId, answer ? Buffer.from(sealer.seal(JSON.stringify(answer))) : null],
      )
    },
    async forgetOld() {
      await sql.query('DELETE FROM inference_key WHERE created_at < $1', [since(LIFE_MS)])
    },
  }
}

const inProgress = () =>
  new DomainError(
    'conflict',
    'request_in_progress',
    'A request with this Idempotency-Key is still running. Wait for it, or ask again later.',
    { retryAfter: 1, zh: '使用此 Idempotency-Key 的请求仍在进行，请等待其结束或稍后再试。' },
  )

const alreadyAnswered = (id: string) =>
  new DomainError(
    'conflict',
    'request_already_answered',
    'A request with this Idempotency-Key was answered and charged before; its answer was not stored. Look at its receipt, or send a new key.',
    {
      receipt: id,
      zh: '使用此 Idempotency-Key 的请求已应答并计费，其回答未保存。请查看账单明细，或使用新的键。',
    },
  )

const mismatch = () =>
  new DomainError(
    'unprocessable',
    'idempotency_mismatch',
    'This Idempotency-Key was used with another body. Use a new key for a new request.',
    {
      param: 'Idempotency-Key',
      zh: '此 Idempotency-Key 已用于其他请求体，新的请求请使用新的键。',
    },
  )
