import { invalidField } from '../../platform/errors.ts'
import { defined, flag, isObject, type Json, objects, string } from './json.ts'
import { additionalTools, messagesOfInput } from './responses.input.ts'
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
  const given = [
    ...toolsOf(body.tools, { remembered, at: 'tools' }),
    ...additionalTools(body.input).flatMap(([list, at]) => toolsOf(list, { remembered, at })),
  ]
  const toolChoice = toolChoiceOf(body.tool_choice)
  const tools = given.length > 0 ? given : undefined
  const streamed = flag(body.stream, 'stream')
  const effort = effortOf(isObject(body.reasoning) ? body.reasoning.effort : undefined)
  const chat = {
    model,
    messages: [...instructionsOf(body.instructions), ...messagesOfInput(body.input)],
    stream: streamed,
    ...(streamed && { stream_options: { include_usage: true } }),
    ...defined({
      max_tokens: limitOf(body.max_output_tokens),
      temperature: body.temperature,
      top_p: body.top_p,
      tools,
      tool_choice: tools && toolChoice,
      parallel_tool_calls: tools && body.parallel_tool_calls,
      response_format: formatOf(body.text),
      reasoning: effort && reasoningField({ effort }),
    }),
  }
  return { chat, tools: remembered }
}

function instructionsOf(instructions: unknown): Json[] {
  if (instructions === undefined || instructions === null || instructions === '') return []
  return [{ role: 'system', content: string(instructions, 'instructions') }]
}

function limitOf(limit: unknown): unknown {
  if (limit === undefined || limit === null) return undefined
  if (!Number.isSafeInteger(limit) || (limit as number) < 1)
    throw invalidField('max_output_tokens', 'max_output_tokens must be a whole number of at least 1.')
  return limit
}

function toolChoiceOf(choice: unknown): unknown {
  if (choice === undefined || choice === null) return undefined
  if (typeof choice === 'string') {
    if (['auto', 'none', 'required'].includes(choice)) return choice
    throw invalidField('tool_choice', 'tool_choice must be auto, none, required or a tool.')
  }
  const { type, name } = isObject(choice) ? choice : {}
  if (type !== 'function' && type !== 'custom')
    throw invalidField('tool_choice.type', 'tool_choice.type must be function or custom.')
  return { type: 'function', function: { name: string(name, 'tool_choice.name') } }
}

function formatOf(text: unknown): Json | undefined {
  const format = isObject(text) && isObject(text.format) ? text.format : {}
  switch (format.type) {
    case undefined:
    case 'text':
      return undefined
    case 'json_object':
      return { type: 'json_object' }
    case 'json_schema': {
      const { name, schema, strict } = format
      return { type: 'json_schema', json_schema: defined({ name, schema, strict }) }
    }
    default:
      throw invalidField('text.format.type', 'text.format.type must be text, json_object or json_schema.')
  }
}

/** Tools of other types run on OpenAI's servers. */
const OURS = new Set<unknown>(['function', 'custom', 'namespace'])
/** What stands for plain text, which chat completions' tools do not take. */
export const PLAIN_INPUT = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] }

interface ToolPlace {
  remembered: ResponsesTools
  at: string
  namespace?: string
}

function toolsOf(tools: unknown, { remembered, at, namespace }: ToolPlace): Json[] {
  return objects(tools, at).flatMap((tool, i): Json[] => {
    if (!OURS.has(tool.type)) return []
    const name = string(tool.name, `${at}[${i}].name`)
    if (tool.type === 'namespace')
      return toolsOf(tool.tools, { remembered, at: `${at}[${i}].tools`, namespace: name })
    if (namespace) remembered.namespaces.set(name, namespace)
    const { description, parameters, strict } = tool
    if (tool.type === 'function')
      return [{ type: 'function', function: defined({ name, description, parameters, strict }) }]
    remembered.custom.add(name)
    return [{ type: 'function', function: defined({ name, description, parameters: PLAIN_INPUT }) }]
  })
}
