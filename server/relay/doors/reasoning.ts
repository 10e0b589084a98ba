import type { Json } from './json.ts'

export type Effort = 'none' | 'low' | 'medium' | 'high'

type Dialect = (effort: Effort) => Json

const switchable: Dialect = (effort) => ({ thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } })

/** How each provider is asked to think; what is not in the table takes OpenAI's word for it. */
const DIALECTS: Record<string, Dialect> = {
  alibaba: (effort) => ({ enable_thinking: effort !== 'none' }),
  baidu: (effort) => ({ enable_thinking: effort !== 'none' }),
  deepseek: switchable,
  moonshot: switchable,
  zhipu: switchable,
  bytedance: switchable,
}

/** The fields that ask this provider's models to think so hard. */
export function reasoningFields(providerId: string | undefined, effort: Effort | undefined): Json {
  if (!effort) return {}
  const dialect = providerId === undefined ? undefined : DIALECTS[providerId]
  if (dialect) return dialect(effort)
  return effort === 'none' ? {} : { reasoning_effort: effort }
}

const LOW_BUDGET = 4_000
const MEDIUM_BUDGET = 16_000

/** Anthropic's `thinking` and `output_config.effort`. */
export function effortOfThinking(thinking: unknown, effort: unknown): Effort | undefined {
  const { type, budget_tokens: budget } = (thinking ?? {}) as { type?: string; budget_tokens?: number }
  if (type === 'disabled') return 'none'
  const asked = effortOf(effort)
  if (asked) return asked
  if (type !== 'enabled') return undefined
  if (typeof budget !== 'number') return 'medium'
  return budget <= LOW_BUDGET ? 'low' : budget <= MEDIUM_BUDGET ? 'medium' : 'high'
}

/** OpenAI's words, and those that newer clients add to them. */
export function effortOf(effort: unknown): Effort | undefined {
  switch (effort) {
    case 'none':
      return 'none'
    case 'minimal':
    case 'low':
      return 'low'
    case 'medium':
      return 'medium'
    case 'high':
    case 'xhigh':
    case 'max':
      return 'high'
    default:
      return undefined
  }
}
