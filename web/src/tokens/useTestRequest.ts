import { reactive } from 'vue'
import { FailureError } from '../graphql/errors.ts'
import { type ChatError, type ChatUsage, createEventReader } from '../playground/sse.ts'
import { useAction } from '../ui/useAction.ts'
import { EXAMPLE_MODEL } from './snippets.ts'

const ANSWER_MAX = 200
const UNREACHABLE: ChatError = { code: 'network_error', message: '' }

/** One real, streamed request as a tool would send it: with the secret, without the session. */
export function useTestRequest(secret: () => string) {
  const answer = reactive({ text: '', model: '', usage: undefined as ChatUsage | undefined })

  const headers = () => ({ authorization: `Bearer ${secret()}`, 'content-type': 'application/json' })

  /** The model of the examples, or else the first that this API token may use. */
  async function choose(): Promise<string> {
    const response = await fetch('/api/v1/models', { headers: headers(), credentials: 'omit' })
    if (!response.ok) throw failed(await errorOf(response))
    const { data } = (await response.json()) as { data: { id: string }[] }
    return (data.find(({ id }) => id === EXAMPLE_MODEL) ?? data[0])?.id ?? EXAMPLE_MODEL
  }

  const send = useAction(() =>
    ask().catch((cause: unknown) => {
      throw cause instanceof FailureError ? cause : failed(UNREACHABLE)
    }),
  )

  async function ask() {
    Object.assign(answer, { text: '', usage: undefined, model: await choose() })
    const response = await fetch('/api/v1/chat/completions', {
      method: 'POST',
      credentials: 'omit',
      headers: headers(),
      body: JSON.stringify({
        model: answer.model,
        messages: [{ role: 'user', content: 'Hello' }],
        max_tokens: ANSWER_MAX,
        stream: true,
        stream_options: { include_usage: true },
      }),
    })
    if (!response.ok) throw failed(await errorOf(response))
    await follow(response)
  }

  async function follow(response: Response) {
    const read = createEventReader()
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { value, done } = await reader.read()
      if (done) throw failed(UNREACHABLE)
      for (const event of read(value)) {
        if (event.error) throw failed(event.error)
        answer.text += event.content
        answer.usage = event.usage ?? answer.usage
        if (event.done) return
      }
    }
  }

  return { send, answer }
}

const failed = (error: ChatError) =>
  new FailureError({
    code: error.code,
    param: undefined,
    values: { ...error, text: error.message },
  })

const errorOf = async (response: Response): Promise<ChatError> =>
  ((await response.json()) as { error: ChatError }).error
