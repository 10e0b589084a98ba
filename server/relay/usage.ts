import type { TokenUsage } from '../ledger/billing.ts'

/** More than any model reads or answers; a number above it is a fault of the upstream, not a bill. */
const TOKENS_MAX = 10_000_000

/**
 * Reads an upstream's `usage` in every dialect we know. Undefined when it is missing or absurd: negative,
 * fractional, text, no prompt at all. Then we count ourselves.
 */
export function readUsage(usage: unknown): TokenUsage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const given = usage as Record<string, unknown>
  const promptTokens = given.prompt_tokens
  const completionTokens = given.completion_tokens
  if (!isCount(promptTokens) || !isCount(completionTokens) || promptTokens === 0) return undefined

  const prompt = given.prompt_tokens_details as Record<string, unknown> | undefined
  const completion = given.completion_tokens_details as Record<string, unknown> | undefined
  // OpenAI and Qwen; DeepSeek; Moonshot.
  const cached = [prompt?.cached_tokens, given.prompt_cache_hit_tokens, given.cached_tokens].find(isCount)
  const reasoning = completion?.reasoning_tokens
  return {
    promptTokens,
    completionTokens,
    cachedTokens: cached !== undefined && cached <= promptTokens ? cached : null,
    reasoningTokens: isCount(reasoning) && reasoning <= completionTokens ? reasoning : null,
  }
}

/**
 * The same for what has a prompt alone. `textBytes`: of the prompt; no tokeniser makes more of a text than a token a byte,
 * so that a number above it is no count of this prompt.
 */
export function readPromptUsage(usage: unknown, textBytes: number): TokenUsage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const { prompt_tokens: promptTokens } = usage as Record<string, unknown>
  if (!isCount(promptTokens) || promptTokens === 0 || promptTokens > textBytes) return undefined
  return { promptTokens, cachedTokens: null, completionTokens: 0, reasoningTokens: null }
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= TOKENS_MAX
