import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, answerTo, type SandboxRequest, tokensIn } from './sandbox.answers.ts'

/** The built-in upstream: a real HTTP server on loopback, so that a fresh machine can make a first request. */
export interface Sandbox {
  /** With its version segment, as a channel has it. */
  url: string
  stop(): Promise<void>
}

const BODY_BYTES_MAX = 12 * 1024 * 1024
/** Between two events of a stream: visible to people, not in the way of tests. */
const PAUSE_MS = 8
const EMBEDDING_LENGTH = 16

export async function startSandbox({ pauseMs = PAUSE_MS } = {}): Promise<Sandbox> {
  const server = createServer((request, response) => {
    handle(request, response, pauseMs).catch(() => response.destroy())
  })
  // Each of several workers has its own: shared, it would be the supervisor that listens.
  const at = { port: 0, host: '127.0.0.1', exclusive: true }
  await new Promise<void>((resolve) => server.listen(at, resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function handle(request: IncomingMessage, response: ServerResponse, pauseMs: number): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case 'POST /v1/chat/completions': {
      const asked = JSON.parse(await readBody(request)) as SandboxRequest
      const answer = answerTo(asked)
      if (asked.stream) return stream(response, asked, { answer, pauseMs })
      return send(response, 200, wholeOf(asked, answer))
    }
    case 'POST /v1/embeddings':
      return send(response, 200, embeddingsOf(JSON.parse(await readBody(request)) as EmbeddingsRequest))
    case 'GET /v1/models':
      // Like its answers: it speaks for every model, and says so.
      return send(response, 200, {
        object: 'list',
        data: [{ id: 'sandbox', object: 'model', owned_by: 'pingtoken' }],
      })
    default:
      return send(response, 404, {
        error: { message: 'The sandbox has chat completions, embeddings and models.' },
      })
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

interface EmbeddingsRequest {
  model: string
  /** Texts, or texts as their LLM tokens. */
  input: string | (string | number | number[])[]
}

/** The same vector for the same text, of length 1; it means nothing. */
function embeddingsOf({ model, input }: EmbeddingsRequest): object {
  const isOneList = Array.isArray(input) && typeof input[0] === 'number'
  const texts = (isOneList ? [input] : [input].flat()) as (string | number[])[]
  const tokens = texts.reduce(
    (sum, text) => sum + (typeof text === 'string' ? tokensIn(text) : text.length),
    0,
  )
  const data = texts.map((text, index) => {
    const bytes = createHash('sha256').update(String(text)).digest().subarray(0, EMBEDDING_LENGTH)
    const length = Math.hypot(...bytes) || 1
    return { object: 'embedding', index, embedding: Array.from(bytes, (byte) => byte / length) }
  })
  return { object: 'list', model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_BYTES_MAX) throw new Error('the request is too large for the sandbox')
    parts.push(chunk)
  }
  return Buffer.concat(parts).toString('utf8')
}

function wholeOf(
  { model }: SandboxRequest,
  { id, choices: count, content, reasoning, toolCalls, finishReason, usage }: Answer,
) {
  const message = {
    role: 'assistant',
    content: toolCalls ? null : content.join(''),
    ...(reasoning.length > 0 && { reasoning_content: reasoning.join('') }),
    ...(toolCalls && { tool_calls: toolCalls }),
  }
  const choices = indexes(count).map((index) => ({ index, message, finish_reason: finishReason }))
  return { id, object: 'chat.completion', created: seconds(), model, choices, usage }
}

async function stream(
  response: ServerResponse,
  { model, stream_options }: SandboxRequest,
  { answer, pauseMs }: { answer: Answer; pauseMs: number },
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const write = (choices: object[], more = {}) => {
    const chunk = {
      id: answer.id,
      object: 'chat.completion.chunk',
      created: seconds(),
      model,
      choices,
      ...more,
    }
    if (!response.write(`data: ${JSON.stringify(chunk)}\n\n`))
      return new Promise<void>((resolve) => response.once('drain', resolve))
    return undefined
  }
  const say = async (delta: object, finish_reason: string | null = null) => {
    for (const index of indexes(answer.choices)) await write([{ index, delta, finish_reason }])
  }

  await say({ role: 'assistant', content: '' })
  for (const delta of deltasOf(answer)) {
    if (response.destroyed) return
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    await say(delta)
  }
  await say({}, answer.finishReason)
  if (stream_options?.include_usage) await write([], { usage: answer.usage })
  response.end('data: [DONE]\n\n')
}

const indexes = (count: number) => Array.from({ length: count }, (_, index) => index)

function* deltasOf({ content, reasoning, toolCalls }: Answer): Generator<object> {
  for (const piece of reasoning) yield { reasoning_content: piece }
  if (!toolCalls) {
    for (const piece of content) yield { content: piece }
    return
  }
  for (const [index, { id, type, function: call }] of toolCalls.entries()) {
    yield { tool_calls: [{ index, id, type, function: { name: call.name, arguments: '' } }] }
    for (const piece of call.arguments.match(/[^]{1,12}/g) ?? [])
      yield { tool_calls: [{ index, function: { arguments: piece } }] }
  }
}

const seconds = () => Math.floor(Date.now() / 1_000)
