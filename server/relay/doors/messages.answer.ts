import { saidIn, ToolCalls } from './delta.ts'
import type { Json } from './json.ts'
import { Blocks, event, inputOf, SIGNATURE } from './messages.stream.ts'
import type { AnswerTranslator } from './translating-sink.ts'

interface Choice {
  message?: unknown
  delta?: unknown
  finish_reason?: string | null
}

const STOP_REASONS: Record<string, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
}

const brokenArguments = (tool: string): Json => ({
  code: 'upstream_error',
  message: `The model wrote arguments for the tool ${tool} that are not JSON. Ask again.`,
})

/** Chat completions' answers as Anthropic's clients read them: order and indices as the official SDK demands. */
export function messagesAnswer(requestId: string, model: string): AnswerTranslator {
  const id = `msg_${requestId.replaceAll('-', '')}`
  const blocks = new Blocks(id)
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

  const failure = (error: Json) =>
    event('error', {
      error: { type: error.type ?? 'api_error', code: error.code, message: error.message },
      request_id: requestId,
    })

  return {
    ping: event('ping', {}),
    whole(completion) {
      const choice = ((completion.choices as Json[])[0] ?? {}) as Choice
      return {
        id,
        type: 'message',
        role: 'assistant',
        model,
        content: contentOf(choice.message, id),
        stop_reason: STOP_REASONS[choice.finish_reason ?? 'stop'] ?? 'end_turn',
        stop_sequence: null,
        usage: usageOf(completion.usage),
      }
    },
    event(chunk) {
      let text = begun ? '' : begin()
      if (!chunk) {
        // Cut off by the limit is a reason of its own; otherwise it must not look like a call that can be made.
        const { broken } = blocks
        if (broken !== undefined && stopReason !== 'max_tokens')
          return text + failure(brokenArguments(broken))
        text += blocks.end()
        text += event('message_delta', { delta: { stop_reason: stopReason, stop_sequence: null }, usage })
        return text + event('message_stop', {})
      }
      if (chunk.usage) usage = usageOf(chunk.usage)
      const choice = (chunk.choices as Choice[] | undefined)?.[0]
      if (choice?.finish_reason) stopReason = STOP_REASONS[choice.finish_reason] ?? 'end_turn'
      if (choice) text += blocks.add(choice.delta)
      return text
    },
    failure,
  }
}

function contentOf(message: unknown, id: string): Json[] {
  const { thinking, text, calls } = saidIn(message)
  const made = new Set(new ToolCalls(`toolu_${id}`).take(calls).map(([call]) => call))
  return [
    ...(thinking ? [{ type: 'thinking', thinking, signature: SIGNATURE }] : []),
    ...(text ? [{ type: 'text', text }] : []),
    ...[...made].map((call) => ({
      type: 'tool_use',
      id: call.id,
      name: call.name,
      input: inputOf(call.args),
    })),
  ]
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
