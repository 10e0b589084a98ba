import type { TokenUsage } from '../ledger/billing.ts'
import { dropForeign } from './answer.fields.ts'
import { parseUpstream } from './upstream.json.ts'
import { readUsage } from './usage.ts'

/** One event of an upstream's stream, as far as the relay must understand it. */
export interface Chunk {
  /** What the client is sent; undefined for events that are for us alone. */
  forward: string | undefined
  /** Content, reasoning and tool calls in it. */
  text: string
  /** Something of an answer is in it, not just a role. */
  substantial: boolean
  thinking: boolean
  /** The choices that end in it, by their index. */
  ends: number[]
  /** The upstream says it failed, in whatever way it says so. */
  failed: boolean
  usage: TokenUsage | undefined
  id: string | undefined
}

/** Providers' words for the reasons that clients know; anything else makes real clients loop. */
const FINISH_REASONS: Record<string, string> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  function_call: 'tool_calls',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  normal: 'stop',
  max_tokens: 'length',
  max_length: 'length',
  model_length: 'length',
  sensitive: 'content_filter',
  content_policy: 'content_filter',
}

const FAILED_REASONS = new Set([
  'error',
  'network_error',
  'insufficient_system_resource',
  'abort',
  'server_error',
])

interface Choice {
  index?: unknown
  delta?: Record<string, unknown> | null
  finish_reason?: string | null
  /** Moonshot's place for it. */
  usage?: unknown
}

/** Reads one event's data. Throws a SyntaxError when it is not JSON. */
export function readChunk(data: string, model: string): Chunk {
  const event = parseUpstream(data)
  const choices = Array.isArray(event.choices) ? (event.choices as Choice[]) : undefined
  const usage = readUsage(event.usage)
  const chunk: Chunk = {
    forward: oneLine(data),
    text: '',
    substantial: false,
    thinking: false,
    ends: [],
    failed: event.error !== undefined && event.error !== null,
    usage,
    id: typeof event.id === 'string' ? event.id : undefined,
  }
  if (chunk.failed) return chunk
  // Usage is told once, at the end, to those who asked: an event that carries nothing else is ours alone.
  if (!choices || choices.length === 0) return { ...chunk, forward: undefined }

  let changed = dropForeign(event) || (event.usage !== undefined && event.usage !== null)
  for (const [i, choice] of choices.entries()) {
    chunk.text += textOf(choice.delta)
    chunk.substantial ||= isSubstantial(choice)
    if (typeof choice.delta?.reasoning_content === 'string' || choice.delta?.tool_calls) chunk.thinking = true
    chunk.usage ??= readUsage(choice.usage)
    if (choice.usage !== undefined) changed = delete choice.usage
    if (readReason(choice, chunk, i)) changed = true
  }
  // What is as the client expects it goes on byte for byte.
  if (event.model === model && !changed) return chunk
  delete event.usage
  event.model = model
  chunk.forward = JSON.stringify(event)
  return chunk
}

/** Notes why a choice ends, in the words that clients know; answers whether that changed it. */
function readReason(choice: Choice, chunk: Chunk, position: number): boolean {
  const { finish_reason: reason, index } = choice
  if (reason === undefined || reason === null) return false
  // Nothing said is not an end, and some clients would take it for one.
  if (reason === '') {
    choice.finish_reason = null
    return true
  }
  if (isFailedReason(reason)) chunk.failed = true
  else chunk.ends.push(typeof index === 'number' ? index : position)
  choice.finish_reason = mapFinishReason(reason)
  return choice.finish_reason !== reason
}

/** Data of several lines is one JSON text: its line ends are blanks, and naive readers want one line. */
const oneLine = (data: string) => (data.includes('\n') ? data.replaceAll('\n', ' ') : data)

function isSubstantial({ delta, finish_reason }: Choice): boolean {
  if (finish_reason) return true
  for (const field in delta) {
    const value = delta[field]
    if (field !== 'role' && value !== null && value !== '') return true
  }
  return false
}

/** Everything in a delta or a message that a model produced. */
export function textOf(part: Record<string, unknown> | null | undefined): string {
  if (!part) return ''
  const { content, reasoning_content, reasoning, tool_calls, refusal } = part
  let text = ''
  for (const piece of [content, reasoning_content, reasoning, refusal])
    if (typeof piece === 'string') text += piece
  if (Array.isArray(tool_calls))
    for (const call of tool_calls as { function?: { name?: string; arguments?: string } }[])
      text += `${call.function?.name ?? ''}${call.function?.arguments ?? ''}`
  return text
}

export const mapFinishReason = (reason: string) => FINISH_REASONS[reason] ?? 'stop'
export const isFailedReason = (reason: string) => FAILED_REASONS.has(reason)
