import type { TokenUsage } from '../ledger/billing.ts'
import { type DomainError } from '../platform/errors.ts'
import type { Admitted } from './admit.ts'
import type { Chunk } from './chunk.ts'
import type { RelayTiming } from './dispatch.ts'
import { brokenOff, fellSilent } from './relay.errors.ts'
import type { Sink } from './sink.ts'
import { type Source, SilenceError } from './source.ts'

/** A stream of which the first words are known to be an answer. */
export interface OpenStream {
  source: Source
  first: Chunk[]
}

/** How a stream went, told as it goes: what was read stays known when it breaks. */
export interface StreamProgress {
  usage: TokenUsage | undefined
  text: string
  finished: boolean
  /** The upstream's id of the answer, for the chunk that we add. */
  id: string
  /** Why it is not complete. */
  fault: DomainError | undefined
}

/** Reads until something is there to be forwarded. Throws when the upstream fails before that. */
export async function openStream(source: Source): Promise<OpenStream> {
  const first: Chunk[] = []
  for (;;) {
    const chunks = await source.read()
    if (chunks === undefined && first.length === 0) throw new Error('the upstream ended before it began')
    first.push(...(chunks ?? []))
    if (first.some(({ failed }) => failed))
      throw new Error('the upstream answered with an error inside a stream')
    if (chunks === undefined || first.some(({ forward }) => forward !== undefined)) return { source, first }
  }
}

export interface PassOptions {
  admitted: Admitted
  sink: Sink
  timing: RelayTiming
  /** The caller left, or we may not write any more. */
  stop: AbortSignal
}

/**
 * Passes a stream on as it comes, event by event, at the caller's pace. Resolves at its end or its break;
 * the end itself ([DONE]) is not passed on: it waits for the settlement.
 */
export async function passStream(
  { source, first }: OpenStream,
  options: PassOptions,
): Promise<StreamProgress> {
  const { sink, stop, timing, admitted } = options
  const progress: StreamProgress = { usage: undefined, text: '', finished: false, id: '', fault: undefined }
  const promptTokens = Math.ceil(Buffer.byteLength(JSON.stringify(admitted.body.messages)) / 4)
  const keepAlive = setInterval(() => sink.keepAlive(timing.keepAlive), timing.keepAlive)
  const closeSource = () => source.close()
  stop.addEventListener('abort', closeSource)
  let events = 0

  try {
    let chunks: Chunk[] | undefined = first
    while (chunks !== undefined && !stop.aborted) {
      const lines = takeIn(chunks, progress)
      events += chunks.length
      if (lines) await sink.write(lines)
      // Never above what was delivered: an event carries at least one token, or none was produced.
      if (progress.text !== '')
        admitted.running.checkpoint({
          promptTokens,
          cachedTokens: null,
          completionTokens: Math.min(events, progress.text.length),
          reasoningTokens: null,
        })
      if (progress.fault) break
      if (progress.finished) source.expectFarewell()
      chunks = await source.read()
    }
    if (!progress.finished && !stop.aborted) progress.fault ??= brokenOff()
  } catch (error) {
    // After the last word a silence or a break costs the caller nothing: the answer is complete.
    if (!progress.finished && !stop.aborted)
      progress.fault = error instanceof SilenceError ? fellSilent() : brokenOff()
  } finally {
    clearInterval(keepAlive)
    stop.removeEventListener('abort', closeSource)
    source.close()
  }
  return progress
}

/** Notes what the chunks say; answers the lines to send. */
function takeIn(chunks: Chunk[], progress: StreamProgress): string {
  let lines = ''
  for (const chunk of chunks) {
    progress.usage = chunk.usage ?? progress.usage
    progress.id ||= chunk.id ?? ''
    if (chunk.failed) {
      progress.fault = brokenOff()
      return lines
    }
    progress.text += chunk.text
    progress.finished ||= chunk.finished
    if (chunk.forward !== undefined) lines += `data: ${chunk.forward}\n\n`
  }
  return lines
}
