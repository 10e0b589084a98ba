import { invalidField } from '../../platform/errors.ts'
import { defined, isObject, type Json, objects, string } from './json.ts'
import { reasoningField, thinkingOfMessages } from '../reasoning.ts'

/**
 * An Anthropic Messages request as chat completions says it. Dropped by rule, because chat completions has no word for
 * it: prompt-cache marks, server-side tools (web search …), `context_management`, `metadata`, `top_k` where null.
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
  return {
    model,
    messages: [
      ...systemOf(body.system),
      ...objects(body.messages, 'messages').flatMap((message, i) => messageOf(message, `messages[${i}]`)),
    ],
    stream: body.stream === true,
    ...(body.stream === true && { stream_options: { include_usage: true } }),
    ...defined({
      max_tokens: body.max_tokens,
      temperature: body.temperature,
      top_p: body.top_p,
      stop: body.stop_sequences,
      tools: tools.length > 0 ? tools : undefined,
      tool_choice: tools.length > 0 ? toolChoiceOf(body.tool_choice) : undefined,
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

function systemOf(system: unknown): Json[] {
  if (system === undefined || system === null) return []
  if (typeof system === 'string') return system === '' ? [] : [{ role: 'system', content: system }]
  const text = objects(system, 'system')
    .map((block, i) => string(block.text, `system[${i}].text`))
    .filter((part) => !part.startsWith(BILLING_HEADER))
    .join('\n\n')
  return text === '' ? [] : [{ role: 'system', content: text }]
}

function messageOf(message: Json, at: string): Json[] {
  const { role, content } = message
  if (role !== 'user' && role !== 'assistant' && role !== 'system')
    throw invalidField(`${at}.role`, `${at}.role must be user, assistant or system.`)
  if (typeof content === 'string') return [{ role, content }]
  const blocks = objects(content, `${at}.content`)
  if (role === 'assistant') return [assistantOf(blocks)]
  const parts = blocks.flatMap((block) => partOf(block))
  const results = blocks.filter(({ type }) => type === 'tool_result').map(resultOf)
  // What tools answered comes right after the call that asked for it.
  return [
    ...results.map(({ message: result }) => result),
    ...results.flatMap(({ images }) => (images.length > 0 ? [{ role: 'user', content: images }] : [])),
    ...(parts.length > 0 ? [{ role, content: role === 'system' ? textIn(parts) : parts }] : []),
  ]
}

const textIn = (parts: Json[]) => parts.map(({ text }) => text ?? '').join('\n')

function partOf(block: Json): Json[] {
  if (block.type === 'text') return [{ type: 'text', text: block.text }]
  if (block.type === 'image') return [imageOf(block)]
  if (block.type === 'document' && isObject(block.source) && block.source.type === 'text')
    return [{ type: 'text', text: block.source.data }]
  return []
}

function imageOf({ source }: Json): Json {
  const { type, media_type: mediaType, data, url } = (source ?? {}) as Record<string, string>
  return { type: 'image_url', image_url: { url: type === 'url' ? url : `data:${mediaType};base64,${data}` } }
}

function resultOf({ tool_use_id: id, content, is_error: isError }: Json) {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : objects(content, 'content')
  const text = blocks
    .flatMap((block) =>
      block.type === 'text'
        ? [block.text]
        : block.type === 'tool_reference'
          ? [`Tool: ${block.tool_name}`]
          : [],
    )
    .join('\n')
  const images = blocks.filter(({ type }) => type === 'image').map(imageOf)
  const told = isError === true ? `Error: ${text}` : text
  return { message: { role: 'tool', tool_call_id: id, content: told } as Json, images }
}

function assistantOf(blocks: Json[]): Json {
  const of = (type: string) => blocks.filter((block) => block.type === type)
  const text = of('text').map((block) => block.text)
  const thinking = of('thinking').map((block) => block.thinking)
  const calls = of('tool_use').map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input ?? {}) },
  }))
  return {
    role: 'assistant',
    content: text.length > 0 ? text.join('') : null,
    // Some providers refuse the second turn of a tool loop without it.
    ...(thinking.length > 0 && { reasoning_content: thinking.join('\n') }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

/** Server-side tools have a type of their own and no schema: nobody here could run them. */
function toolsOf(tools: unknown): Json[] {
  return objects(tools, 'tools')
    .filter(({ type }) => type === undefined || type === null || type === 'custom')
    .map(({ name, description, input_schema: schema }, i) => ({
      type: 'function',
      function: defined({ name: string(name, `tools[${i}].name`), description, parameters: schema }),
    }))
}

function toolChoiceOf(choice: unknown): unknown {
  if (!isObject(choice)) return undefined
  switch (choice.type) {
    case 'any':
      return 'required'
    case 'none':
      return 'none'
    case 'tool':
      return { type: 'function', function: { name: choice.name } }
    default:
      return 'auto'
  }
}
