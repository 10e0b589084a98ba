import { DomainError } from '../../platform/errors.ts'
import { badRequest, promptTooLong } from '../relay.errors.ts'
import { type Call, findModel, identifyAndTell } from '../admit.ts'
import { chatCompletions } from '../chat-completions.ts'
import type { RelayParts } from '../relay.ts'
import type { Sink } from '../sink.ts'
import { countPrompt } from '../tokenizer.ts'
import { type Json, parseObject } from './json.ts'
import { messagesAnswer } from './messages.answer.ts'
import { chatOfMessages } from './messages.request.ts'
import { responsesAnswer } from './responses.answer.ts'
import { chatOfResponses } from './responses.request.ts'
import { type AnswerTranslator, translatingSink } from './translating-sink.ts'

/** POST /messages: Anthropic's format over the same request path. */
export const messages = (parts: RelayParts, call: Call, sink: Sink): Promise<void> =>
  translated(parts, { call, sink }, (body) => ({
    chat: chatOfMessages(body),
    answer: messagesAnswer(call.requestId, body.model as string),
  })).catch((error: unknown) => {
    const isTooLong = error instanceof DomainError && error.code === 'context_length_exceeded'
    throw isTooLong ? promptTooLong(error) : error
  })

/** POST /responses: OpenAI's newer format over the same request path. */
export const responses = (parts: RelayParts, call: Call, sink: Sink): Promise<void> =>
  translated(parts, { call, sink }, (asked) => {
    const { chat, tools } = chatOfResponses(asked)
    const { requestId } = call
    const model = chat.model as string
    return { chat, answer: responsesAnswer({ requestId, model, createdAt: parts.now(), tools, asked }) }
  })

/** POST /messages/count_tokens: with the model family's own tokeniser; nothing is charged. */
export async function countTokens(parts: RelayParts, call: Call): Promise<{ input_tokens: number }> {
  const holder = await identifyAndTell(parts, call)
  const body = parseObject(await call.readBody())
  const chat = chatOfMessages({ max_tokens: 1, ...body }) as Json & { messages: unknown[] }
  const model = findModel(parts.catalog, holder, chat.model as string)
  return { input_tokens: (await countPrompt(model.tokenizer, chat)).tokens }
}

type Translate = (body: Json) => { chat: Json; answer: AnswerTranslator }

/** The body is translated when admission asks for it: whoever has no valid token hears that first. */
async function translated(
  parts: RelayParts,
  { call, sink }: { call: Call; sink: Sink },
  translate: Translate,
): Promise<void> {
  let answer: AnswerTranslator | undefined
  const readBody = async () => {
    const made = translate(parseObject(await call.readBody()))
    answer = made.answer
    return Buffer.from(JSON.stringify(made.chat))
  }
  const to = translatingSink(sink, () => {
    if (!answer) throw badRequest('The body was not read.')
    return answer
  })
  await chatCompletions(parts, { ...call, readBody }, to)
}
