import { invalidField } from '../../platform/errors.ts'
import { isObject, type Json, objects, string } from './json.ts'
import { ToolTurns } from './tool-turns.ts'

/** Reasoning travels to the client and back in this field; it is the caller's own, so it is encoded, not sealed. */
export const encodeReasoning = (text: string) => Buffer.from(text, 'utf8').toString('base64')

/** What OpenAI's servers did in a turn is in its words as well; another model can make nothing of the rest. */
const FOREIGN = new Set<unknown>([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'computer_call',
  'computer_call_output',
  'mcp_call',
  'mcp_list_tools',
  'tool_search_call',
  'tool_search_output',
])

/** The conversation, item by item, as messages of a chat. Errors: invalid_request. */
export function messagesOfInput(input: unknown): Json[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  if (!Array.isArray(input) || input.length === 0)
    throw invalidField('input', 'input must be a text or an array with at least one item.')
  const conversation = new Conversation()
  for (const [i, item] of objects(input, 'input').entries()) conversation.add(item, `input[${i}]`)
  return conversation.messages()
}

/** Newer Codex models are given their tools inside the conversation. */
export const additionalTools = (input: unknown): [tools: unknown, at: string][] =>
  Array.isArray(input)
    ? input.flatMap((item, i): [unknown, string][] =>
        isObject(item) && item.type === 'additional_tools' ? [[item.tools, `input[${i}].tools`]] : [],
      )
    : []

class Conversation {
  private readonly said: Json[] = []
  private readonly tools = new ToolTurns()
  /** What the model says in one turn stands in one message: its reasoning, its words, its calls. */
  private turn: Json | undefined

  messages(): Json[] {
    return this.tools.arranged(this.said)
  }

  add(item: Json, at: string) {
    switch (item.type ?? 'message') {
      case 'message':
        return this.message(item, at)
      case 'reasoning':
        return this.reasoning(item, at)
      case 'function_call':
        return this.call(item, { args: string(item.arguments, `${at}.arguments`), at })
      case 'custom_tool_call':
        return this.call(item, { args: JSON.stringify({ input: string(item.input, `${at}.input`) }), at })
      case 'function_call_output':
      case 'custom_tool_call_output':
        return this.result(item, at)
      case 'additional_tools':
        return
      default:
        if (!FOREIGN.has(item.type))
          throw invalidField(`${at}.type`, `${at}.type is not served here: use messages and function calls.`)
    }
  }

  private push(message: Json): Json {
    this.said.push(message)
    this.turn = message.role === 'assistant' ? message : undefined
    return message
  }

  private assistant(): Json {
    return this.turn ?? this.push({ role: 'assistant', content: null })
  }

  private message({ role, content }: Json, at: string) {
    const parts = contentOf(content, `${at}.content`)
    if (role !== 'assistant' && parts.length === 0 && typeof parts !== 'string')
      throw invalidField(`${at}.content`, `${at}.content must not be empty.`)
    if (role === 'assistant') {
      const turn = this.assistant()
      turn.content = `${turn.content ?? ''}${textOf(parts)}`
    } else if (role === 'user') this.push({ role, content: parts })
    else if (role === 'system' || role === 'developer') this.push({ role: 'system', content: textOf(parts) })
    else throw invalidField(`${at}.role`, `${at}.role must be user, assistant, system or developer.`)
  }

  private reasoning({ encrypted_content: encoded, content, summary }: Json, at: string) {
    const text =
      typeof encoded === 'string'
        ? Buffer.from(encoded, 'base64').toString('utf8')
        : [...objects(content, `${at}.content`), ...objects(summary, `${at}.summary`)]
            .map((part) => part.text ?? '')
            .join('\n')
    const turn = this.push({ role: 'assistant', content: null })
    if (text) turn.reasoning_content = text
  }

  private call({ call_id: id, name }: Json, { args, at }: { args: string; at: string }) {
    const call = { id: string(id, `${at}.call_id`), name: string(name, `${at}.name`), args }
    this.tools.call(this.assistant(), call, `${at}.call_id`)
  }

  private result({ call_id: id, output }: Json, at: string) {
    const parts = contentOf(output, `${at}.output`)
    this.tools.result(string(id, `${at}.call_id`), textOf(parts), `${at}.call_id`)
    this.turn = undefined
    // Only a person's message may hold pictures.
    const images = typeof parts === 'string' ? [] : parts.filter(({ type }) => type === 'image_url')
    if (images.length > 0) this.push({ role: 'user', content: images })
  }
}

function contentOf(content: unknown, at: string): string | Json[] {
  if (typeof content === 'string') return content
  return objects(content, at).map((part, i) => partOf(part, `${at}[${i}]`))
}

function partOf(part: Json, at: string): Json {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: string(part.text, `${at}.text`) }
    case 'refusal':
      return { type: 'text', text: string(part.refusal, `${at}.refusal`) }
    case 'input_image':
      return { type: 'image_url', image_url: { url: string(part.image_url, `${at}.image_url`) } }
    case 'input_audio':
      return { type: 'input_audio', input_audio: part.input_audio }
    default:
      throw invalidField(`${at}.type`, `${at}.type is not served here: use input_text or input_image.`)
  }
}

const textOf = (content: string | Json[]): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('')
