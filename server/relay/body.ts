import { invalidField } from '../platform/errors.ts'
import { brokenJson } from './relay.errors.ts'

/** A chat completion as far as the relay reads it; every other field goes on to the provider untouched. */
export interface ChatBody {
  model: string
  messages: Record<string, unknown>[]
  stream?: boolean | null
  stream_options?: { include_usage?: boolean } | null
  max_tokens?: number | null
  max_completion_tokens?: number | null
  temperature?: number | null
  [field: string]: unknown
}

/** Far beyond any tool's schema. */
const DEPTH_MAX = 500
const [QUOTE, BACKSLASH, BRACKET_OPEN, BRACKET_CLOSE, BRACE_OPEN, BRACE_CLOSE] = Buffer.from('"\\[]{}')

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function'])

/** Errors: invalid_request, naming the field in `param`. */
export function parseChatBody(bytes: Buffer): ChatBody {
  const body = parseJson(bytes)
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw brokenJson('it must be an object with "model" and "messages".')
  checkChatBody(body as Record<string, unknown>)
  return body as ChatBody
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw brokenJson('it is empty.')
  // What is parsed must also be written again, and that takes a stack as deep as the nesting.
  if (bytes.length > 2 * DEPTH_MAX && depthOf(bytes) > DEPTH_MAX) throw brokenJson('it is nested too deeply.')
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    // V8's message quotes the place, never more than a few characters of the body.
    throw brokenJson((error as Error).message.slice(0, 200))
  }
}

/** Open brackets at the deepest place; those inside of strings do not count. */
function depthOf(bytes: Buffer): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === BACKSLASH && inString) i += 1
    else if (byte === QUOTE) inString = !inString
    else if (inString) continue
    else if (byte === BRACKET_OPEN || byte === BRACE_OPEN) deepest = Math.max(deepest, ++depth)
    else if (byte === BRACKET_CLOSE || byte === BRACE_CLOSE) depth -= 1
  }
  return deepest
}

function checkChatBody(body: Record<string, unknown>) {
  if (typeof body.model !== 'string' || body.model === '')
    throw invalidField('model', 'model must be a string: the id of a model, such as "deepseek-v4-pro".')
  checkMessages(body.messages)
  checkOptional(body, 'stream', isBoolean, 'must be true or false.')
  checkOptional(body, 'temperature', isNumberWithin(0, 2), 'must be a number from 0 to 2.')
  checkOptional(body, 'top_p', isNumberWithin(0, 1), 'must be a number from 0 to 1.')
  for (const field of ['max_tokens', 'max_completion_tokens', 'n'])
    checkOptional(body, field, isPositiveInteger, 'must be a whole number of at least 1.')
  checkOptional(body, 'stream_options', isObject, 'must be an object.')
  checkOptional(body, 'tools', Array.isArray, 'must be an array.')
}

function checkMessages(messages: unknown) {
  if (!Array.isArray(messages) || messages.length === 0)
    throw invalidField('messages', 'messages must be an array with at least one message.')
  for (const [i, message] of messages.entries()) {
    if (!isObject(message)) throw invalidField(`messages[${i}]`, `messages[${i}] must be an object.`)
    const { role, content } = message as { role?: unknown; content?: unknown }
    if (typeof role !== 'string' || !ROLES.has(role))
      throw invalidField(
        `messages[${i}].role`,
        `messages[${i}].role must be one of ${[...ROLES].join(', ')}.`,
      )
    if (content !== undefined && content !== null && typeof content !== 'string' && !Array.isArray(content))
      throw invalidField(
        `messages[${i}].content`,
        `messages[${i}].content must be a string or an array of parts.`,
      )
  }
}

function checkOptional(
  body: Record<string, unknown>,
  field: string,
  isValid: (value: unknown) => boolean,
  rule: string,
) {
  const value = body[field]
  if (value !== undefined && value !== null && !isValid(value)) throw invalidField(field, `${field} ${rule}`)
}

const isBoolean = (value: unknown) => typeof value === 'boolean'
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPositiveInteger = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0
const isNumberWithin = (min: number, max: number) => (value: unknown) =>
  typeof value === 'number' && value >= min && value <= max
