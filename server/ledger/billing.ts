import type { MicroPerMillion, Nano, Ppm } from '../platform/money.ts'
import type { Sql } from '../platform/sql.ts'

/**
 * What the relay asks of the ledger: one admission before a request starts, checkpoints while it runs,
 * one settlement when it ends. The ledger does not know models, channels or HTTP.
 */
export interface Billing {
  /**
   * Promises money to a request, before anything is sent upstream. Answers at once for a rich account,
   * after an atomic check in the database near zero.
   * Errors: insufficient_balance (402), service_unavailable (503).
   */
  admit(request: HoldRequest): Promise<RunningCharge>
}

/** The prices a request keeps from its admission to its receipt, whatever happens to the catalogue. */
export interface FrozenPrice {
  versionId: string
  input: MicroPerMillion
  /** Null: cached input costs what input costs. */
  cachedInput: MicroPerMillion | null
  output: MicroPerMillion
  /** The product of all discount ratios. */
  discountPpm: Ppm
}

export interface HoldRequest {
  /** UUID v7, made by us. */
  requestId: string
  accountId: string
  modelId: string
  price: FrozenPrice
  /** The estimate: LLM tokens of the prompt, and of the answer as far as it can be guessed. */
  promptTokens: number
  outputTokens: number
  admittedAt: Date
  /** Nobody waits for `durable`: the hold may be written some milliseconds later, together with others. */
  patient?: boolean
  /**
   * What the usage record needs if this process dies before the request ends (API token, protocol, streamed …):
   * JSON only, kept with the hold, handed to `SettlementListener` under the outcome's own detail.
   */
  detail: Record<string, unknown>
}

/** LLM tokens. Cached and reasoning tokens are parts of prompt and completion; null means unknown. */
export interface TokenUsage {
  promptTokens: number
  cachedTokens: number | null
  completionTokens: number
  reasoningTokens: number | null
}

export interface RunningCharge {
  readonly requestId: string
  /** Resolves once the hold is safe; the first byte to the client waits for it. Rejects: service_unavailable. */
  readonly durable: Promise<void>
  /**
   * What an answer that is given as a whole waits for instead: nothing leaves before `settle` has resolved, and a charge
   * in the journal is safe without its hold. So it waits for the hold only while the journal cannot be written; a hold
   * that has failed by then is told. Rejects: service_unavailable.
   */
  settleable(): Promise<void>
  /**
   * Aborts when this process could not renew its lease for too long: others may settle its requests then, so
   * nothing more may be written to the client.
   */
  readonly fenced: AbortSignal
  /** What has been delivered so far. Cheap; call it often. After a crash this is what is charged. */
  checkpoint(usage: TokenUsage): void
  /**
   * The end, exactly once: a second call answers what the first did. Resolves when the usage is safe
   * (journaled or committed): only then may the client see the end of its answer.
   */
  settle(outcome: Outcome): Promise<Settled>
}

export interface Outcome {
  usage: TokenUsage
  source: 'upstream' | 'counted'
  /** Why nothing is charged; undefined when usage is charged. Then usage must be all zeros. */
  notChargedBecause?: NotChargedReason
  /** Kept with the settlement and handed to `SettlementListener` in the same transaction: JSON only. */
  detail: Record<string, unknown>
}

/** `lost_before_output` is the ledger's own: the process died and nothing had been delivered. */
export type NotChargedReason =
  'failed_before_output' | 'client_left_before_output' | 'free_model' | 'lost_before_output'

export interface Settled {
  requestId: string
  cost: Nano
}

/** A settlement as it is written, for those who write beside it in the same transaction. */
export interface SettledCharge {
  requestId: string
  accountId: string
  modelId: string
  usage: TokenUsage
  /** `checkpoint`: settled by the sweeper after a crash. */
  source: 'upstream' | 'counted' | 'checkpoint'
  cost: Nano
  admittedAt: Date
  notCharged: NotChargedReason | null
  /** The hold's detail and over it the outcome's; only the hold's when the owner died before the end. */
  detail: Record<string, unknown>
}

export interface SettlementListener {
  /** Writes rows beside the charges; only charges that are new are handed over. */
  record(tx: Sql, charges: SettledCharge[]): Promise<void>
  /** After the commit. */
  committed(charges: SettledCharge[]): void
}
