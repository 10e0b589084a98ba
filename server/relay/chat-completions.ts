import type { CatalogChannel } from '../catalog/catalog.ts'
import type { TokenUsage } from '../ledger/billing.ts'
import { DomainError, serviceUnavailable } from '../platform/errors.ts'
import { admit, type Admitted, type Call } from './admit.ts'
import type { ChatBody } from './body.ts'
import { type Attempt, dispatch } from './dispatch.ts'
import { costNumber, type Ending, finish } from './finish.ts'
import { upstreamError } from './relay.errors.ts'
import type { RelayParts } from './relay.ts'
import type { Sink } from './sink.ts'
import { createSource } from './source.ts'
import { type OpenStream, openStream, passStream, type StreamProgress } from './streamed.ts'
import { readWhole, type WholeAnswer } from './whole.ts'

/**
 * POST /chat/completions: the whole life of a request, in the order in which it happens.
 * Throws DomainErrors while nothing has been sent; afterwards a failure is told inside the stream.
 */
export async function chatCompletions(parts: RelayParts, call: Call, sink: Sink): Promise<void> {
  const admitted = await admit(parts, call)
  const run = startRun(parts, admitted, sink)
  return admitted.body.stream ? streamed(parts, run, sink) : whole(parts, run, sink)
}

/** One admitted request on its way: what is needed to end it, whenever that is. */
interface Run {
  admitted: Admitted
  attempts: Attempt[]
  /** The caller left, this process may not write any more, or time is up. */
  stop: AbortSignal
  sinceStart(): number
}

function startRun({ timing }: RelayParts, admitted: Admitted, sink: Sink): Run {
  const started = performance.now()
  // The hold is written while the upstream is called; its failure is met where the first byte waits for it.
  admitted.running.durable.catch(() => undefined)
  return {
    admitted,
    attempts: [],
    stop: AbortSignal.any([sink.gone, admitted.running.fenced, AbortSignal.timeout(timing.total)]),
    sinceStart: () => Math.round(performance.now() - started),
  }
}

async function streamed(parts: RelayParts, run: Run, sink: Sink): Promise<void> {
  const { admitted, stop } = run
  const { body, model, running } = admitted
  const opened = await ask(parts, run, async (answer) =>
    openStream(createSource(answer, body.model, parts.timing)),
  )
  await firstByteAllowed(run, opened, () => opened.answer.source.close())

  const ttftMs = run.sinceStart()
  sink.start(200, { ...streamHeaders, ...sandboxHeader(opened.channel) })
  const progress = await passStream(opened.answer, { admitted, sink, timing: parts.timing, stop })
  const ending = { ...endingOf(run, progress, sink), channelId: opened.channel.id, ttftMs }
  const { settled, usage } = await finish(running, admitted, ending)

  if (ending.status === 'succeeded') {
    parts.lengths.learn(model.id, usage.completionTokens)
    const asked = body.stream_options?.include_usage === true
    const last = asked ? usageChunk(body.model, progress, withCost(usage, costNumber(settled))) : ''
    return sink.end(`${last}data: [DONE]\n\n`)
  }
  const fault = progress.fault ?? serviceUnavailable()
  sink.end(`data: ${JSON.stringify({ error: streamError(fault) })}\n\n`)
}

async function whole(parts: RelayParts, run: Run, sink: Sink): Promise<void> {
  const { admitted } = run
  const { answer, channel } = await ask(parts, run, (upstream) => readWhole(upstream, admitted.body.model))
  await firstByteAllowed(run, { channel, answer })

  const ending: Ending = {
    ...common(run),
    status: 'succeeded',
    errorCode: null,
    usage: answer.usage,
    text: answer.text,
    channelId: channel.id,
  }
  const { settled, usage } = await finish(admitted.running, admitted, ending)
  parts.lengths.learn(admitted.model.id, usage.completionTokens)
  sink.start(200, { 'content-type': 'application/json; charset=utf-8', ...sandboxHeader(channel) })
  sink.end(
    JSON.stringify({
      ...answer.json,
      usage: { ...asObject(answer.json.usage), ...withCost(usage, costNumber(settled)) },
    }),
  )
}

/** Finds a channel that answers. When none does, or the caller leaves first, the request ends here, free. */
async function ask<T extends OpenStream | WholeAnswer>(
  parts: RelayParts,
  run: Run,
  accept: Parameters<typeof dispatch<T>>[0]['accept'],
) {
  const { body, model } = run.admitted
  try {
    return await dispatch<T>({
      ...parts,
      channels: parts.catalog.channelsFor(model.id),
      path: '/chat/completions',
      bodyFor: (channel) => upstreamBody(body, channel),
      signal: run.stop,
      accept,
      attempts: run.attempts,
    })
  } catch (error) {
    await endWithoutOutput(run, error)
    throw error instanceof DomainError ? error : upstreamError()
  }
}

/** Nothing reaches the caller before the hold is safe. */
async function firstByteAllowed(
  run: Run,
  { channel }: { channel: CatalogChannel; answer: unknown },
  close?: () => void,
) {
  try {
    await run.admitted.running.durable
  } catch (error) {
    close?.()
    await endWithoutOutput(run, error, channel)
    throw error
  }
}

async function endWithoutOutput(run: Run, error: unknown, channel?: CatalogChannel) {
  const left = run.stop.aborted
  await finish(run.admitted.running, run.admitted, {
    ...common(run),
    status: left ? 'cancelled' : 'failed',
    errorCode: left ? null : error instanceof DomainError ? error.code : 'upstream_error',
    usage: undefined,
    text: '',
    channelId: channel?.id ?? null,
  })
}

function endingOf(run: Run, { usage, text, fault }: StreamProgress, sink: Sink): Omit<Ending, 'channelId'> {
  const base = { ...common(run), usage, text }
  if (fault) return { ...base, status: 'interrupted', errorCode: fault.code }
  if (!run.stop.aborted) return { ...base, status: 'succeeded', errorCode: null }
  const left = sink.gone.aborted
  return {
    ...base,
    status: left ? 'cancelled' : 'interrupted',
    errorCode: left ? null : 'service_unavailable',
  }
}

const common = ({ attempts, sinceStart }: Run) => ({ attempts, ttftMs: null, durationMs: sinceStart() })

/** Usage is always asked for; what the caller wrote otherwise goes on as it is. */
function upstreamBody(body: ChatBody, { upstreamModel }: CatalogChannel): string {
  const asked = { ...body, model: upstreamModel }
  if (body.stream) asked.stream_options = { ...body.stream_options, include_usage: true }
  return JSON.stringify(asked)
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

const sandboxHeader = ({ sandbox }: CatalogChannel): Record<string, string> =>
  sandbox ? { 'x-pingtoken-sandbox': 'true' } : {}

export const streamError = ({ code, message, kind, detail }: DomainError) => ({
  type: kind,
  code,
  message,
  param: detail.param ?? null,
})

/** Usage as OpenAI's clients read it, with what the request cost in CNY. */
function withCost(
  { promptTokens, completionTokens, cachedTokens, reasoningTokens }: TokenUsage,
  cost: number,
) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens !== null && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoningTokens !== null && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
    cost,
  }
}

function usageChunk(model: string, { id }: StreamProgress, usage: object): string {
  const created = Math.floor(Date.now() / 1_000)
  const chunk = { id, object: 'chat.completion.chunk', created, model, choices: [], usage }
  return `data: ${JSON.stringify(chunk)}\n\n`
}

const asObject = (value: unknown) => (typeof value === 'object' && value !== null ? value : {})
