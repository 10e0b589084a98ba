import type { TokenUsage } from '../ledger/billing.ts'
import { type DomainError } from '../platform/errors.ts'
import type { Admitted } from './admit.ts'
import type { Chunk } from './chunk.ts'
import { brokenOff, fellSilent } from './relay.errors.ts'
import type { Sink } from './sink.ts'
import { type Source, SilenceError } from './source.ts'
import type { RelayTiming } from './timing.ts'

/** A stream of which the first words are known to be an answer. */
export interface OpenStream {
  source: Source
  first: Chunk[]
}

/** How a stream went, told as it goes: what was read stays known when it breaks. */
export interface StreamProgress {
  usage: TokenUsage | undefined
  text: string
  /** Every choice has said why it ended. */
  finished: boolean
  /** The upstream's id of the answer, for the chunk that we add. */
  id: string
  /** Why it is not complete, when that is the upstream's doing. */
  fault: DomainError | undefined
}

/** More chunks without a word of an answer than any provider sends first. */
const EMPTY_CHUNKS_MAX = 64

/**
 * Reads until something of an answer is there: until then another channel can take over without anybody
 * noticing. Throws when the upstream fails before that; how long it may take is the caller's business.
 */
export async function openStream(source: Source): Promise<OpenStream> {
  const first: Chunk[] = []
  for (;;) {
    const chunks = await source.read()
    first.push(...(chunks ?? []))
    if (first.some(({ failed }) => failed))
      throw new Error('the upstream answered with an error inside a stream')
    if (first.some(({ substantial }) => substantial) || first.length > EMPTY_CHUNKS_MAX)
      return { source, first }
    if (chunks === undefined) throw new Error('the upstream ended before it began')
  }
}

/** Of a stream that is held back, in characters. */
const HELD_MAX = 32 * 1024 * 1024

/**
 * Reads a whole stream before anything of it is passed on. Throws when it breaks, falls silent or is not complete: then
 * another channel takes over, and the caller never knows.
 */
export async function openWholeStream(
  source: Source,
  { choices, timing }: { choices: number; timing: RelayTiming },
): Promise<OpenStream> {
  const { first } = await openStream(source)
  const ended = new Set(first.flatMap(({ ends }) => ends))
  const isComplete = () => ended.size >= choices
  let length = first.reduce(addLength, 0)
  for (;;) {
    const chunks = await source
      .read(isComplete() ? timing.farewell : timing.idle)
      .catch((error: unknown) => (isComplete() ? undefined : Promise.reject(error)))
    if (chunks === undefined) break
    if (chunks.some(({ failed }) => failed) && !isComplete())
      throw new Error('the upstream failed inside its stream')
    first.push(...chunks)
    for (const { ends } of chunks) for (const index of ends) ended.add(index)
    length = chunks.reduce(addLength, length)
    if (length > HELD_MAX) throw new Error('the upstream answers without end')
  }
  if (!isComplete()) throw new Error('the upstream broke off')
  return { source: { ...source, read: async () => undefined }, first }
}

const addLength = (sum: number, { forward, text }: Chunk) => sum + (forward?.length ?? 0) + text.length

export interface PassOptions {
  admitted: Admitted
  sink: Sink
  timing: RelayTiming
  /** The caller left, or we may not write any more. */
  signal: AbortSignal
}

/**
 * Passes a stream on as it comes, event by event, at the caller's pace. Resolves at its end or its break;
 * the end itself ([DONE]) is not passed on: it waits for the settlement.
 */
export async function passStream(stream: OpenStream, options: PassOptions): Promise<StreamProgress> {
  const { source } = stream
  const { sink, signal, timing } = options
  const progress: StreamProgress = { usage: undefined, text: '', finished: false, id: '', fault: undefined }
  // Looked at more often than it is due: the silence may have begun just after the last look.
  const keepAlive = setInterval(() => sink.keepAlive(timing.keepAlive), timing.keepAlive / 4)
  const closeSource = () => source.close()
  signal.addEventListener('abort', closeSource)

  try {
    await pump(stream, options, progress)
    if (!progress.finished && !signal.aborted) progress.fault ??= brokenOff()
  } catch (error) {
    // After the last word a silence or a break costs the caller nothing: the answer is complete.
    if (!progress.finished && !signal.aborted)
      progress.fault = error instanceof SilenceError ? fellSilent() : brokenOff()
  } finally {
    clearInterval(keepAlive)
    signal.removeEventListener('abort', closeSource)
    if (progress.finished && !progress.fault && !signal.aborted) source.release(timing.farewell)
    else source.close()
  }
  return progress
}

async function pump(
  { source, first }: OpenStream,
  { admitted, sink, timing, signal }: PassOptions,
  progress: StreamProgress,
): Promise<void> {
  const choices = (admitted.body.n as number | undefined) ?? 1
  let chunks: Chunk[] | undefined = first
  let events = 0
  const ended = new Set<number>()
  let patience = timing.idle

  while (chunks !== undefined && !signal.aborted) {
    let lines = ''
    for (const chunk of chunks) {
      progress.usage = chunk.usage ?? progress.usage
      progress.id ||= chunk.id ?? ''
      if (chunk.failed) progress.fault ??= progress.finished ? undefined : brokenOff()
      if (progress.fault) break
      progress.text += chunk.text
      if (chunk.forward !== undefined) lines += `data: ${chunk.forward}\n\n`
      if (chunk.thinking) patience = timing.idleWhileThinking
      if (chunk.text !== '') events += 1
      for (const index of chunk.ends) ended.add(index)
      progress.finished = ended.size >= choices
    }
    const slow = lines && sink.write(lines)
    if (slow) await untilStopped(slow, signal)
    // Never above what was delivered: an event with text carries at least one token.
    if (events > 0) admitted.running.checkpoint(delivered(admitted, events))
    if (progress.fault) return
    chunks = await source.read(progress.finished ? timing.farewell : patience)
  }
}

/** A caller who has stopped reading would otherwise hold the request for ever. */
function untilStopped(slow: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    slow.then(done, reject)
    if (signal.aborted) done()
  })
}

const delivered = ({ promptTokensAtLeast }: Admitted, completionTokens: number): TokenUsage => ({
  promptTokens: promptTokensAtLeast,
  cachedTokens: null,
  completionTokens,
  reasoningTokens: null,
})
