import { createHash } from 'node:crypto'
import { invalidField } from '../platform/errors.ts'
import type { TokenHolder } from '../tokens/token.book.ts'
import { isAllowedAddress } from '../tokens/tokens.ts'
import { ipNotAllowed } from './relay.errors.ts'
import { type Call, identify } from './admit.ts'
import type { KeyedRequest, StoredAnswer } from './inference-keys.ts'
import type { RelayParts } from './relay.ts'
import type { Sink } from './sink.ts'

const KEY_LENGTH_MAX = 255
/** Longer answers are not kept for a replay. */
const ANSWER_LENGTH_MAX = 1024 * 1024

/** How a stream ends that did not break off, in any of the formats. */
const COMPLETE = /(data: \[DONE\]|"type":"message_stop"\}|"type":"response\.(completed|incomplete)".*)\n\n$/

export interface CallKey {
  value: string
  /** Whether the answer may be kept, sealed, for 24 hours: `Idempotency-Replay` as it was sent. */
  replay: string | string[] | undefined
}

/**
 * Serves a call at most once for its key: claims it before `run` sends anything, gives it back when nothing was
 * charged, and answers what was answered before.
 */
export async function keyed(
  parts: RelayParts,
  { call, key, sink }: { call: Call; key: CallKey; sink: Sink },
  run: (call: Call, sink: Sink) => Promise<void>,
): Promise<void> {
  const holder = await identify(parts.tokens, call.credentials)
  // What runs tells its limit itself, when it is counted.
  const tellLimit = async () =>
    call.onLimit(await parts.limits.peek(holder.tokenId, holder.requestsPerMinute))
  const { request, body, known } = await claim(parts, { call, key, holder }).catch(
    async (refusal: unknown) => {
      await tellLimit()
      throw refusal
    },
  )
  if (known) {
    await tellLimit()
    const replayed = { 'idempotency-replayed': 'true', 'x-pingtoken-receipt': known.requestId }
    sink.start(200, { ...known.headers, ...replayed })
    return sink.end(known.body)
  }
  const recording = key.replay === 'true' ? record(sink) : undefined
  try {
    await run({ ...call, readBody: async () => body }, recording?.sink ?? sink)
  } catch (refusal) {
    // What is thrown came before any output, and is free.
    await parts.keys.release(request)
    throw refusal
  }
  await parts.keys.finish(request, recording?.answer())
}

/** Who may not call from there hears no answer that others were given either. */
async function claim(
  { keys }: RelayParts,
  { call, key, holder }: { call: Call; key: CallKey; holder: TokenHolder },
) {
  if (!isAllowedAddress(call.ip, holder.ipAllowList)) throw ipNotAllowed()
  if (key.value.length === 0 || key.value.length > KEY_LENGTH_MAX)
    throw invalidField('Idempotency-Key', `Idempotency-Key must have 1 to ${KEY_LENGTH_MAX} characters.`)
  if (![undefined, 'true', 'false'].includes(key.replay as string | undefined))
    throw invalidField('Idempotency-Replay', 'Idempotency-Replay must be true or false.')
  const body = await call.readBody()
  const bodyHash = createHash('sha256').update(call.protocol).update('\n').update(body).digest()
  const { requestId } = call
  const request: KeyedRequest = { tokenId: holder.tokenId, key: key.value, bodyHash, requestId }
  return { request, body, known: await keys.claim(request) }
}

function record(sink: Sink): { sink: Sink; answer(): StoredAnswer | undefined } {
  const pieces: string[] = []
  let length = 0
  let headers: Record<string, string> = {}
  let whole = false
  const keep = (text: string) => {
    length += text.length
    if (length <= ANSWER_LENGTH_MAX) pieces.push(text)
  }
  return {
    answer: () => (whole && length <= ANSWER_LENGTH_MAX ? { headers, body: pieces.join('') } : undefined),
    sink: {
      gone: sink.gone,
      get started() {
        return sink.started
      },
      start(status, more) {
        headers = { ...more }
        sink.start(status, more)
      },
      write(text) {
        keep(text)
        return sink.write(text)
      },
      keepAlive: (silenceMs, sign) => sink.keepAlive(silenceMs, sign),
      end(text = '') {
        keep(text)
        // A stream that broke off is not an answer to give again.
        whole = COMPLETE.test(text) || headers['content-type']?.startsWith('application/json') === true
        sink.end(text)
      },
      cut: () => sink.cut(),
    },
  }
}
