import type { CatalogModel } from '../catalog/catalog.ts'
import type { TokenUsage } from '../ledger/billing.ts'
import type { ChatBody } from './body.ts'
import { promptBytes } from './tokenizer.ts'

/** What a provider puts around a prompt, in LLM tokens: its chat template, instructions of its own. */
const AROUND_PROMPT_MAX = 4_096
/** What a model may think for one answer without showing it. */
const HIDDEN_MAX = 131_072
/** What stands around one answer: its marks, the names of its parts. */
const AROUND_ANSWER_MAX = 16

interface Exchange {
  model: CatalogModel
  body: ChatBody
  /** What the upstream answered. */
  text: string
}

/**
 * Can an upstream's count be one of this exchange? No tokeniser makes more of a text than a token a byte, no model reads or
 * writes more than its context, and beyond `max_tokens` there are only thoughts.
 */
export const isPossible = (usage: TokenUsage, exchange: Exchange): boolean =>
  isPossiblePrompt(usage, exchange) && isPossibleAnswer(usage, exchange)

function isPossiblePrompt({ promptTokens }: TokenUsage, { model, body }: Exchange): boolean {
  if (promptTokens > (model.contextLength ?? Infinity)) return false
  const ofText = promptTokens - AROUND_PROMPT_MAX
  return (
    ofText <= 0 || ofText <= promptBytes(body) || readsMore(body) || ofText <= bytesOf(JSON.stringify(body))
  )
}

function isPossibleAnswer(
  { completionTokens, reasoningTokens }: TokenUsage,
  { model, body, text }: Exchange,
): boolean {
  const answers = (body.n as number | null | undefined) ?? 1
  const asked = body.max_completion_tokens ?? body.max_tokens ?? Infinity
  const shown = bytesOf(text) + AROUND_ANSWER_MAX * answers
  const said = completionTokens - (reasoningTokens ?? 0)
  return (
    completionTokens <= (model.contextLength ?? Infinity) * answers &&
    completionTokens <= shown + HIDDEN_MAX * answers &&
    (said <= shown || said <= (asked + AROUND_ANSWER_MAX) * answers)
  )
}

/** A prompt whose bytes do not bound it: pictures and the like by their address, and what the provider looks up itself. */
function readsMore({ messages, tools, ...rest }: ChatBody): boolean {
  const isText = (part: unknown) => (part as { type?: unknown } | null)?.type === 'text'
  const isFunction = (tool: unknown) => (tool as { type?: unknown } | null)?.type === 'function'
  return (
    messages.some(({ content }) => Array.isArray(content) && !content.every(isText)) ||
    (Array.isArray(tools) && !tools.every(isFunction)) ||
    Object.keys(rest).some((field) => /search|plugin/i.test(field))
  )
}

const bytesOf = (text: string) => Buffer.byteLength(text)
