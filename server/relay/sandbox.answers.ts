import { newId } from '../platform/ids.ts'

/** What the sandbox understands of a request, and what it answers: the same to the same, and it says what it is. */
export interface SandboxRequest {
  model: string
  messages: Message[]
  stream?: boolean
  stream_options?: { include_usage?: boolean }
  /** How many answers; here they are all the same. */
  n?: number | null
  stop?: string | string[] | null
  max_tokens?: number
  max_completion_tokens?: number
  tools?: Tool[]
  tool_choice?: unknown
  reasoning_effort?: unknown
  enable_thinking?: unknown
  thinking?: unknown
}

interface Message {
  role: string
  content?: unknown
  tool_calls?: unknown
}

interface Tool {
  function?: { name: string; parameters?: { properties?: Record<string, { type?: string }> } }
}

export interface Answer {
  id: string
  choices: number
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
/** Models that think aloud first, asked or not. */
const THINKING = /-r1$|reason|think/

export function answerTo(request: SandboxRequest): Answer {
  const { messages, model } = request
  const { prompt, result } = turnOf(request)
  const promptTokens = messages.reduce((sum, { content }) => sum + pieces(textOf(content)).length + 4, 0)
  const toolCalls = result === undefined ? toolCallFor(request, prompt) : undefined
  const reasoning = thinks(request) ? pieces('The sandbox does not think; it repeats what it was told. ') : []
  const full = toolCalls ? [] : pieces(upTo(request.stop, sentence(model, prompt, result)))
  const max = (request.max_completion_tokens ?? request.max_tokens ?? Infinity) - reasoning.length
  const content = full.slice(0, Math.max(0, max))
  const choices = request.n ?? 1
  const reasoningTokens = choices * reasoning.length
  const completionTokens =
    reasoningTokens + choices * (content.length + (toolCalls ? pieces(JSON.stringify(toolCalls)).length : 0))
  return {
    id: `chatcmpl-sandbox-${newId()}`,
    choices,
    content,
    reasoning,
    toolCalls,
    finishReason: toolCalls ? 'tool_calls' : content.length < full.length ? 'length' : 'stop',
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    },
  }
}

function thinks({ model, reasoning_effort: effort, enable_thinking, thinking }: SandboxRequest): boolean {
  if (THINKING.test(model) || enable_thinking === true) return true
  if (typeof effort === 'string') return effort !== 'none'
  return (thinking as { type?: unknown } | null | undefined)?.type === 'enabled'
}

/**
 * What the answer is about: of what was said since the last answer, the prompt that names a tool and what the tool
 * answered, else the last prompt. Agents put reminders of their own behind both.
 */
function turnOf({ messages: all, tools }: SandboxRequest): { prompt: string; result: string | undefined } {
  const answered = all.findLastIndex(({ role, tool_calls: calls }) => role === 'assistant' && !calls)
  const messages = all.slice(answered + 1)
  const asking = messages.findLastIndex(
    ({ role, content }) => role === 'user' && toolNamedIn(textOf(content), tools) !== undefined,
  )
  const from = asking >= 0 ? asking : messages.findLastIndex(({ role }) => role === 'user')
  const result = messages.slice(from + 1).findLast(({ role }) => role === 'tool')
  return { prompt: textOf(messages[from]?.content), result: result && textOf(result.content) }
}

/** Up to the first of the texts that end an answer, without it. */
function upTo(stop: SandboxRequest['stop'], text: string): string {
  const ends = [stop ?? []].flat().map((end) => (end === '' ? -1 : text.indexOf(end)))
  return text.slice(0, Math.min(text.length, ...ends.filter((at) => at >= 0)))
}

function sentence(model: string, prompt: string, result: string | undefined): string {
  if (result !== undefined) return `The sandbox called the tool, which answered: ${quote(result)}`
  return (
    `Hello! This is the PingToken sandbox speaking for ${model}: no provider is connected yet, so nobody ` +
    `thinks here. You said: ${quote(prompt)}`
  )
}

/** “… the tool NAME”, or a prompt that begins “Call NAME” or “Use NAME”. */
const TOOL_NAMED = /(?:\btool|工具|^(?:please )?(?:call|use)|^请?(?:调用|使用|用))\s*[`"'“]?([\w.-]*\w)/gi

/** A bare name will not do: agents' own reminders are full of them. */
function toolNamedIn(prompt: string, tools: SandboxRequest['tools']): Tool | undefined {
  const named = [...prompt.matchAll(TOOL_NAMED)].map(([, name]) => name)
  return tools?.find((tool) => tool?.function && named.includes(tool.function.name))
}

/**
 * A tool is called when the prompt names one, or when the caller insists on one; with the first JSON object in the
 * prompt as its arguments: “Use the tool write_file with {"path": "a.txt"}”.
 */
function toolCallFor({ tools, tool_choice }: SandboxRequest, prompt: string): ToolCall[] | undefined {
  if (!tools || tool_choice === 'none') return undefined
  const named = toolNamedIn(prompt, tools)
  const insists = tool_choice === 'required' || (typeof tool_choice === 'object' && tool_choice !== null)
  const tool = (chosenFrom(tools, tool_choice) ?? named ?? (insists ? tools[0] : undefined))?.function
  if (!tool) return undefined
  const call = {
    name: tool.name,
    arguments: argumentsIn(prompt) ?? argumentsIn(unquoted(prompt)) ?? made(tool, prompt),
  }
  return [{ id: `call_${newId().replaceAll('-', '').slice(0, 24)}`, type: 'function', function: call }]
}

/** The one that `{ type: "function", function: { name } }` asks for. */
function chosenFrom(tools: Tool[], choice: unknown): Tool | undefined {
  const name = (choice as { function?: { name?: unknown } } | null | undefined)?.function?.name
  return name === undefined ? undefined : tools.find((tool) => tool?.function?.name === name)
}

function made({ parameters }: NonNullable<Tool['function']>, prompt: string): string {
  const properties = Object.entries(parameters?.properties ?? {})
  const values = properties.map(([name, { type }]) => [
    name,
    type === 'string' ? quoteWord(prompt) : sample(type),
  ])
  return JSON.stringify(Object.fromEntries(values))
}

/** OpenCode puts quotes around what has blanks, and strokes before those within. */
const unquoted = (prompt: string) => prompt.replaceAll('\\"', '"')

/** However many braces a prompt has. */
const BRACES_MAX = 50

/** The shortest text from the first brace on that is JSON. */
function argumentsIn(prompt: string): string | undefined {
  const start = prompt.indexOf('{"')
  if (start < 0) return undefined
  let end = start
  for (let i = 0; i < BRACES_MAX; i++) {
    end = prompt.indexOf('}', end + 1)
    if (end < 0) return undefined
    const text = prompt.slice(start, end + 1)
    if (isJson(text)) return text
  }
  return undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function sample(type: string | undefined): unknown {
  if (type === 'number' || type === 'integer') return 1
  if (type === 'boolean') return true
  if (type === 'array') return []
  return type === 'object' ? {} : ''
}

/** The first thing in quotes, else the last word: enough to name a file or a city. */
const quoteWord = (prompt: string) =>
  /["'`“]([^"'`“”]+)["'`”]/.exec(prompt)?.[1] ?? prompt.split(/\s+/).at(-1) ?? ''

const quote = (text: string) => `“${text.length > QUOTE_MAX ? `${text.slice(0, QUOTE_MAX)}…` : text}”`

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return (content as ({ text?: unknown } | null)[])
    .map((part) => (typeof part?.text === 'string' ? part.text : ''))
    .join('')
}

/** Words with the blanks before them, CJK characters one by one, long words in parts: about an LLM token each. */
const pieces = (text: string): string[] =>
  text.match(/\s*[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|\s*[^\s\p{Script=Han}]{1,8}|\s+/gu) ??
  []

export const tokensIn = (text: string) => pieces(text).length
