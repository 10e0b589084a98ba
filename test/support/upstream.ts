import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll } from 'vitest'

export interface Heard {
  headers: IncomingMessage['headers']
  body: any
}

/** One answer of the upstream: written by the test, over a real socket. */
export type Script = (response: ServerResponse, request: Heard & { socket: Socket }) => void | Promise<void>

export interface Upstream {
  url: string
  /** Every request, in the order of arrival. */
  heard: Heard[]
  /** How many connections have been made. */
  readonly connections: number
  /** How many answers are under way. */
  readonly open: number
  /** Answers the next requests, one script each; the last one stays. */
  answer(...scripts: Script[]): void
}

/** A provider whose behaviour a test scripts. */
export async function startUpstream(): Promise<Upstream> {
  let scripts: Script[] = []
  let [open, connections] = [0, 0]
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    open += 1
    response.once('close', () => (open -= 1))
    const parts: Buffer[] = []
    request.on('data', (chunk: Buffer) => parts.push(chunk))
    request.on('end', () => {
      const one = { headers: request.headers, body: JSON.parse(Buffer.concat(parts).toString() || 'null') }
      heard.push(one)
      const script = scripts.length > 1 ? scripts.shift()! : scripts[0]!
      void script(response, { ...one, socket: request.socket })
    })
  })
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    heard,
    get connections() {
      return connections
    },
    get open() {
      return open
    },
    answer: (...given) => void (scripts = given),
  }
}

export const usage = (prompt: number, completion: number, more: object = {}) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...more,
})

/** A complete, non-streamed answer. */
export const whole =
  (content: string, counted: object | undefined = usage(10, 5), more: object = {}): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: 'upstream-name',
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: counted,
        ...more,
      }),
    )
  }

export const refuse =
  (status: number, message: string, headers: Record<string, string> = {}): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ error: { message, code: 'provider_word' } }))
  }

export const chunk = (delta: object, finish_reason: string | null = null, more: object = {}) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'upstream-name',
    choices: [{ index: 0, delta, finish_reason }],
    ...more,
  })}\n\n`

export const usageChunk = (counted: object) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'upstream-name', choices: [], usage: counted })}\n\n`

export const DONE = 'data: [DONE]\n\n'

/** Writes these pieces one after another, each in a packet of its own, and ends. */
export const stream =
  (...pieces: (string | Buffer)[]): Script =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) {
      response.write(piece)
      await new Promise(setImmediate)
    }
    response.end()
  }

/** Writes these pieces and then says nothing more, with the connection open. */
export const hang =
  (...pieces: string[]): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) response.write(piece)
  }

/** Writes these pieces and breaks the connection. */
export const breakAfter =
  (...pieces: string[]): Script =>
  (response, { socket }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) response.write(piece)
    setImmediate(() => socket.resetAndDestroy())
  }
