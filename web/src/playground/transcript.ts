import { json } from '../clients/quoting.ts'
import type { ChatMessage } from './useChat.ts'

/** The words of a transcript, in the reader's language. */
export interface TranscriptWords {
  title: string
  you: string
  answer(model: string): string
  reasoning: string
}

/** A conversation to read on: what was asked and what came, with its reasoning quoted. */
export function markdownOf(messages: ChatMessage[], words: TranscriptWords): string {
  const parts = messages
    .filter(({ content, reasoning }) => content || reasoning)
    .map(({ role, content, reasoning, model }) =>
      [
        `## ${role === 'user' ? words.you : words.answer(model)}`,
        ...(reasoning ? [quoted(`${words.reasoning}\n\n${reasoning}`)] : []),
        ...(content ? [content] : []),
      ].join('\n\n'),
    )
  return `${[`# ${words.title}`, ...parts].join('\n\n')}\n`
}

const quoted = (text: string) =>
  text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')

/** A conversation to work with: the request as it would be sent next, and how each answer came about. No API token. */
export function jsonOf(messages: ChatMessage[], request: Record<string, unknown>): string {
  return json({
    request,
    answers: messages
      .filter(({ role }) => role === 'assistant')
      .map(({ model, content, reasoning, state, requestId, usage, ttftMs }) => ({
        model,
        requestId,
        state,
        content,
        ...(reasoning && { reasoning }),
        usage,
        ttftMs,
      })),
  })
}
