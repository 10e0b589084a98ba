import type { Json } from './json.ts'
import type { AnswerTranslator } from './translating-sink.ts'

interface Call {
  id: string
  name: string
  args: string
}

interface Delta {
  content?: string | null
  reasoning_content?: string | null
  tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[]
}

const STOP_REASONS: Record<string, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
}

/** Clients give it back with the thinking; nothing of ours depends on it. */
const SIGNATURE = 'cGluZ3Rva2Vu'

/** Chat completions' answers as Anthropic's clients read them: order and indices as the official SDK demands. */
export function messagesAnswer(requestId: string, model: string): AnswerTranslator {
  const id = `msg_${requestId.replaceAll('-', '')}`
  const blocks = new Blocks()
  let stopReason = 'end_turn'
  let begun = false
  let usage: Json = usageOf(undefined)

  const begin = () => {
    begun = true
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    }
    return event('message_start', { message })
  }

  return {
    ping: event('ping', {}),
    whole(completion) {
      const choice = (completion.choices as Json[])[0] as { message?: Delta; finish_reason?: string }
      return {
        id,
        type: 'message',
        role: 'assistant',
        model,
        content: contentOf(choice.message ?? {}),
        stop_reason: STOP_REASONS[choice.finish_reason ?? 'stop'] ?? 'end_turn',
        stop_sequence: null,
        usage: usageOf(completion.usage),
      }
    },
    event(chunk) {
      let text = begun ? '' : begin()
      if (!chunk) {
        text += blocks.end()
        text += event('message_delta', { delta: { stop_reason: stopReason, stop_sequence: null }, usage })
        return text + event('message_stop', {})
      }
      if (chunk.usage) usage = usageOf(chunk.usage)
      const choice = (chunk.choices as { delta?: Delta; finish_reason?: string | null }[] | undefined)?.[0]
      if (choice?.finish_reason) stopReason = STOP_REASONS[choice.finish_reason] ?? 'end_turn'
      if (choice?.delta) text += blocks.add(choice.delta)
      return text
    },
    failure: (error) =>
      event('error', {
        error: { type: error.type ?? 'api_error', code: error.code, message: error.message },
        request_id: requestId,
      }),
  }
}

/** Blocks of a stream: one is open at a time, so calls after the first wait until it is complete. */
class Blocks {
  private index = -1
  private open: 'thinking' | 'text' | 'tool_use' | undefined
  private readonly calls = new Map<number, Call>()
  private current: number | undefined

  add({ reasoning_content: thinking, content, tool_calls: calls }: Delta): string {
    let text = ''
    if (thinking)
      text += this.enter('thinking', { thinking: '' }) + this.delta({ type: 'thinking_delta', thinking })
    if (content) text += this.enter('text', { text: '' }) + this.delta({ type: 'text_delta', text: content })
    for (const [i, call] of (calls ?? []).entries()) text += this.call(call.index ?? i, call)
    return text
  }

  /** Closes what is open, and says the calls that waited. */
  end(): string {
    let text = this.close()
    for (const [index, call] of this.calls) {
      if (index === this.current) continue
      text += this.enter('tool_use', { id: call.id, name: call.name, input: {} }, true)
      text += this.delta({ type: 'input_json_delta', partial_json: call.args || '{}' }) + this.close()
    }
    return text
  }

  private call(index: number, { id, function: called }: NonNullable<Delta['tool_calls']>[number]): string {
    const known = this.calls.get(index)
    const call = known ?? { id: id ?? `toolu_${index}`, name: called?.name ?? '', args: '' }
    this.calls.set(index, call)
    call.args += called?.arguments ?? ''
    this.current ??= index
    if (index !== this.current) return ''
    const start = known ? '' : this.enter('tool_use', { id: call.id, name: call.name, input: {} })
    return called?.arguments
      ? start + this.delta({ type: 'input_json_delta', partial_json: called.arguments })
      : start
  }

  private enter(type: 'thinking' | 'text' | 'tool_use', empty: Json, always = false): string {
    if (this.open === type && !always) return ''
    const closed = this.close()
    this.open = type
    this.index += 1
    return closed + event('content_block_start', { index: this.index, content_block: { type, ...empty } })
  }

  private delta(delta: Json): string {
    return event('content_block_delta', { index: this.index, delta })
  }

  private close(): string {
    if (!this.open) return ''
    const signature =
      this.open === 'thinking' ? this.delta({ type: 'signature_delta', signature: SIGNATURE }) : ''
    this.open = undefined
    return signature + event('content_block_stop', { index: this.index })
  }
}

function contentOf({ reasoning_content: thinking, content, tool_calls: calls = [] }: Delta): Json[] {
  return [
    ...(thinking ? [{ type: 'thinking', thinking, signature: SIGNATURE }] : []),
    ...(content ? [{ type: 'text', text: content }] : []),
    ...(calls ?? []).map((call) => ({
      type: 'tool_use',
      id: call.id,
      name: call.function?.name,
      input: parsedInput(call.function?.arguments),
    })),
  ]
}

/** A model may write arguments that are no JSON; the tool is told what it wrote. */
function parsedInput(text = ''): unknown {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return { arguments: text }
  }
}

/** Anthropic counts what came from the cache beside the input, not within it. */
function usageOf(usage: unknown): Json {
  const given = (usage ?? {}) as Record<string, number | Record<string, number> | undefined>
  const cached = (given.prompt_tokens_details as Record<string, number> | undefined)?.cached_tokens ?? 0
  return {
    input_tokens: ((given.prompt_tokens as number | undefined) ?? 0) - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: (given.completion_tokens as number | undefined) ?? 0,
    ...(given.cost !== undefined && { cost: given.cost }),
  }
}

const event = (type: string, fields: Json) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
