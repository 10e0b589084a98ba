import { invalidField } from '../platform/errors.ts'
import { isId } from '../platform/ids.ts'
import type { Nano } from '../platform/money.ts'
import type { PageQuery } from '../platform/page.ts'
import type { Sql } from '../platform/sql.ts'
import type { NotChargedReason, SettledCharge } from './billing.ts'
import type { ChangeKind } from './grants.ts'
import type { SettledBy } from './settlement.ts'
import type { Range } from './summary.ts'

export interface LedgerEntry {
  id: bigint
  kind: ChangeKind | 'usage'
  pool: 'bonus' | 'quota' | 'wallet'
  /** In LLM tokens for a bonus, else in nano-CNY. */
  amount: bigint
  /** What the amount is worth in money. */
  value: Nano
  /** Of the pool, in the entry's unit. */
  balanceAfter: bigint
  /** The request, order, code or grant behind it. */
  reference: string
  note: string | null
  createdAt: Date
}

/** Everything that explains what a request cost. */
export interface Receipt {
  requestId: string
  accountId: string
  modelId: string
  priceVersionId: string
  /** Pico-CNY per LLM token, as they were at admission. */
  inputPrice: bigint
  cachedInputPrice: bigint | null
  outputPrice: bigint
  discountPpm: bigint
  promptTokens: bigint
  cachedTokens: bigint | null
  completionTokens: bigint
  reasoningTokens: bigint | null
  cost: Nano
  source: SettledCharge['source']
  notCharged: NotChargedReason | null
  settledBy: SettledBy
  admittedAt: Date
  settledAt: Date
  /** What paid for it, in the order of use; their money adds up to the cost. */
  legs: ReceiptLeg[]
}

export interface ReceiptLeg {
  pool: LedgerEntry['pool']
  /** LLM tokens taken; null for money pools. */
  tokens: bigint | null
  money: Nano
}

const POOL = `coalesce(b.kind, 'wallet')`

export interface EntryFilter extends Range {
  kind?: LedgerEntry['kind'] | null
  pool?: LedgerEntry['pool'] | null
}

/** Newest first. Errors: invalid_request for a cursor that is not one of ours. */
export async function entriesOf(
  sql: Sql,
  accountId: string,
  page: PageQuery,
  filter: EntryFilter = {},
): Promise<LedgerEntry[]> {
  const { cursor, backwards, limit } = page
  if (cursor !== undefined && !/^\d{1,18}$/.test(cursor))
    throw invalidField(backwards ? 'before' : 'after', 'This cursor is not one of ours.')
  return sql.query<LedgerEntry>(
    `SELECT e.id, e.kind, ${POOL} AS pool, e.amount, e.value_nano AS value, e.balance_after AS "balanceAfter",
            coalesce(e.request_id::text, e.source_id) AS reference, e.note, e.created_at AS "createdAt"
     FROM ledger_entry e LEFT JOIN bucket b ON b.id = e.bucket_id
     WHERE e.account_id = $1 AND ($2::bigint IS NULL OR e.id ${backwards ? '>' : '<'} $2)
       AND ($4::text IS NULL OR e.kind = $4) AND ($5::text IS NULL OR ${POOL} = $5)
       AND ($6::timestamptz IS NULL OR e.created_at >= $6) AND ($7::timestamptz IS NULL OR e.created_at < $7)
     ORDER BY e.id ${backwards ? 'ASC' : 'DESC'} LIMIT $3`,
    [
      accountId,
      cursor ?? null,
      limit + 1,
      filter.kind ?? null,
      filter.pool ?? null,
      filter.from ?? null,
      filter.to ?? null,
    ],
  )
}

/** Undefined: not settled yet, or never begun. Whose it is, is for the caller to look at. */
export async function receiptOf(sql: Sql, requestId: string): Promise<Receipt | undefined> {
  return isId(requestId) ? (await receiptsOf(sql, [requestId])).get(requestId.toLowerCase()) : undefined
}

export async function receiptsOf(sql: Sql, requestIds: string[]): Promise<Map<string, Receipt>> {
  const charges = await sql.query<Omit<Receipt, 'legs'>>(
    `SELECT request_id AS "requestId", account_id AS "accountId", model_id AS "modelId",
            price_version_id AS "priceVersionId", input_price AS "inputPrice", cached_input_price AS "cachedInputPrice",
            output_price AS "outputPrice", discount_ppm AS "discountPpm", prompt_tokens AS "promptTokens",
            cached_tokens AS "cachedTokens", completion_tokens AS "completionTokens",
            reasoning_tokens AS "reasoningTokens", cost_nano AS cost, usage_source AS source,
            not_charged AS "notCharged", settled_by AS "settledBy", admitted_at AS "admittedAt", settled_at AS "settledAt"
     FROM charge WHERE request_id = ANY ($1)`,
    [requestIds],
  )
  const legs = await sql.query<ReceiptLeg & { requestId: string }>(
    `SELECT e.request_id AS "requestId", ${POOL} AS pool, CASE e.unit WHEN 'token' THEN -e.amount END AS tokens,
            -e.value_nano AS money
     FROM ledger_entry e LEFT JOIN bucket b ON b.id = e.bucket_id WHERE e.request_id = ANY ($1) ORDER BY e.id`,
    [requestIds],
  )
  const receipts = new Map(
    charges.map((charge) => [charge.requestId, { ...charge, legs: [] as ReceiptLeg[] }]),
  )
  for (const { requestId, ...leg } of legs) receipts.get(requestId)?.legs.push(leg)
  return receipts
}
