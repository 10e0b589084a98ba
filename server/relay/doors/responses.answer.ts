import type { Json } from './json.ts'
import { ResponsesOutput } from './responses.output.ts'
import type { ResponsesTools } from './responses.request.ts'
import type { AnswerTranslator } from './translating-sink.ts'

export interface ResponsesAnswerOptions {
  requestId: string
  model: string
  createdAt: Date
  tools: ResponsesTools
  /** Fields of the question that the answer repeats. */
  asked: Json
}

const REPEATED = [
  'instructions',
  'max_output_tokens',
  'metadata',
  'temperature',
  'top_p',
  'text',
  'reasoning',
]

/** Errors that Codex does not try again after. */
const CODES: Record<string, string> = {
  insufficient_balance: 'insufficient_quota',
  service_unavailable: 'server_is_overloaded',
}

interface Choice {
  message?: unknown
  delta?: unknown
  finish_reason?: string | null
}

/** Chat completions' answers as clients of the Responses API read them. */
export function responsesAnswer({ tools, ...options }: ResponsesAnswerOptions): AnswerTranslator {
  const id = `resp_${options.requestId.replaceAll('-', '')}`
  const output = new ResponsesOutput(id, tools)
  let usage: unknown
  let finishReason = 'stop'
  const response = (status: string, more: Json = {}) => ({
    ...frame(id, options),
    status,
    output: output.shown(),
    ...more,
  })
  const begin = () =>
    output.begun
      ? ''
      : ['created', 'in_progress']
          .map((state) => output.event(`response.${state}`, { response: response('in_progress') }))
          .join('')
  const ended = () => response(...endOf(finishReason, usage))
  const take = (chunk: Json): Choice | undefined => {
    if (chunk.usage) usage = chunk.usage
    const choice = (chunk.choices as Choice[] | undefined)?.[0]
    if (choice?.finish_reason) finishReason = choice.finish_reason
    return choice
  }

  return {
    ping: ': keep-alive\n\n',
    whole(completion) {
      output.add(take(completion)?.message)
      output.end()
      return ended()
    },
    event(chunk) {
      const opening = begin()
      if (chunk) return opening + output.add(take(chunk)?.delta)
      const closing = output.end()
      const answer = ended()
      return opening + closing + output.event(`response.${answer.status}`, { response: answer })
    },
    failure(error) {
      const code = CODES[String(error.code)] ?? error.code
      const failed = response('failed', { error: { code, message: error.message } })
      return begin() + output.event('response.failed', { response: failed })
    },
  }
}

const frame = (id: string, { model, createdAt, asked }: Omit<ResponsesAnswerOptions, 'tools'>): Json => ({
  id,
  object: 'response',
  created_at: Math.floor(createdAt.getTime() / 1_000),
  model,
  parallel_tool_calls: asked.parallel_tool_calls ?? true,
  error: null,
  incomplete_details: null,
  store: false,
  usage: null,
  ...Object.fromEntries(REPEATED.map((field) => [field, asked[field] ?? null])),
  tool_choice: asked.tool_choice ?? 'auto',
  tools: asked.tools ?? [],
})

function endOf(finishReason: string, usage: unknown): [status: string, more: Json] {
  const told = { usage: usageOf(usage) }
  if (finishReason === 'length')
    return ['incomplete', { ...told, incomplete_details: { reason: 'max_output_tokens' } }]
  if (finishReason === 'content_filter')
    return ['incomplete', { ...told, incomplete_details: { reason: 'content_filter' } }]
  return ['completed', told]
}

function usageOf(usage: unknown): Json {
  const given = (usage ?? {}) as Record<string, unknown>
  const count = (value: unknown) => (typeof value === 'number' ? value : 0)
  const part = (field: string, name: string) => count((given[field] as Json | undefined)?.[name])
  const [input, output] = [count(given.prompt_tokens), count(given.completion_tokens)]
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: part('prompt_tokens_details', 'cached_tokens') },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: part('completion_tokens_details', 'reasoning_tokens') },
    total_tokens: input + output,
    ...(given.cost !== undefined && { cost: given.cost }),
  }
}
