/**
 * How hard a model is asked to think. Every tool says it in words of its own: `reasoning_effort` (chat completions),
 * `thinking.budget_tokens` and `output_config.effort` (Messages), `reasoning.effort` (Responses), and so does every
 * provider. The doors say `reasoning`; which words a provider is sent is decided once a channel is known, because
 * the same model may be had from several of them.
 */
/** `auto`: to think, as hard as the provider finds right. */
export type Effort = 'none' | 'auto' | 'low' | 'medium' | 'high' | 'max'

export interface Thinking {
  effort: Effort
  /** At most so many LLM tokens of reasoning, where the caller named a number. */
  budget?: number
}

type Body = Record<string, unknown>

interface Dialect {
  /** The field by which a caller shows that it knows this provider's words: they go on as they are. */
  own: (upstreamModel: string) => 'enable_thinking' | 'thinking'
  /** Whether `reasoning_effort` means something here; where it does not, some answer 400 to it. */
  effort: boolean
  /** Whether a number of tokens is understood. */
  budget: boolean
}

const enableThinking = () => 'enable_thinking' as const
const thinking = () => 'thinking' as const
/** Qianfan serves other makers' models beside its own, and switches each as its maker does. */
const byMaker = (upstreamModel: string) =>
  /^(deepseek|kimi|glm)/i.test(upstreamModel) ? 'thinking' : 'enable_thinking'

/** What is not in the table takes OpenAI's `reasoning_effort`. */
const DIALECTS: Record<string, Dialect> = {
  alibaba: { own: enableThinking, effort: false, budget: true },
  baidu: { own: byMaker, effort: false, budget: false },
  deepseek: { own: thinking, effort: true, budget: false },
  moonshot: { own: thinking, effort: false, budget: false },
  zhipu: { own: thinking, effort: false, budget: false },
  bytedance: { own: thinking, effort: true, budget: false },
  iflytek: { own: thinking, effort: false, budget: false },
}

/** Rewrites what a body asks about thinking into the provider's words; a body that asks nothing stays as it is. */
export function askToThink(
  body: Body,
  { providerId, upstreamModel }: { providerId: string; upstreamModel: string },
): void {
  const asked = thinkingIn(body)
  const dialect = DIALECTS[providerId]
  // Nobody but the doors and OpenRouter's clients has this word.
  if (isObject(body.reasoning)) delete body.reasoning
  if (!asked) return
  if (!dialect) return askInOpenAiWords(body, asked)
  const own = dialect.own(upstreamModel)
  if (body[own] !== undefined && !isForeign(body[own])) return
  delete body.enable_thinking
  delete body.thinking
  const thinks = asked.effort !== 'none'
  if (own === 'enable_thinking') body.enable_thinking = thinks
  else body.thinking = { type: thinks ? 'enabled' : 'disabled' }
  if (dialect.budget && asked.budget !== undefined) body.thinking_budget ??= asked.budget
  if (!dialect.effort || !thinks) delete body.reasoning_effort
  else if (asked.effort !== 'auto') body.reasoning_effort ??= effortWord(asked.effort, providerId)
}

/** Most have no word for not thinking: they are asked nothing. */
function askInOpenAiWords(body: Body, { effort }: Thinking): void {
  if (effort === 'none') delete body.reasoning_effort
  else body.reasoning_effort ??= effortWord(effort, undefined)
}

function effortWord(effort: Effort, providerId: string | undefined): string {
  if (effort === 'auto') return 'medium'
  return effort === 'max' && providerId !== 'deepseek' ? 'high' : effort
}

/** Anthropic's object has a budget or is adaptive: nobody's own words here. */
const isForeign = (value: unknown) =>
  isObject(value) && (value.budget_tokens !== undefined || value.type === 'adaptive')

function thinkingIn(body: Body): Thinking | undefined {
  const { reasoning, enable_thinking: enabled } = body
  if (isObject(reasoning)) {
    const { effort, max_tokens: budget, enabled: on } = reasoning
    if (on === false) return { effort: 'none' }
    return thinkingOf(effortOf(effort) ?? (on === true ? 'auto' : undefined), budget)
  }
  const effort = effortOf(body.reasoning_effort)
  if (effort) return { effort }
  if (isObject(body.thinking)) return thinkingOfMessages(body.thinking, undefined)
  if (typeof enabled !== 'boolean') return undefined
  return thinkingOf(enabled ? 'auto' : 'none', body.thinking_budget)
}

function thinkingOf(effort: Effort | undefined, budget: unknown): Thinking | undefined {
  const counted = Number.isSafeInteger(budget) && (budget as number) > 0 ? (budget as number) : undefined
  if (effort === 'none') return { effort }
  if (counted === undefined) return effort && { effort }
  return { effort: effort && effort !== 'auto' ? effort : effortOfBudget(counted), budget: counted }
}

const LOW_BUDGET = 4_000
const MEDIUM_BUDGET = 16_000

const effortOfBudget = (budget: number): Effort =>
  budget <= LOW_BUDGET ? 'low' : budget <= MEDIUM_BUDGET ? 'medium' : 'high'

/** Anthropic's `thinking` and `output_config.effort`. */
export function thinkingOfMessages(asked: unknown, effort: unknown): Thinking | undefined {
  const { type, budget_tokens: budget } = isObject(asked) ? asked : {}
  if (type === 'disabled') return { effort: 'none' }
  const word = effortOf(effort)
  if (type !== 'enabled') return word && { effort: word }
  return thinkingOf(word, budget) ?? { effort: 'auto' }
}

/** OpenAI's words, and those that newer clients add to them. */
export function effortOf(effort: unknown): Effort | undefined {
  switch (effort) {
    case 'none':
    case 'auto':
    case 'low':
    case 'medium':
    case 'high':
    case 'max':
      return effort
    case 'minimal':
      return 'low'
    case 'xhigh':
      return 'high'
    default:
      return undefined
  }
}

/** As the doors say it to the relay. */
export const reasoningField = (asked: Thinking | undefined) =>
  asked && { effort: asked.effort, max_tokens: asked.budget }

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
