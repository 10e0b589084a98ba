import type { Sql } from '../platform/sql.ts'
import type { FrozenPrice, HoldRequest, NotChargedReason, SettledCharge, TokenUsage } from './billing.ts'
import { costOf } from './price.ts'

/**
 * A request's terms as JSON, integers as strings: the same row in the journal, in a hold and in what
 * `place_holds` and `settle_batch` take, so that nothing is translated twice.
 */
export interface RequestRow {
  request_id: string
  account_id: string
  model_id: string
  price_version_id: string
  input_price: string
  cached_input_price: string | null
  output_price: string
  discount_ppm: string
  admitted_at: string
  detail: Record<string, unknown>
}

export interface ChargeRow extends RequestRow {
  prompt_tokens: number
  cached_tokens: number | null
  completion_tokens: number
  reasoning_tokens: number | null
  cost_nano: string
  usage_source: SettledCharge['source']
  not_charged: NotChargedReason | null
}

/** Who settled: the process that served the request, a later one from its journal, or one that found the hold. */
export type SettledBy = 'owner' | 'journal' | 'sweeper'

export const NO_USAGE: TokenUsage = {
  promptTokens: 0,
  cachedTokens: null,
  completionTokens: 0,
  reasoningTokens: null,
}

export const requestRow = ({ price, ...request }: HoldRequest): RequestRow => ({
  request_id: request.requestId,
  account_id: request.accountId,
  model_id: request.modelId,
  price_version_id: price.versionId,
  input_price: price.input.toString(),
  cached_input_price: price.cachedInput?.toString() ?? null,
  output_price: price.output.toString(),
  discount_ppm: price.discountPpm.toString(),
  admitted_at: request.admittedAt.toISOString(),
  detail: request.detail,
})

export const priceOf = (row: RequestRow): FrozenPrice => ({
  versionId: row.price_version_id,
  input: BigInt(row.input_price),
  cachedInput: row.cached_input_price === null ? null : BigInt(row.cached_input_price),
  output: BigInt(row.output_price),
  discountPpm: BigInt(row.discount_ppm),
})

interface End {
  usage: TokenUsage
  source: SettledCharge['source']
  notChargedBecause?: NotChargedReason | undefined
  detail: Record<string, unknown>
}

/** The charge of an outcome. Throws a RangeError when the usage is not one: the relay lets none such through. */
export function chargeOf(request: RequestRow, end: End): ChargeRow {
  if (!isUsage(end.usage)) throw new RangeError(`not a usage: ${JSON.stringify(end.usage)}`)
  const usage = end.notChargedBecause ? NO_USAGE : end.usage
  return {
    ...request,
    prompt_tokens: usage.promptTokens,
    cached_tokens: usage.cachedTokens,
    completion_tokens: usage.completionTokens,
    reasoning_tokens: usage.reasoningTokens,
    cost_nano: costOf(priceOf(request), usage).toString(),
    usage_source: end.source,
    not_charged: end.notChargedBecause ?? null,
    detail: { ...request.detail, ...end.detail },
  }
}

/** After a crash: what had been delivered at the last checkpoint, else nothing. Never the estimate. */
export const chargeAtCheckpoint = (request: RequestRow, checkpoint: TokenUsage | null): ChargeRow =>
  checkpoint
    ? chargeOf(request, { usage: checkpoint, source: 'checkpoint', detail: {} })
    : chargeOf(request, {
        usage: NO_USAGE,
        source: 'checkpoint',
        notChargedBecause: 'lost_before_output',
        detail: {},
      })

const isCount = (value: number | null) => value === null || (Number.isSafeInteger(value) && value >= 0)

const isUsage = (usage: TokenUsage) =>
  isCount(usage.promptTokens) &&
  isCount(usage.completionTokens) &&
  isCount(usage.reasoningTokens) &&
  isCount(usage.cachedTokens) &&
  (usage.cachedTokens ?? 0) <= usage.promptTokens

/** Settles rows in this transaction; answers those that were not settled before. */
export async function settleBatch(tx: Sql, rows: ChargeRow[], by: SettledBy): Promise<ChargeRow[]> {
  const fresh = await tx.query<{ request_id: string }>(
    'SELECT request_id FROM settle_batch($1, $2)',
    [JSON.stringify(rows.map((row) => ({ ...row, detail: undefined }))), by],
    { prepared: true },
  )
  const ids = new Set(fresh.map(({ request_id }) => request_id))
  // An id may stand in the batch twice; the first is the one that was settled.
  return rows.filter(({ request_id }) => ids.delete(request_id))
}

export const settledCharge = (row: ChargeRow): SettledCharge => ({
  requestId: row.request_id,
  accountId: row.account_id,
  modelId: row.model_id,
  usage: {
    promptTokens: row.prompt_tokens,
    cachedTokens: row.cached_tokens,
    completionTokens: row.completion_tokens,
    reasoningTokens: row.reasoning_tokens,
  },
  source: row.usage_source,
  cost: BigInt(row.cost_nano),
  notCharged: row.not_charged,
  admittedAt: new Date(row.admitted_at),
  detail: row.detail,
})
