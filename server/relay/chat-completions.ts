import type { CatalogChannel } from '../catalog/catalog.ts'
import { DomainError } from '../platform/errors.ts'
import type { Language } from '../platform/language.ts'
import { type Admitted, admitTimed, type Call } from './admit.ts'
import { conversationOf } from './affinity.ts'
import { errorEvent, sandboxHeader, STREAM_HEADERS, usageChunk, withCost } from './answer.ts'
import { type Attempt, type Dispatched, type DispatchOptions, dispatch } from './dispatch.ts'
import { type Ending, finish } from './finish.ts'
import { shuttingDown, tookTooLong, upstreamError, upstreamTimeout } from './relay.errors.ts'
import type { RelayParts } from './relay.ts'
import type { Sink } from './sink.ts'
import { createSource } from './source.ts'
import { createStop, type Stop } from './stop.ts'
import { timingOf } from './timing.ts'
import { openStream, openWholeStream, passStream, type StreamProgress } from './streamed.ts'
import { upstreamBody } from './body.ts'
import { readWhole } from './whole.ts'

/**
 * POST /chat/completions: the whole life of a request, in the order in which it happens.
 * Throws DomainErrors while nothing has been sent; afterwards a failure is told inside the stream.
 */
export async function chatCompletions(parts: RelayParts, call: Call, sink: Sink): Promise<void> {
  const admitted = await admitTimed(parts, call)
  const run = startRun(parts, { admitted, language: call.language }, sink)
  try {
    await (admitted.body.stream ? streamed(parts, run, sink) : whole(parts, run, sink))
  } finally {
    parts.stops.delete(run.stop)
    run.stop.release()
    admitted.gate.leave()
  }
}

/** One admitted request on its way: what is needed to end it, whenever that is. */
interface Run {
  admitted: Admitted
  language: Language
  attempts: Attempt[]
  stop: Stop
  sinceStart(): number
}

type Asked = Pick<Run, 'admitted' | 'language'>

function startRun({ timing, stops }: RelayParts, { admitted, language }: Asked, sink: Sink): Run {
  const started = performance.now()
  // The hold is written while the upstream is called; its failure is met where the first byte waits for it.
  admitted.running.durable.catch(() => undefined)
  const stop = createStop({ gone: sink.gone, fenced: admitted.running.fenced, total: timing.total })
  stops.add(stop)
  return { admitted, language, attempts: [], stop, sinceStart: () => Math.round(performance.now() - started) }
}

async function streamed(parts: RelayParts, run: Run, sink: Sink): Promise<void> {
  const { admitted, stop } = run
  const { body, model, running } = admitted
  const choices = (body.n as number | undefined) ?? 1
  const opened = await ask(parts, run, async (answer, { timeouts }) => {
    const source = createSource(answer, body.model)
    return admitted.buffered
      ? openWholeStream(source, { choices, timing: timingOf(parts.timing, timeouts) })
      : openStream(source)
  })
  await allowed(run, admitted.running.durable, opened.channel, () => {
    opened.answer.source.close()
    opened.ended('unknown')
  })

  const ttftMs = run.sinceStart()
  const { timeouts } = opened.channel
  if (timeouts.total) stop.within(timeouts.total - (performance.now() - opened.askedAt))
  const timing = timingOf(parts.timing, timeouts)
  sink.start(200, { ...STREAM_HEADERS, ...sandboxHeader(opened.channel) })
  parts.metrics.liveStreams.inc()
  const progress = await passStream(opened.answer, { admitted, sink, timing, signal: stop.signal })
  parts.metrics.liveStreams.dec()
  opened.ended(progress.fault ? 'broken_off' : progress.finished ? 'complete' : 'unknown')
  const fault = progress.fault ?? (progress.finished ? undefined : endedByUs(stop))
  const { settled, usage } = await finish(running, admitted, {
    ...endingOf(run, progress, fault),
    channelId: opened.channel.id,
    ttftMs,
  })

  if (stop.reason === 'fenced') return sink.cut()
  if (fault) return sink.end(errorEvent(fault, run.language))
  parts.lengths.learn(model.id, usage.completionTokens)
  const asked = body.stream_options?.include_usage === true
  const last = asked ? usageChunk(body.model, progress.id, withCost(usage, settled)) : ''
  sink.end(`${last}data: [DONE]\n\n`)
}

async function whole(parts: RelayParts, run: Run, sink: Sink): Promise<void> {
  const { admitted } = run
  const { answer, channel } = await ask(parts, run, (upstream) => readWhole(upstream, admitted.body.model))
  await allowed(run, run.admitted.running.settleable(), channel)

  const { settled, usage } = await finish(admitted.running, admitted, {
    ...common(run),
    status: 'succeeded',
    errorCode: null,
    usage: answer.usage,
    text: answer.text,
    channelId: channel.id,
  })
  if (run.stop.reason === 'fenced') return sink.cut()
  parts.lengths.learn(admitted.model.id, usage.completionTokens)
  const text = JSON.stringify({ ...answer.json, usage: withCost(usage, settled) })
  sink.start(200, {
    'content-type': 'application/json; charset=utf-8',
    // Head and body leave in one packet then, and not in four chunks.
    'content-length': String(Buffer.byteLength(text)),
    ...sandboxHeader(channel),
  })
  sink.end(text)
}

/** Finds a channel that answers. When none does, or the request must end first, it ends here, free. */
async function ask<T>(
  parts: RelayParts,
  run: Run,
  accept: DispatchOptions<T>['accept'],
): Promise<Dispatched<T>> {
  const { body, model, holder } = run.admitted
  try {
    return await dispatch<T>({
      ...parts,
      channels: parts.catalog.channelsFor(model.id),
      path: '/chat/completions',
      model: model.id,
      // What is held back until it is whole takes as long as a whole answer.
      streamed: body.stream === true && !run.admitted.buffered,
      conversation: () => conversationOf(holder.tokenId, model.id, body),
      bodyFor: (channel) => upstreamBody(body, channel),
      signal: run.stop.signal,
      accept,
      attempts: run.attempts,
    })
  } catch (error) {
    const fault = error instanceof DomainError ? error : beforeOutput(run.stop, error)
    await endWithoutOutput(run, fault, null)
    throw fault
  }
}

/** Nothing reaches the caller before its price is promised safely. */
async function allowed(
  run: Run,
  held: Promise<void>,
  channel: CatalogChannel,
  close?: () => void,
): Promise<void> {
  try {
    await held
  } catch (error) {
    close?.()
    await endWithoutOutput(run, error, channel)
    throw error
  }
}

async function endWithoutOutput(run: Run, error: unknown, channel: CatalogChannel | null): Promise<void> {
  const left = run.stop.reason === 'left'
  const code = error instanceof DomainError ? error.code : 'internal_error'
  await finish(run.admitted.running, run.admitted, {
    ...common(run),
    status: left ? 'cancelled' : 'failed',
    errorCode: left ? null : code,
    usage: undefined,
    text: '',
    channelId: channel?.id ?? null,
  })
}

function endingOf(run: Run, { usage, text }: StreamProgress, fault: DomainError | undefined): Ending {
  const base = { ...common(run), usage, text, channelId: null }
  if (!fault) return { ...base, status: 'succeeded', errorCode: null }
  if (run.stop.reason === 'left') return { ...base, status: 'cancelled', errorCode: null }
  return { ...base, status: 'interrupted', errorCode: fault.code }
}

const common = ({ attempts, sinceStart }: Run) => ({ attempts, ttftMs: null, durationMs: sinceStart() })

/** What the caller reads when it was us who ended a stream; nobody reads it when it was the caller. */
const endedByUs = ({ reason }: Stop) => (reason === 'late' ? tookTooLong() : shuttingDown())

function beforeOutput({ reason }: Stop, error: unknown): DomainError {
  if (reason === 'late') return upstreamTimeout()
  return reason ? shuttingDown() : upstreamError(error)
}
