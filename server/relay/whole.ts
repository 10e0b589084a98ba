import type { TokenUsage } from '../ledger/billing.ts'
import { dropForeign } from './answer.fields.ts'
import { isFailedReason, mapFinishReason, textOf } from './chunk.ts'
import { parseUpstream } from './upstream.json.ts'
import { readUsage } from './usage.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** A complete, non-streamed answer. */
export interface WholeAnswer {
  json: Record<string, unknown>
  usage: TokenUsage | undefined
  text: string
}

const ANSWER_BYTES_MAX = 32 * 1024 * 1024

/** Reads and understands a whole answer. Throws when it is not one: too large, no JSON, an error, no choices. */
export async function readWhole(answer: UpstreamAnswer, model: string): Promise<WholeAnswer> {
  const bytes = await answer.body.all(ANSWER_BYTES_MAX)
  const json = parseUpstream(bytes.toString('utf8'))
  if (json.error) throw new Error('the upstream answered 200 with an error')
  const choices = json.choices as
    { message?: Record<string, unknown>; finish_reason?: string | null; usage?: unknown }[] | undefined
  if (!Array.isArray(choices)) throw new Error('the upstream answered without choices')

  let text = ''
  let usage = readUsage(json.usage)
  for (const choice of choices) {
    text += textOf(choice.message)
    usage ??= readUsage(choice.usage)
    delete choice.usage
    if (typeof choice.finish_reason !== 'string') continue
    if (isFailedReason(choice.finish_reason)) throw new Error('the upstream gave up on its answer')
    choice.finish_reason = mapFinishReason(choice.finish_reason)
  }
  dropForeign(json)
  json.model = model
  // Some tools refuse an answer that does not say what it is.
  json.object ??= 'chat.completion'
  return { json, usage, text }
}
