import { invalidField } from '../../platform/errors.ts'
import { defined, isObject, type Json, objects, string } from './json.ts'
import { effortOf, reasoningField } from '../reasoning.ts'

/** What the answer must remember of the question: how its tools were named. */
export interface ResponsesTools {
  /** Tools whose input is plain text, not JSON. */
  custom: Set<string>
  /** The namespace of a tool that was given in one. */
  namespaces: Map<string, string>
}

/**
 * An OpenAI Responses request as chat completions says it. Stateless: nothing is stored, so what refers to an earlier
 * response is refused. Dropped by rule: tools that only OpenAI can run (web search …), `include`, `prompt_cache_key`.
 * Errors: invalid_request.
 */
export function chatOfResponses(body: Json): { chat: Json; tools: ResponsesTools } {
  const model = string(body.model, 'model')
  for (const field of ['previous_response_id', 'conversation'])
    if (body[field] !== undefined && body[field] !== null)
      throw invalidField(
        field,
        `${field} is not served: responses are not stored. Send the whole conversation as input.`,
      )
  const remembered: ResponsesTools = { custom: new Set(), namespaces: new Map() }
  const tools = toolsOf(body.tools, remembered)
  const instructions =
    typeof body.instructions === 'string' ? [{ role: 'system', content: body.instructions }] : []
  const effort = effortOf(isObject(body.reasoning) ? body.reasoning.effort : undefined)
  const chat = {
    model,
    messages: [...instructions, ...messagesOf(body.input)],
    stream: body.stream === true,
    ...(body.stream === true && { stream_options: { include_usage: true } }),
    ...defined({
      max_tokens: body.max_output_tokens,
      temperature: body.temperature,
      top_p: body.top_p,
      tools: tools.length > 0 ? tools : undefined,
      tool_choice: tools.length > 0 ? toolChoiceOf(body.tool_choice) : undefined,
      parallel_tool_calls: tools.length > 0 ? body.parallel_tool_calls : undefined,
      response_format: formatOf(body.text),
      reasoning: effort && reasoningField({ effort }),
    }),
  }
  return { chat, tools: remembered }
}

/** Reasoning travels to the client and back in this field; it is the caller's own, so it is encoded, not sealed. */
export const encodeReasoning = (text: string) => Buffer.from(text, 'utf8').toString('base64')

function decodeReasoning({ encrypted_content: encoded, content, summary }: Json): string {
  if (typeof encoded === 'string') return Buffer.from(encoded, 'base64').toString('utf8')
  return [...objects(content, 'content'), ...objects(summary, 'summary')]
    .map(({ text }) => text ?? '')
    .join('\n')
}

function messagesOf(input: unknown): Json[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  if (!Array.isArray(input) || input.length === 0)
    throw invalidField('input', 'input must be a text or an array with at least one item.')
  const messages: Json[] = []
  /** What the model said in one turn stands in one message: its reasoning, its words, its calls. */
  const assistant = (): Json => {
    const last = messages.at(-1)
    if (last?.role === 'assistant') return last
    messages.push({ role: 'assistant', content: null })
    return messages.at(-1)!
  }
  for (const [i, item] of objects(input, 'input').entries())
    addItem(item, { messages, assistant, at: `input[${i}]` })
  return messages
}

function addItem(
  item: Json,
  { messages, assistant, at }: { messages: Json[]; assistant: () => Json; at: string },
) {
  switch (item.type ?? 'message') {
    case 'message': {
      const role = string(item.role, `${at}.role`)
      const content = contentOf(item.content, at)
      if (role === 'assistant') assistant().content = textOf(content)
      else messages.push({ role: role === 'developer' ? 'system' : role, content })
      return
    }
    case 'reasoning':
      messages.push({ role: 'assistant', content: null, reasoning_content: decodeReasoning(item) })
      return
    case 'function_call':
    case 'custom_tool_call': {
      const turn = assistant()
      const given = item.type === 'function_call' ? item.arguments : JSON.stringify({ input: item.input })
      const call = { id: item.call_id, type: 'function', function: { name: item.name, arguments: given } }
      turn.tool_calls = [...((turn.tool_calls as Json[] | undefined) ?? []), call]
      return
    }
    case 'function_call_output':
    case 'custom_tool_call_output':
      messages.push({ role: 'tool', tool_call_id: item.call_id, content: textOf(contentOf(item.output, at)) })
  }
}

function contentOf(content: unknown, at: string): string | Json[] {
  if (typeof content === 'string') return content
  return objects(content, `${at}.content`).flatMap((part): Json[] => {
    if (part.type === 'input_image') return [{ type: 'image_url', image_url: { url: part.image_url } }]
    return typeof part.text === 'string' ? [{ type: 'text', text: part.text }] : []
  })
}

const textOf = (content: string | Json[]) =>
  typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('')

const PLAIN_INPUT = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] }

function toolsOf(tools: unknown, remembered: ResponsesTools, namespace?: string): Json[] {
  return objects(tools, 'tools').flatMap((tool): Json[] => {
    const name = tool.name as string
    if (tool.type === 'namespace') return toolsOf(tool.tools, remembered, name)
    if (tool.type !== 'function' && tool.type !== 'custom') return []
    if (namespace) remembered.namespaces.set(name, namespace)
    const { description, parameters, strict } = tool
    if (tool.type === 'function')
      return [{ type: 'function', function: defined({ name, description, parameters, strict }) }]
    remembered.custom.add(name)
    return [{ type: 'function', function: defined({ name, description, parameters: PLAIN_INPUT }) }]
  })
}

function toolChoiceOf(choice: unknown): unknown {
  if (typeof choice === 'string') return choice
  return isObject(choice) && typeof choice.name === 'string'
    ? { type: 'function', function: { name: choice.name } }
    : undefined
}

function formatOf(text: unknown): Json | undefined {
  const format = isObject(text) && isObject(text.format) ? text.format : {}
  if (format.type === 'json_object') return { type: 'json_object' }
  if (format.type !== 'json_schema') return undefined
  const { name, schema, strict } = format
  return { type: 'json_schema', json_schema: defined({ name, schema, strict }) }
}
