import { computed, reactive, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Failure } from '../graphql/errors.ts'
import { formatMoney } from '../i18n/format.ts'
import { endSession } from '../session/session.ts'
import { announce } from '../shell/announcer.ts'
import { type ChatSettings, requestBody, type Turn } from './request.ts'
import { type ChatError, type ChatUsage, createEventReader } from './sse.ts'

export interface ChatMessage {
  role: 'user' | 'assistant'
  /** Who was asked, or answered. */
  model: string
  content: string
  reasoning: string
  state: 'running' | 'done' | 'stopped' | 'failed'
  failure: Failure | undefined
  usage: ChatUsage | undefined
  requestId: string | undefined
  ttftMs: number | undefined
}

/** What the model is told again: nothing that failed. */
export const turnsOf = (messages: ChatMessage[]): Turn[] => messages.filter(({ state }) => state !== 'failed')

/** A conversation with the real gateway, through the chosen API token and the session. */
export function useChat() {
  const { t } = useI18n()
  const messages = ref<ChatMessage[]>([])
  const controller = ref<AbortController>()
  const busy = computed(() => controller.value !== undefined)
  const totalCost = computed(() => messages.value.reduce((sum, { usage }) => sum + (usage?.cost ?? 0), 0))

  async function send(prompt: string, settings: ChatSettings, model: { reasons: boolean }) {
    if (busy.value) return
    messages.value.push(message('user', settings.model, prompt))
    const answer = reactive(message('assistant', settings.model))
    messages.value.push(answer)
    controller.value = new AbortController()
    const started = performance.now()
    try {
      const response = await post(
        settings.tokenId,
        requestBody(settings, turnsOf(messages.value.slice(0, -1)), model),
        controller.value.signal,
      )
      answer.requestId = response.headers.get('x-request-id') ?? undefined
      if (!response.ok) throw new ChatFailure(((await response.json()) as { error: ChatError }).error)
      if (settings.stream) await readStream(response, answer, started)
      else await readWhole(response, answer)
      answer.state = 'done'
      announce(t('playground.complete', { cost: formatMoney(String(answer.usage?.cost ?? 0)) }))
    } catch (error) {
      fail(answer, error)
    } finally {
      controller.value = undefined
    }
  }

  function fail(answer: ChatMessage, error: unknown) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      answer.state = 'stopped'
      return
    }
    answer.state = 'failed'
    const code = error instanceof ChatFailure ? error.error.code : 'network_error'
    if (code === 'sign_in_required') void endSession()
    const text = error instanceof ChatFailure ? error.error.message : ''
    answer.failure = {
      code,
      param: undefined,
      values: { ...(error instanceof ChatFailure ? error.error : {}), text },
    }
  }

  return {
    messages,
    busy,
    totalCost,
    send,
    stop: () => controller.value?.abort(),
    clear: () => (messages.value = []),
  }
}

const post = (tokenId: string, body: object, signal: AbortSignal) =>
  fetch('/api/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-pingtoken-token-id': tokenId },
    body: JSON.stringify(body),
    signal,
  })

class ChatFailure extends Error {
  constructor(readonly error: ChatError) {
    super(error.code)
  }
}

const message = (role: ChatMessage['role'], model: string, content = ''): ChatMessage => ({
  role,
  model,
  content,
  reasoning: '',
  state: role === 'user' ? 'done' : 'running',
  failure: undefined,
  usage: undefined,
  requestId: undefined,
  ttftMs: undefined,
})

async function readStream(response: Response, answer: ChatMessage, started: number) {
  const read = createEventReader()
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let complete = false
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    for (const event of read(value)) {
      if (event.error) throw new ChatFailure(event.error)
      if (event.content || event.reasoning) answer.ttftMs ??= Math.round(performance.now() - started)
      answer.content += event.content
      answer.reasoning += event.reasoning
      answer.usage = event.usage ?? answer.usage
      complete ||= event.done
    }
  }
  if (!complete) throw new TypeError('the stream broke off')
}

async function readWhole(response: Response, answer: ChatMessage) {
  const body = (await response.json()) as {
    choices: { message: { content: string | null; reasoning_content?: string } }[]
    usage: ChatUsage
  }
  answer.content = body.choices[0]?.message.content ?? ''
  answer.reasoning = body.choices[0]?.message.reasoning_content ?? ''
  answer.usage = body.usage
}
