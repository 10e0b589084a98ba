import type { Catalog } from '../../catalog/catalog.ts'
import { DomainError, invalidField } from '../../platform/errors.ts'
import { formatCny } from '../../platform/money.ts'
import { type Admitted, admitTimed, type Call } from '../admit.ts'
import { sandboxHeader } from '../answer.ts'
import { type Attempt, dispatch } from '../dispatch.ts'
import { finish } from '../finish.ts'
import { upstreamError } from '../relay.errors.ts'
import type { RelayParts } from '../relay.ts'
import type { Sink } from '../sink.ts'
import { createStop } from '../stop.ts'
import { promptBytes } from '../tokenizer.ts'
import { parseUpstream } from '../upstream.json.ts'
import type { UpstreamAnswer } from '../upstream.ts'
import { readPromptUsage } from '../usage.ts'
import { type Json, parseObject, string } from './json.ts'

const ANSWER_BYTES_MAX = 64 * 1024 * 1024
export const INPUTS_MAX = 2_048

/** POST /embeddings: passed through, charged by its input tokens. */
export async function embeddings(parts: RelayParts, call: Call, sink: Sink): Promise<void> {
  let asked: Json = {}
  const readBody = async () => {
    asked = parseObject(await call.readBody())
    const chat = asChat(asked)
    refuseTalkers(parts.catalog, asked.model as string)
    return Buffer.from(JSON.stringify(chat))
  }
  const admitted = await admitTimed(parts, { ...call, readBody })
  const { running, model } = admitted
  running.durable.catch(() => undefined)
  const stop = createStop({ gone: sink.gone, fenced: running.fenced, total: parts.timing.total })
  parts.stops.add(stop)
  const attempts: Attempt[] = []
  const started = performance.now()
  const common = () => ({
    attempts,
    ttftMs: null,
    durationMs: Math.round(performance.now() - started),
    text: '',
  })
  try {
    const { answer, channel } = await dispatch<Json>({
      ...parts,
      channels: parts.catalog.channelsFor(model.id),
      path: '/embeddings',
      model: model.id,
      streamed: false,
      bodyFor: ({ upstreamModel }) => JSON.stringify({ ...asked, stream: undefined, model: upstreamModel }),
      signal: stop.signal,
      accept: readVectors,
      attempts,
    })
    await running.settleable()
    const said = usageIn(answer, admitted, asked)
    const ending = { status: 'succeeded' as const, errorCode: null, usage: said, channelId: channel.id }
    const { settled, usage } = await finish(running, admitted, { ...common(), ...ending })
    sink.start(200, { 'content-type': 'application/json; charset=utf-8', ...sandboxHeader(channel) })
    const told = {
      prompt_tokens: usage.promptTokens,
      total_tokens: usage.promptTokens,
      cost: Number(formatCny(settled.cost)),
    }
    // Some clients refuse a list that does not say that it is one; what else stands there is the provider's own.
    sink.end(JSON.stringify({ object: 'list', data: answer.data, model: asked.model, usage: told }))
  } catch (error) {
    const fault = error instanceof DomainError ? error : upstreamError(error)
    const left = stop.reason === 'left'
    await finish(running, admitted, {
      ...common(),
      status: left ? 'cancelled' : 'failed',
      errorCode: left ? null : fault.code,
      usage: undefined,
      channelId: null,
    })
    throw fault
  } finally {
    parts.stops.delete(stop)
    stop.release()
    admitted.gate.leave()
  }
}

/** A model of which it is known that it answers conversations only; the sandbox makes vectors for every model. */
function refuseTalkers(catalog: Catalog, name: string) {
  const can = catalog.findModel(name)?.capabilities
  if (can?.includes('chat') && !can.includes('embedding') && !catalog.usesSandbox)
    throw invalidField('model', `model must be an embedding model: "${name}" only answers conversations.`)
}

/** As admission and the tokenisers read it: a prompt without an answer. Errors: invalid_request. */
function asChat({ model, input }: Json): Json {
  string(model, 'model')
  const texts = Array.isArray(input) ? input : [input]
  const isTokens = texts.length > 0 && texts.every((one) => typeof one === 'number' || Array.isArray(one))
  if (
    texts.length === 0 ||
    texts.length > INPUTS_MAX ||
    !(isTokens || texts.every((one) => typeof one === 'string'))
  )
    throw invalidField('input', `input must be a text or an array of 1 to ${INPUTS_MAX} texts.`)
  return {
    model,
    max_tokens: 1,
    messages: [{ role: 'user', content: isTokens ? JSON.stringify(texts) : texts.join('\n') }],
  }
}

async function readVectors(answer: UpstreamAnswer): Promise<Json> {
  const bytes = await answer.body.all(ANSWER_BYTES_MAX)
  const json = parseUpstream(bytes.toString('utf8'))
  if (json.error || !Array.isArray(json.data)) throw new Error('the upstream answered without vectors')
  return json
}

/** A mark at each end of a text, as many models count it, and room for what separates them. */
const MARKS_PER_INPUT = 4

/** The upstream's count where it can be true. */
function usageIn({ usage }: Json, { body }: Admitted, { input }: Json) {
  const marks = MARKS_PER_INPUT * (Array.isArray(input) ? input.length : 1)
  return readPromptUsage(usage, promptBytes(body) + marks)
}
