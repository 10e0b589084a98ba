import type { Catalog, CatalogModel } from '../catalog/catalog.ts'
import type { Billing, RunningCharge } from '../ledger/billing.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Language } from '../platform/language.ts'
import type { TokenBook, TokenHolder } from '../tokens/token.book.ts'
import type { SpendCaps } from '../usage/spend-caps.ts'
import { isAllowedAddress } from '../tokens/tokens.ts'
import { type ChatBody, parseChatBody } from './body.ts'
import type { AnswerLengths } from './estimate.ts'
import type { Gate, Gates } from './gate.ts'
import type { Limits, LimitState } from './limits.ts'
import { contextLengthExceeded, ipNotAllowed, modelNotAllowed, modelNotFound } from './relay.errors.ts'
import { countPrompt, promptBytes } from './tokenizer.ts'

/** Who calls: an API token's secret, or a signed-in user who tests with one of their tokens. */
export type Credentials = { secret: string | undefined } | { userId: string; tokenId: string }

/** The ways a generating request may be spoken, each a route below /api/v1. */
export const PROTOCOLS = ['chat_completions', 'messages', 'responses', 'embeddings'] as const

export interface Call {
  requestId: string
  credentials: Credentials
  ip: string
  /** Of messages. */
  language: Language
  /** A streamed answer is held back until it is complete, so that another channel can take over (`X-PingToken-Buffered`). */
  buffered?: boolean
  protocol: (typeof PROTOCOLS)[number]
  /** The body as it arrived; reading it may fail (too large, too slow, not JSON). */
  readBody(): Promise<Buffer>
  /** Told as soon as it is known: every answer to a recognised token carries it. */
  onLimit(state: LimitState): void
}

export interface Admitted {
  holder: TokenHolder
  model: CatalogModel
  body: ChatBody
  /** Surely not more than the prompt really has: for what is charged after a crash. */
  promptTokensAtLeast: number
  running: RunningCharge
  gate: Gate
  buffered: boolean
}

export interface AdmitOptions {
  catalog: Catalog
  tokens: TokenBook
  billing: Billing
  limits: Limits
  gates: Gates
  lengths: AnswerLengths
  spendCaps: SpendCaps
  now: () => Date
}

/** UTF-8 bytes of a prompt for each LLM token, on the low side: an estimate for the hold, not for the bill. */
const BYTES_PER_TOKEN = 3
/** The same on the high side. */
const BYTES_PER_TOKEN_MAX = 8
const MS_PER_S = 1_000

/**
 * May this request be made? All refusals happen here, in the order of PRODUCT.md §9, before a cent or a
 * socket is spent: 401 · 403 address · 4xx of the body · 404 model · 403 model · 429 · 400 context · 402.
 */
export async function admit(options: AdmitOptions, call: Call): Promise<Admitted> {
  const holder = await identify(options.tokens, call.credentials)
  const { tokenId, requestsPerMinute } = holder
  const tellLimit = async (refusal: unknown) => {
    call.onLimit(await options.limits.peek(tokenId, requestsPerMinute))
    throw refusal
  }
  const asked = await readAsked(options, call, holder).catch(tellLimit)
  call.onLimit(await options.limits.take(tokenId, requestsPerMinute).catch(tellLimit))
  let gate: Gate | undefined
  try {
    gate = await options.gates.enter(holder, call.requestId, () => estimateOf(options, asked))
    return { ...(await promise(options, call, { holder, ...asked })), gate, buffered: call.buffered === true }
  } catch (refusal) {
    gate?.used(0)
    gate?.leave()
    call.onLimit(await options.limits.giveBack(tokenId, requestsPerMinute))
    throw refusal
  }
}

/** The same, and counts how long it took: our own time, without that of the body's arrival. */
export async function admitTimed(
  options: AdmitOptions & { metrics: Metrics },
  call: Call,
): Promise<Admitted> {
  const from = performance.now()
  let arrival = 0
  const readBody = async () => {
    const asked = performance.now()
    const body = await call.readBody()
    arrival = performance.now() - asked
    return body
  }
  const admitted = await admit(options, { ...call, readBody })
  options.metrics.overhead.observe((performance.now() - from - arrival) / MS_PER_S)
  return admitted
}

type Asked = Pick<Admitted, 'model' | 'body'>

/** What is asked for, as far as this API token may ask it. */
async function readAsked({ catalog }: AdmitOptions, call: Call, holder: TokenHolder): Promise<Asked> {
  if (!isAllowedAddress(call.ip, holder.ipAllowList)) throw ipNotAllowed()
  const body = parseChatBody(await call.readBody())
  return { model: findModel(catalog, holder, body.model), body }
}

/** A model that this API token may use. Errors: model_not_found, model_not_allowed. */
export function findModel(catalog: Catalog, holder: TokenHolder, id: string): CatalogModel {
  const model = catalog.findModel(id)
  if (!model) throw modelNotFound(id)
  if (!mayUse(holder, model)) throw modelNotAllowed(model.id)
  return model
}

export const mayUse = ({ models }: TokenHolder, { id }: CatalogModel) => models.size === 0 || models.has(id)

const estimateOf = ({ lengths }: AdmitOptions, { model, body }: Asked) =>
  Math.ceil(promptBytes(body) / BYTES_PER_TOKEN) + estimateOutput(lengths, model, body)

/** The plan's longest prompt, then the money. */
async function promise(
  options: AdmitOptions,
  call: Call,
  asked: Asked & { holder: TokenHolder },
): Promise<Omit<Admitted, 'gate' | 'buffered'>> {
  const { holder, model, body } = asked
  const bytes = promptBytes(body)
  const promptTokens = await checkContext(holder, { model, body, bytes })
  const streamed = body.stream === true
  const running = await options.spendCaps.enter(holder, (awaited) =>
    options.billing.admit({
      requestId: call.requestId,
      accountId: holder.userId,
      modelId: model.id,
      price: { ...model.price, discountPpm: holder.discountPpm(model.id) },
      promptTokens,
      outputTokens: estimateOutput(options.lengths, model, body),
      admittedAt: options.now(),
      patient: !awaited && !streamed,
      detail: { apiTokenId: holder.tokenId, protocol: call.protocol, streamed },
    }),
  )
  return { ...asked, running, promptTokensAtLeast: Math.ceil(bytes / BYTES_PER_TOKEN_MAX) }
}

export function identify(tokens: TokenBook, credentials: Credentials): Promise<TokenHolder> {
  return 'secret' in credentials
    ? tokens.authenticate(credentials.secret)
    : tokens.holderOf(credentials.userId, credentials.tokenId)
}

/**
 * The same for what generates nothing: it is not counted, but who may not call from there gets nothing, and what is left
 * of the minute is told. Errors: invalid_api_key, ip_not_allowed.
 */
export async function identifyAndTell(
  { tokens, limits }: Pick<AdmitOptions, 'tokens' | 'limits'>,
  { credentials, ip, onLimit }: Pick<Call, 'credentials' | 'ip' | 'onLimit'>,
): Promise<TokenHolder> {
  const holder = await identify(tokens, credentials)
  onLimit(await limits.peek(holder.tokenId, holder.requestsPerMinute))
  if (!isAllowedAddress(ip, holder.ipAllowList)) throw ipNotAllowed()
  return holder
}

/** Answers the prompt's tokens, estimated where nobody needed to count them. */
async function checkContext(
  { contextTokensMax }: TokenHolder,
  { model, body, bytes }: Asked & { bytes: number },
): Promise<number> {
  // No tokeniser makes more tokens than bytes: a short prompt needs none.
  if (contextTokensMax === null || bytes <= contextTokensMax) return Math.ceil(bytes / BYTES_PER_TOKEN)
  const counted = await countPrompt(model.tokenizer, body, contextTokensMax)
  if (counted.tokens > contextTokensMax) throw contextLengthExceeded(counted, contextTokensMax)
  return counted.tokens
}

/** min(max_tokens, the model's 90th percentile, default 1,000) for each answer asked for. */
function estimateOutput(lengths: AnswerLengths, model: CatalogModel, body: ChatBody): number {
  const asked = body.max_completion_tokens ?? body.max_tokens ?? Infinity
  return Math.min(asked, lengths.usual(model.id)) * ((body.n as number | undefined) ?? 1)
}
