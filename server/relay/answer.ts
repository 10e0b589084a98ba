import type { CatalogChannel } from '../catalog/catalog.ts'
import type { Settled, TokenUsage } from '../ledger/billing.ts'
import type { DomainError } from '../platform/errors.ts'
import type { Language } from '../platform/language.ts'
import { formatCny } from '../platform/money.ts'

/** What the relay itself adds to an answer of chat completions. */
export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

export const sandboxHeader = ({ sandbox }: CatalogChannel): Record<string, string> =>
  sandbox ? { 'x-pingtoken-sandbox': 'true' } : {}

/** The last event of a stream that broke: no choices, no [DONE], so that no client takes it for an end. */
export function errorEvent(fault: DomainError, language: Language): string {
  const { code, kind, detail } = fault
  const message = fault.messageIn(language)
  const error = { message, type: STREAM_ERROR_TYPES[kind] ?? 'api_error', code, param: detail.param ?? null }
  return `data: ${JSON.stringify({ error })}\n\n`
}

const STREAM_ERROR_TYPES: Partial<Record<DomainError['kind'], string>> = {
  unavailable: 'overloaded_error',
}

/** Usage as OpenAI's clients read it, with what the request cost in CNY as a JSON number; the receipt is exact. */
export function withCost(
  { promptTokens, completionTokens, cachedTokens, reasoningTokens }: TokenUsage,
  { cost }: Settled,
) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens !== null && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoningTokens !== null && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
    cost: Number(formatCny(cost)),
  }
}

/** The chunk with usage and without choices, for those who asked for it. */
export function usageChunk(model: string, id: string, usage: object): string {
  const created = Math.floor(Date.now() / 1_000)
  const chunk = { id, object: 'chat.completion.chunk', created, model, choices: [], usage }
  return `data: ${JSON.stringify(chunk)}\n\n`
}
