import { computed, reactive } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Failure } from '../graphql/errors.ts'
import { formatDateTime, formatMoney } from '../i18n/format.ts'
import { endSession, viewer } from '../session/session.ts'
import { announce } from '../shell/announcer.ts'
import { conversationOf } from './conversation.ts'
import { type ChatSettings, requestBody, type Turn } from './request.ts'
import { type ChatError, type ChatUsage, createEventReader } from './sse.ts'
import { type ChargeState, useCharges } from './useCharges.ts'

export interface ChatMessage {
  /** Its place in the page, which outlives what is taken out before it. */
  id: string
  role: 'user' | 'assistant'
  /** Who was asked, or answered. */
  model: string
  content: string
  reasoning: string
  state: 'running' | 'done' | 'stopped' | 'failed'
  failure: Failure | undefined
  /** When the gateway, too busy now, takes the request again: milliseconds since 1970. */
  retryAt: number | undefined
  /** How often it has been sent again by itself. */
  repeats: number
  /** It ended at a limit of its length. */
  cut: boolean
  usage: ChatUsage | undefined
  charge: ChargeState | undefined
  requestId: string | undefined
  ttftMs: number | undefined
}

/** What goes with the next message: the settings, and whether their model can be asked to think. */
export interface ChatChoice {
  settings: ChatSettings
  reasons: boolean
}

const isTold = ({ state, content }: ChatMessage) => state !== 'failed' && content !== ''

/** What the model is told again: nothing that failed or stayed empty, nor what it was asked there. */
export const turnsOf = (messages: ChatMessage[]): Turn[] =>
  messages.filter((message, at) => {
    if (message.role === 'assistant') return isTold(message)
    const answer = messages[at + 1]
    return !answer || answer.state === 'running' || isTold(answer)
  })

/** A conversation with the real gateway, through the chosen API token and the session. */
export function useChat(choose: () => ChatChoice) {
  const { t, locale } = useI18n()
  const conversation = conversationOf(viewer.value?.id ?? '')
  const { messages, controller } = conversation
  const charges = useCharges(conversation)
  const busy = computed(() => controller.value !== undefined)

  async function send(prompt: string) {
    if (busy.value) return
    messages.value.push(message('user', choose().settings.model, prompt))
    await ask()
  }

  /** Asks for the last answer again; `repeats` tells how often that was not a person. */
  async function retry(repeats = 0) {
    if (busy.value) return
    if (messages.value.at(-1)?.role === 'assistant') messages.value.pop()
    if (messages.value.length > 0) await ask(repeats)
  }

  /** Asks something else in a question's place; what followed it goes. */
  async function edit(at: number, prompt: string) {
    if (busy.value) return
    messages.value.splice(at)
    await send(prompt)
  }

  /** Takes a question and its answer out of the conversation. */
  function remove(at: number) {
    if (!busy.value) messages.value.splice(at, messages.value[at + 1]?.role === 'assistant' ? 2 : 1)
  }

  async function ask(repeats = 0) {
    const { settings, reasons } = choose()
    const body = requestBody(settings, turnsOf(messages.value), { reasons })
    const answer = reactive({ ...message('assistant', settings.model), repeats })
    messages.value.push(answer)
    controller.value = new AbortController()
    const started = performance.now()
    const asked = { apiTokenId: settings.tokenId, since: new Date() }
    try {
      const response = await post(settings.tokenId, body, controller.value.signal)
      answer.requestId = response.headers.get('x-request-id') ?? undefined
      if (!response.ok) {
        answer.retryAt = retryAtOf(response)
        throw new ChatFailure(((await response.json()) as { error: ChatError }).error)
      }
      if (settings.stream) await readStream(response, answer, started)
      else await readWhole(response, answer)
      answer.state = 'done'
    } catch (error) {
      fail(answer, error)
    } finally {
      controller.value = undefined
    }
    await charge(answer, answer.requestId ? { requestId: answer.requestId } : asked)
  }

  /** What was refused costs nothing; what was stopped or broke off has a receipt all the same. */
  async function charge(answer: ChatMessage, asked: Parameters<typeof charges.receiptOf>[0]) {
    if (answer.usage) answer.charge = charges.settled(answer.usage)
    else if (answer.state !== 'failed' || answer.content || answer.reasoning) {
      answer.charge = 'asking'
      answer.charge = await charges.receiptOf(asked)
    }
    if (answer.state === 'done' && typeof answer.charge === 'object')
      announce(t('playground.complete', { cost: formatMoney(answer.charge.cost) }))
  }

  function fail(answer: ChatMessage, error: unknown) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      answer.state = 'stopped'
      return
    }
    answer.state = 'failed'
    const code = error instanceof ChatFailure ? error.error.code : 'network_error'
    if (code === 'sign_in_required') void endSession()
    const told: Partial<ChatError> = error instanceof ChatFailure ? error.error : {}
    const { message: text = '', resets_at: resets } = told
    answer.failure = {
      code,
      param: undefined,
      values: { ...told, text, resets: resets && formatDateTime(new Date(resets), locale.value) },
    }
  }

  /** Of an answer that a reload broke off only the receipt can still come. */
  function resume() {
    if (!conversation.isRestored) return
    conversation.isRestored = false
    for (const answer of messages.value) {
      if (answer.state === 'running') answer.state = 'stopped'
      const isOpen = answer.state === 'stopped' && typeof answer.charge !== 'object'
      if (isOpen && answer.requestId) void charge(answer, { requestId: answer.requestId })
    }
  }

  function clear() {
    messages.value = []
    charges.clear()
  }

  resume()

  return {
    messages,
    busy,
    total: charges.total,
    open: charges.open,
    send,
    retry,
    edit,
    remove,
    stop: () => controller.value?.abort(),
    clear,
  }
}

const post = (tokenId: string, body: object, signal: AbortSignal) =>
  fetch('/api/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-pingtoken-token-id': tokenId },
    body: JSON.stringify(body),
    signal,
  })

/** Whole seconds, and only where waiting helps. */
function retryAtOf({ status, headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after'))
  return [429, 503].includes(status) && seconds > 0 ? Date.now() + seconds * 1_000 : undefined
}

class ChatFailure extends Error {
  constructor(readonly error: ChatError) {
    super(error.code)
  }
}

const message = (role: ChatMessage['role'], model: string, content = ''): ChatMessage => ({
  id: crypto.randomUUID(),
  role,
  model,
  content,
  reasoning: '',
  state: role === 'user' ? 'done' : 'running',
  failure: undefined,
  retryAt: undefined,
  repeats: 0,
  cut: false,
  usage: undefined,
  charge: undefined,
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
      answer.cut ||= event.cut
      complete ||= event.done
    }
  }
  if (!complete) throw new TypeError('the stream broke off')
}

async function readWhole(response: Response, answer: ChatMessage) {
  const body = (await response.json()) as {
    choices: { message: { content: string | null; reasoning_content?: string }; finish_reason?: string }[]
    usage: ChatUsage
  }
  answer.content = body.choices[0]?.message.content ?? ''
  answer.reasoning = body.choices[0]?.message.reasoning_content ?? ''
  answer.cut = body.choices[0]?.finish_reason === 'length'
  answer.usage = body.usage
}
