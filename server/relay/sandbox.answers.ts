import { newId } from '../platform/ids.ts'

/** What the sandbox understands of a request, and what it answers: the same to the same, and it says what it is. */
export interface SandboxRequest {
  model: string
  messages: { role: string; content?: unknown }[]
  stream?: boolean
  stream_options?: { include_usage?: boolean }
  max_tokens?: number
  max_completion_tokens?: number
  tools?: { function?: { name: string; parameters?: { properties?: Record<string, { type?: string }> } } }[]
  tool_choice?: unknown
}

export interface Answer {
  id: string
  /** Pieces, each of about one LLM token. */
  content: string[]
  reasoning: string[]
  toolCalls: ToolCall[] | undefined
  finishReason: 'stop' | 'length' | 'tool_calls'
  usage: object
}

export interface ToolCall {
  id: string
  type: 'function'
  function: { name: string; arguments: string }
}

const QUOTE_MAX = 200
/** Models that think aloud first. */
const THINKING = /-r1$|reason|think/

export function answerTo(request: SandboxRequest): Answer {
  const { messages, model } = request
  const last = messages.at(-1)
  const prompt = textOf(messages.findLast(({ role }) => role === 'user')?.content)
  const promptTokens = messages.reduce((sum, { content }) => sum + pieces(textOf(content)).length + 4, 0)
  const toolCalls = last?.role === 'tool' ? undefined : toolCallFor(request, prompt)
  const reasoning = THINKING.test(model)
    ? pieces('The sandbox does not think; it repeats what it was told. ')
    : []
  const full = toolCalls ? [] : pieces(sentence(request, prompt))
  const max = (request.max_completion_tokens ?? request.max_tokens ?? Infinity) - reasoning.length
  const content = full.slice(0, Math.max(0, max))
  const completionTokens =
    reasoning.length + content.length + (toolCalls ? pieces(JSON.stringify(toolCalls)).length : 0)
  return {
    id: `chatcmpl-sandbox-${newId()}`,
    content,
    reasoning,
    toolCalls,
    finishReason: toolCalls ? 'tool_calls' : content.length < full.length ? 'length' : 'stop',
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: reasoning.length },
    },
  }
}

function sentence({ messages, model }: SandboxRequest, prompt: string): string {
  const last = messages.at(-1)
  if (last?.role === 'tool')
    return `The sandbox called the tool, which answered: ${quote(textOf(last.content))}`
  return (
    `Hello! This is the PingToken sandbox speaking for ${model}: no provider is connected yet, so nobody ` +
    `thinks here. You said: ${quote(prompt)}`
  )
}

/** A tool is called when the prompt names one, or when the caller insists on one. */
function toolCallFor({ tools, tool_choice }: SandboxRequest, prompt: string): ToolCall[] | undefined {
  if (!tools || tool_choice === 'none') return undefined
  const named = tools.find((tool) => tool.function && prompt.includes(tool.function.name))
  const insisted = tool_choice === 'required' || typeof tool_choice === 'object' ? tools[0] : undefined
  const tool = (named ?? insisted)?.function
  if (!tool) return undefined
  const properties = Object.entries(tool.parameters?.properties ?? {})
  const values = properties.map(([name, { type }]) => [
    name,
    type === 'string' ? quoteWord(prompt) : sample(type),
  ])
  const call = { name: tool.name, arguments: JSON.stringify(Object.fromEntries(values)) }
  return [{ id: `call_${newId().replaceAll('-', '').slice(0, 24)}`, type: 'function', function: call }]
}

function sample(type: string | undefined): unknown {
  if (type === 'number' || type === 'integer') return 1
  if (type === 'boolean') return true
  if (type === 'array') return []
  return type === 'object' ? {} : ''
}

/** The first thing in quotes, else the last word: enough to name a file or a city. */
const quoteWord = (prompt: string) =>
  /["'`]([^"'`]+)["'`]/.exec(prompt)?.[1] ?? prompt.split(/\s+/).at(-1) ?? ''

const quote = (text: string) => `“${text.length > QUOTE_MAX ? `${text.slice(0, QUOTE_MAX)}…` : text}”`

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return (content as { text?: unknown }[]).map(({ text }) => (typeof text === 'string' ? text : '')).join('')
}

/** Words with the blanks before them, CJK characters one by one, long words in parts: about an LLM token each. */
const pieces = (text: string): string[] =>
  text.match(/\s*[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|\s*[^\s\p{Script=Han}]{1,8}|\s+/gu) ??
  []

export const tokensIn = (text: string) => pieces(text).length
