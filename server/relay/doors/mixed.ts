import { defined, isObject, type Json } from './json.ts'
import { partOf, resultOf } from './messages.blocks.ts'
import { callOf } from './messages.request.ts'
import { chatOfResponses, PLAIN_INPUT } from './responses.request.ts'

/**
 * Cursor sends bodies of other formats to chat completions, by the name of the model, and reads chat completions back:
 * they are known by their shape. What is chat completions already is given back as it is. Errors: invalid_request.
 */
export function asChatCompletions(given: Json): Json {
  const body = given.messages === undefined && given.input !== undefined ? ofResponses(given) : given
  const { messages, tools, tool_choice: choice } = body
  const hasBlocks = Array.isArray(messages) && messages.some(holdsBlocks)
  const hasFlatTools = Array.isArray(tools) && tools.some(isFlat)
  const hasOtherChoice = isObject(choice) && !('function' in choice)
  if (!hasBlocks && !hasFlatTools && !hasOtherChoice) return body
  return {
    ...body,
    ...(hasBlocks && { messages: messages.flatMap(messageOf) }),
    ...(hasFlatTools && { tools: tools.map(wrapped) }),
    ...(hasOtherChoice && { tool_choice: choiceOf(choice) }),
  }
}

/** Usage goes on as an event of its own only to those who asked for it. */
function ofResponses(body: Json): Json {
  const { stream_options: _, ...chat } = chatOfResponses(body).chat
  return { ...chat, ...defined({ stream_options: body.stream_options, user: body.user }) }
}

const isFlat = (tool: unknown) => isObject(tool) && !('function' in tool) && typeof tool.name === 'string'

function wrapped(tool: unknown): unknown {
  if (!isFlat(tool)) return tool
  const { type, name, description, parameters, input_schema: schema, strict } = tool as Json
  const takes = type === 'custom' && schema === undefined ? PLAIN_INPUT : (schema ?? parameters)
  return { type: 'function', function: defined({ name, description, parameters: takes, strict }) }
}

function choiceOf(choice: Json): unknown {
  if (typeof choice.name === 'string') return { type: 'function', function: { name: choice.name } }
  if (choice.type === 'any') return 'required'
  return choice.type === 'auto' || choice.type === 'none' ? choice.type : choice
}

const BLOCKS = new Set<unknown>(['tool_use', 'tool_result', 'thinking', 'image'])
const isBlock = (part: unknown): part is Json => isObject(part) && BLOCKS.has(part.type)
const holdsBlocks = (message: unknown) =>
  isObject(message) && Array.isArray(message.content) && message.content.some(isBlock)

function messageOf(message: unknown, i: number): unknown[] {
  if (!holdsBlocks(message)) return [message]
  const { content, ...rest } = message as Json & { content: unknown[] }
  const results: Json[] = []
  const calls: Json[] = []
  const parts: unknown[] = []
  const thoughts: unknown[] = []
  for (const [j, part] of content.entries()) {
    const at = `messages[${i}].content[${j}]`
    if (!isBlock(part)) parts.push(part)
    else if (part.type === 'thinking') thoughts.push(part.thinking)
    else if (part.type === 'image') parts.push(partOf(part, at))
    else if (part.type === 'tool_use') {
      const { id, name, args } = callOf(part, at)
      calls.push({ id, type: 'function', function: { name, arguments: args } })
    } else {
      const { text, images } = resultOf(part, at)
      results.push({ role: 'tool', tool_call_id: part.tool_use_id, content: text })
      parts.push(...images)
    }
  }
  if (calls.length === 0 && parts.length === 0 && results.length > 0) return results
  const spoken = {
    ...rest,
    content: parts.length > 0 ? parts : rest.role === 'assistant' && calls.length > 0 ? null : '',
    ...(thoughts.length > 0 && { reasoning_content: thoughts.join('\n') }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return [...results, spoken]
}
