import type { CatalogModel } from '../catalog/catalog.ts'
import type { Receipt } from '../ledger/statement.ts'
import { isId } from '../platform/ids.ts'
import { formatCny, type MicroPerMillion, PPM_ONE } from '../platform/money.ts'
import type { TokenHolder } from '../tokens/token.book.ts'
import { readUsage, shownAttempts, type UsageRecord } from '../usage/usage.ts'
import { findModel, mayUse } from './admit.ts'
import { generationNotFound } from './relay.errors.ts'
import type { RelayParts } from './relay.ts'

/** GET /models: only what the token may use, in the shape the caller's SDK reads. */
export function modelsOf({ catalog }: RelayParts, holder: TokenHolder, dialect: 'openai' | 'anthropic') {
  const models = catalog.models().filter((model) => mayUse(holder, model))
  if (dialect === 'openai') return { object: 'list', data: models.map((model) => openAiModel(model, holder)) }
  const data = models.map(({ id, displayName, createdAt }) => {
    return { type: 'model', id, display_name: displayName, created_at: createdAt.toISOString() }
  })
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}

/** Errors: model_not_found, model_not_allowed. */
export const modelOf = ({ catalog }: RelayParts, holder: TokenHolder, id: string) =>
  openAiModel(findModel(catalog, holder, id), holder)

/** GET /key: what this API token may do, and has spent of quota and wallet in the periods that run now. */
export async function keyOf({ limits, spendCaps }: RelayParts, holder: TokenHolder) {
  const spends = await spendCaps.spentBy(holder)
  const { remaining } = await limits.peek(holder.tokenId, holder.requestsPerMinute)
  return {
    data: {
      id: holder.tokenId,
      models: [...holder.models],
      requests_per_minute: holder.requestsPerMinute,
      requests_remaining: Math.max(0, remaining),
      tokens_per_minute: holder.tokensPerMinute,
      concurrency: holder.concurrency,
      context_tokens_max: holder.contextTokensMax,
      ip_allow_list: holder.ipAllowList,
      currency: 'CNY',
      spend: Object.fromEntries(
        spends.map(({ period, spent, cap, resetsAt }) => [
          period,
          {
            spent: formatCny(spent),
            cap: cap === null ? null : formatCny(cap),
            resets_at: resetsAt.toISOString(),
          },
        ]),
      ),
    },
  }
}

/** GET /credits: the three pools, in the order in which requests use them. */
export async function creditsOf({ billing }: RelayParts, { userId }: TokenHolder) {
  const { bonusTokens, quota, wallet } = await billing.balances(userId)
  return {
    data: {
      currency: 'CNY',
      bonus_tokens: bonusTokens.toString(),
      quota: formatCny(quota),
      wallet: formatCny(wallet),
    },
  }
}

/** GET /generation?id=: a request's receipt. Someone else's does not exist. Errors: generation_not_found. */
export async function receiptFor({ billing, sql }: RelayParts, { userId }: TokenHolder, id: string) {
  const receipt = isId(id) ? await billing.receiptOf(id) : undefined
  if (!receipt || receipt.accountId !== userId) throw generationNotFound()
  const record = await readUsage(sql, userId, id)
  return { data: { ...shownReceipt(receipt), ...(record && shownCourse(record)) } }
}

/** How a request went; routes have letters instead of names. */
const shownCourse = ({
  status,
  errorCode,
  protocol,
  streamed,
  ttftMs,
  durationMs,
  attempts,
}: UsageRecord) => ({
  status,
  error_code: errorCode,
  protocol,
  streamed,
  ttft_ms: ttftMs,
  duration_ms: durationMs,
  attempts: shownAttempts(attempts).map(({ route, outcome, status: answered, durationMs: ms }) => {
    return { route, outcome, status: answered, duration_ms: ms }
  }),
})

/** Prices in CNY per LLM token, amounts in CNY: exact decimal strings. */
function shownReceipt(receipt: Receipt) {
  const count = (tokens: bigint | null) => (tokens === null ? null : Number(tokens))
  return {
    id: receipt.requestId,
    model: receipt.modelId,
    created_at: receipt.admittedAt.toISOString(),
    settled_at: receipt.settledAt.toISOString(),
    tokens_prompt: count(receipt.promptTokens),
    tokens_cached: count(receipt.cachedTokens),
    tokens_completion: count(receipt.completionTokens),
    tokens_reasoning: count(receipt.reasoningTokens),
    usage_source: receipt.source,
    price_version: receipt.priceVersionId,
    prices: {
      currency: 'CNY',
      prompt: perToken(receipt.inputPrice, PPM_ONE),
      cached: receipt.cachedInputPrice === null ? null : perToken(receipt.cachedInputPrice, PPM_ONE),
      completion: perToken(receipt.outputPrice, PPM_ONE),
    },
    discount_ppm: Number(receipt.discountPpm),
    rounding: 'half up to 1e-9 CNY, once per request',
    total_cost: formatCny(receipt.cost),
    not_charged_because: receipt.notCharged,
    pools: receipt.legs.map(({ pool, tokens, money }) => ({
      pool,
      tokens: count(tokens),
      cost: formatCny(money),
    })),
  }
}

/** OpenAI's shape with OpenRouter's additions; prices are CNY per LLM token, as decimal strings. */
function openAiModel(model: CatalogModel, holder: TokenHolder) {
  const discount = holder.discountPpm(model.id)
  const { input, cachedInput, output } = model.price
  return {
    id: model.id,
    object: 'model',
    created: Math.floor(model.createdAt.getTime() / 1_000),
    owned_by: model.provider.id,
    name: model.displayName,
    description: model.description,
    context_length: model.contextLength,
    pricing: {
      currency: 'CNY',
      prompt: perToken(input, discount),
      completion: perToken(output, discount),
      ...(cachedInput !== null && { input_cache_read: perToken(cachedInput, discount) }),
    },
    top_provider: { context_length: model.contextLength, max_completion_tokens: model.maxOutputTokens },
    supported_parameters: ['temperature', 'top_p', 'max_tokens', 'stop', 'stream', ...toolParameters(model)],
  }
}

const toolParameters = ({ capabilities }: CatalogModel) =>
  capabilities.includes('tools') ? ['tools', 'tool_choice'] : []

/** Pico-CNY × ppm is attoscale: 18 decimals say it exactly. */
function perToken(price: MicroPerMillion, discountPpm: bigint): string {
  const digits = (price * discountPpm).toString().padStart(19, '0')
  const text = `${digits.slice(0, -18)}.${digits.slice(-18)}`
  return text.replace(/\.?0+$/, '')
}
