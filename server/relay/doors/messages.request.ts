import { invalidField } from '../../platform/errors.ts'
import { defined, flag, isObject, type Json, objects, string } from './json.ts'
import { partOf, resultOf } from './messages.blocks.ts'
import { ToolTurns } from './tool-turns.ts'
import { reasoningField, thinkingOfMessages } from '../reasoning.ts'

/**
 * An Anthropic Messages request as chat completions says it. Dropped by rule, because chat completions has no word for
 * it: prompt-cache marks, server-side tools (web search …) and their traces, hidden thinking, signatures,
 * `context_management`, `metadata`, `top_k`.
 * Errors: invalid_request.
 */
export function chatOfMessages(body: Json): Json {
  const model = string(body.model, 'model')
  if (!Number.isSafeInteger(body.max_tokens) || (body.max_tokens as number) < 1)
    throw invalidField('max_tokens', 'max_tokens must be a whole number of at least 1.')
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    throw invalidField('messages', 'messages must be an array with at least one message.')
  const config = isObject(body.output_config) ? body.output_config : {}
  const tools = toolsOf(body.tools)
  const toolChoice = toolChoiceOf(body.tool_choice)
  const streamed = flag(body.stream, 'stream')
  return {
    model,
    messages: [...systemOf(body.system), ...messagesOf(objects(body.messages, 'messages'))],
    stream: streamed,
    ...(streamed && { stream_options: { include_usage: true } }),
    ...defined({
      max_tokens: body.max_tokens,
      temperature: body.temperature,
      top_p: body.top_p,
      stop: stopsOf(body.stop_sequences),
      tools: tools.length > 0 ? tools : undefined,
      tool_choice: tools.length > 0 ? toolChoice : undefined,
      parallel_tool_calls:
        isObject(body.tool_choice) && body.tool_choice.disable_parallel_tool_use === true ? false : undefined,
      response_format: formatOf(config.format),
      reasoning: reasoningField(thinkingOfMessages(body.thinking, config.effort)),
    }),
  }
}

function formatOf(format: unknown): Json | undefined {
  if (!isObject(format) || format.type !== 'json_schema') return undefined
  return { type: 'json_schema', json_schema: { name: 'answer', schema: format.schema } }
}

/** Claude Code's first block changes with every build: it would spoil every prompt cache and says nothing. */
const BILLING_HEADER = 'x-anthropic-billing-header:'

function systemOf(system: unknown, at = 'system'): Json[] {
  if (system === undefined || system === null) return []
  if (typeof system === 'string') return system === '' ? [] : [{ role: 'system', content: system }]
  const text = objects(system, at)
    .map((block, i) => string(block.text, `${at}[${i}].text`))
    .filter((part) => !part.startsWith(BILLING_HEADER))
    .join('\n\n')
  return text === '' ? [] : [{ role: 'system', content: text }]
}

function messagesOf(given: Json[]): Json[] {
  const turns = new ToolTurns()
  const messages = given.flatMap((message, i) =>
    messageOf(message, { turns, at: `messages[${i}]`, isLast: i === given.length - 1 }),
  )
  return turns.arranged(messages)
}

interface Place {
  turns: ToolTurns
  at: string
  isLast: boolean
}

function messageOf({ role, content }: Json, { turns, at, isLast }: Place): Json[] {
  if (role !== 'user' && role !== 'assistant' && role !== 'system')
    throw invalidField(`${at}.role`, `${at}.role must be user, assistant or system.`)
  const blocks = typeof content === 'string' ? content : objects(content, `${at}.content`)
  if (blocks.length === 0) {
    if (role === 'assistant' && isLast) return []
    throw invalidField(`${at}.content`, `${at}.content must not be empty.`)
  }
  if (typeof blocks === 'string') return [{ role, content: blocks }]
  if (role === 'system')
    return systemOf(
      blocks.filter(({ type }) => type === 'text'),
      `${at}.content`,
    )
  return role === 'assistant' ? assistantOf(blocks, { turns, at }) : userOf(blocks, { turns, at })
}

function userOf(blocks: Json[], { turns, at }: Omit<Place, 'isLast'>): Json[] {
  const images: Json[] = []
  const parts: Json[] = []
  for (const [i, block] of blocks.entries()) {
    const here = `${at}.content[${i}]`
    if (block.type === 'text' && block.text === '')
      throw invalidField(`${here}.text`, `${here}.text must not be empty.`)
    if (block.type !== 'tool_result') parts.push(partOf(block, here))
    else {
      const { text, images: seen } = resultOf(block, here)
      turns.result(string(block.tool_use_id, `${here}.tool_use_id`), text, `${here}.tool_use_id`)
      images.push(...seen)
    }
  }
  return [images, parts].filter(({ length }) => length > 0).map((said) => ({ role: 'user', content: said }))
}

/** What Anthropic's own servers did or hid in a turn: another model can make nothing of it. */
const isForeign = (type: unknown) =>
  ['redacted_thinking', 'server_tool_use', 'mcp_tool_use'].includes(String(type)) ||
  String(type).endsWith('_tool_result')

function assistantOf(blocks: Json[], { turns, at }: Omit<Place, 'isLast'>): Json[] {
  const turn: Json = { role: 'assistant', content: null }
  const thoughts: string[] = []
  for (const [i, block] of blocks.entries()) {
    const here = `${at}.content[${i}]`
    if (block.type === 'text') turn.content = `${turn.content ?? ''}${string(block.text, `${here}.text`)}`
    else if (block.type === 'thinking') thoughts.push(string(block.thinking, `${here}.thinking`))
    else if (block.type === 'tool_use') turns.call(turn, callOf(block, here), `${here}.id`)
    else if (!isForeign(block.type))
      throw invalidField(`${here}.type`, `${here}.type must be text, thinking or tool_use.`)
  }
  // Some providers refuse the second turn of a tool loop without it.
  if (thoughts.length > 0) turn.reasoning_content = thoughts.join('\n')
  return Object.keys(turn).length > 2 || turn.content !== null ? [turn] : []
}

/** A call of a tool, as the model made it. Errors: invalid_request. */
export function callOf({ id, name, input }: Json, at: string) {
  if (input !== undefined && input !== null && !isObject(input))
    throw invalidField(`${at}.input`, `${at}.input must be an object.`)
  return {
    id: string(id, `${at}.id`),
    name: string(name, `${at}.name`),
    args: JSON.stringify(input ?? {}),
  }
}

/** Server-side tools have a type of their own and no schema: nobody here could run them. */
function toolsOf(tools: unknown): Json[] {
  return objects(tools, 'tools').flatMap(({ type, name, description, input_schema: schema }, i): Json[] => {
    if (type !== undefined && type !== null && type !== 'custom') return []
    if (schema !== undefined && !isObject(schema))
      throw invalidField(`tools[${i}].input_schema`, `tools[${i}].input_schema must be an object.`)
    const named = { name: string(name, `tools[${i}].name`), description, parameters: schema }
    return [{ type: 'function', function: defined(named) }]
  })
}

function toolChoiceOf(choice: unknown): unknown {
  if (choice === undefined || choice === null) return undefined
  switch (isObject(choice) ? choice.type : undefined) {
    case 'any':
      return 'required'
    case 'none':
      return 'none'
    case 'auto':
      return 'auto'
    case 'tool':
      return { type: 'function', function: { name: string((choice as Json).name, 'tool_choice.name') } }
    default:
      throw invalidField('tool_choice.type', 'tool_choice.type must be auto, any, tool or none.')
  }
}

/** Nothing to stop at is not an empty list: some providers refuse one. */
function stopsOf(sequences: unknown): string[] | undefined {
  if (sequences === undefined || sequences === null) return undefined
  if (!Array.isArray(sequences))
    throw invalidField('stop_sequences', 'stop_sequences must be an array of strings.')
  const stops = sequences.map((one, i) => string(one, `stop_sequences[${i}]`))
  return stops.length > 0 ? stops : undefined
}
