/** One event of a chat completion's stream, as the page reads it. */
export interface StreamEvent {
  content: string
  reasoning: string
  usage: ChatUsage | undefined
  error: ChatError | undefined
  /** The answer ended at a limit of its length. */
  cut: boolean
  done: boolean
}

export interface ChatUsage {
  prompt_tokens: number
  completion_tokens: number
  /** What the request cost, in CNY. */
  cost: number
}

export interface ChatError {
  code: string
  message: string
  /** When a spend cap that was reached resets. */
  resets_at?: string
}

/** Splits text that arrives in pieces into events; comments are skipped. */
export function createEventReader() {
  let rest = ''
  return (text: string): StreamEvent[] => {
    const blocks = (rest + text).split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    return blocks.flatMap((block) => {
      const data = block
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n')
      return data ? [readEvent(data)] : []
    })
  }
}

function readEvent(data: string): StreamEvent {
  const event: StreamEvent = {
    content: '',
    reasoning: '',
    usage: undefined,
    error: undefined,
    cut: false,
    done: false,
  }
  if (data === '[DONE]') return { ...event, done: true }
  const chunk = JSON.parse(data) as {
    choices?: {
      delta?: { content?: string | null; reasoning_content?: string | null }
      finish_reason?: string | null
    }[]
    usage?: ChatUsage | null
    error?: ChatError
  }
  const choice = chunk.choices?.[0]
  const delta = choice?.delta
  return {
    ...event,
    content: delta?.content ?? '',
    reasoning: delta?.reasoning_content ?? '',
    usage: chunk.usage ?? undefined,
    error: chunk.error,
    cut: choice?.finish_reason === 'length',
  }
}
