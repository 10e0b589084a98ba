import { invalidField } from '../platform/errors.ts'
import { asChatCompletions } from './doors/mixed.ts'
import { refuseDeepNesting } from './nesting.ts'
import { askToThink } from './reasoning.ts'
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

/** Of every body below /api/v1; who reads it measures it. */
export const BODY_MEGABYTES_MAX = 10

const ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function'])

/** As OpenAI has it; each is estimated, held and watched. */
const CHOICES_MAX = 128

/** Errors: invalid_request, naming the field in `param`. */
export function parseChatBody(bytes: Buffer): ChatBody {
  const given = parseJson(bytes)
  if (!isObject(given)) throw brokenJson('it must be an object with "model" and "messages".')
  refuseDeepNesting(given)
  const body = asChatCompletions(given as Record<string, unknown>)
  checkChatBody(body)
  return body as ChatBody
}

function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw brokenJson('it is empty.')
  try {
    // Windows' shells write a byte order mark first.
    const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    return JSON.parse(bytes.toString('utf8', start))
  } catch (error) {
    // V8's message quotes the place, never more than a few characters of the body.
    throw brokenJson((error as Error).message.slice(0, 200))
  }
}

function checkChatBody(body: Record<string, unknown>) {
  if (typeof body.model !== 'string' || body.model === '')
    throw invalidField('model', 'model must be a string: the id of a model, such as "deepseek-v4-pro".')
  checkMessages(body.messages)
  checkOptional(body, 'stream', isBoolean, 'must be true or false.')
  checkOptional(body, 'temperature', isNumberWithin(0, 2), 'must be a number from 0 to 2.')
  checkOptional(body, 'top_p', isNumberWithin(0, 1), 'must be a number from 0 to 1.')
  for (const field of ['max_tokens', 'max_completion_tokens'])
    checkOptional(body, field, isPositiveInteger, 'must be a whole number of at least 1.')
  checkOptional(
    body,
    'n',
    isIntegerWithin(1, CHOICES_MAX),
    `must be a whole number from 1 to ${CHOICES_MAX}.`,
  )
  checkOptional(body, 'stop', isStop, 'must be a string or an array of strings.')
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
/** Some providers take ids of LLM tokens as well. */
const isStop = (value: unknown) =>
  typeof value === 'string' ||
  (Array.isArray(value) && value.every((one) => typeof one === 'string' || Number.isSafeInteger(one)))
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPositiveInteger = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0
const isIntegerWithin = (min: number, max: number) => (value: unknown) =>
  isPositiveInteger(value) && isNumberWithin(min, max)(value)
const isNumberWithin = (min: number, max: number) => (value: unknown) =>
  typeof value === 'number' && value >= min && value <= max

/** What the upstream is sent. Usage is always asked for; what the caller wrote otherwise goes on as it is. */
export function upstreamBody(body: ChatBody, channel: { providerId: string; upstreamModel: string }): string {
  const asked: ChatBody = { ...body, model: channel.upstreamModel }
  if (body.stream) asked.stream_options = { ...body.stream_options, include_usage: true }
  askToThink(asked, channel)
  return JSON.stringify(asked)
}
