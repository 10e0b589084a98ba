import fc from 'fast-check'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { type BodyTiming, readJsonBody } from '../../server/http/body.ts'
import { errorAnswer } from '../../server/http/errors.ts'
import { DomainError } from '../../server/platform/errors.ts'
import { createLog } from '../../server/platform/log.ts'
import { parseChatBody } from '../../server/relay/body.ts'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { startUpstream, whole } from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)
const { secret } = await createCustomer(world)
const path = '/api/v1/chat/completions'
const body = JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'x' }] })

/** Writes bytes to a server and answers what came until it closed, or until `enough` was seen. */
function raw(port: number, bytes: string, enough?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.on('data', (data: Buffer) => {
      text += data.toString()
      if (enough?.test(text)) socket.destroy()
    })
    socket.once('error', () => undefined)
    socket.once('close', () => resolve(text))
  })
}
const port = Number(new URL(world.url).port)
const head = (more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\n${more}`

test.each([
  ['a content type that is none', path, { 'content-type': '?' }, 415],
  ['a compressed body', path, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 415],
  ['a method of another route', '/api/v1/models', { 'content-type': 'application/json' }, 404],
])('%s is refused in the API’s own shape', async (_, at, headers, status) => {
  const authorization = `Bearer ${secret}`
  const init = { method: 'POST', body, headers: { ...headers, authorization } as Record<string, string> }
  const response = await fetch(world.url + at, init)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({
    type: 'error',
    error: { type: expect.any(String), code: expect.any(String), message: expect.any(String), param: null },
  })
})

test('a byte order mark, a body in pieces and a type with a suffix are welcome', async () => {
  upstream.answer(whole('Hi'))
  const response = await fetch(world.url + path, {
    method: 'POST',
    body: new Blob(['\ufeff', body]).stream(),
    duplex: 'half',
    headers: {
      authorization: `bearer  ${secret}`,
      'content-type': 'application/vnd.api+json; charset=utf-8',
    },
  } as RequestInit)
  expect(response.status).toBe(200)
})

test('a body of just ten megabytes is taken', async () => {
  upstream.answer(whole('Hi'))
  const padding = ' '.repeat(10 * 1024 * 1024 - body.length)
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
  const response = await fetch(world.url + path, { method: 'POST', body: body + padding, headers })
  expect(response.status).toBe(200)
})

test('a body without a length is cut off at ten megabytes as well', async () => {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
  const endless = new Blob(['x'.repeat(11 << 20)]).stream()
  const init = { method: 'POST', body: endless, duplex: 'half', headers } as RequestInit
  expect((await fetch(world.url + path, init)).status).toBe(413)
})

test('a NUL or quotes in a key, or two lengths, cost nobody but the sender anything', async () => {
  const nul = await raw(port, `GET /api/v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\0b\r\n\r\n`)
  expect(nul).toMatch(/^HTTP\/1\.1 400 /)
  const twice = await raw(port, head('Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'))
  expect(twice).toMatch(/^HTTP\/1\.1 400 /)
  const bomb = await raw(port, head(`X-Bomb: ${'x'.repeat(40_000)}\r\nContent-Length: 2\r\n\r\n{}`))
  expect(bomb).toMatch(/^HTTP\/1\.1 431 /)
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200)
})

test('requests sent one after another without waiting are answered in their order', async () => {
  upstream.answer(whole('Hi'))
  const one = (text: string) => head(`Content-Length: ${text.length}\r\n\r\n${text}`)
  const text = await raw(port, one(body) + one('{}') + one(body), /(200 OK[^]*){2}finish_reason/)
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400', 'HTTP/1.1 200'])
})

test('who leaves before the whole body is there is forgotten, and pays nothing', async () => {
  const before = upstream.heard.length
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(head('Content-Length: 500\r\n\r\n{"model":'), () => socket.destroy())
    })
    socket.once('close', () => resolve())
  })
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200)
  expect(upstream.heard.length).toBe(before)
})

/** A server that reads bodies as the relay's routes do, and answers with what it read. */
async function reader(timing: BodyTiming): Promise<number> {
  const server = createServer((request, response) => {
    readJsonBody(request, timing).then(
      (read) => response.end(read),
      (error: unknown) => {
        const answer = errorAnswer(error, 'id', createLog('silent'))
        response.writeHead(answer.status, answer.headers).end(answer.body)
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test('a body that is late is 408, told to the caller, and the connection ends', async () => {
  const late = head('Content-Length: 500\r\n\r\n{"model":')
  for (const timing of [
    { slow: 50, total: 60_000 },
    { slow: 60_000, total: 50 },
  ])
    expect(await raw(await reader(timing), late)).toMatch(/^HTTP\/1\.1 408 [^]*"request_timeout"/)
})

test('a body that is slow but comes is waited for', async () => {
  const socket = connect(await reader({ slow: 400, total: 60_000 }), '127.0.0.1')
  let text = ''
  socket.on('data', (data: Buffer) => (text += data.toString()))
  socket.write(head('Content-Length: 6\r\n\r\n'))
  for (const byte of '"slow"') {
    await new Promise((resolve) => setTimeout(resolve, 120))
    socket.write(byte)
  }
  await expect.poll(() => text).toMatch(/"slow"$/m)
  socket.destroy()
})

test('models are listed as OpenAI and as Anthropic list them, with prices and limits', async () => {
  const get = async (at: string, headers = {}) => {
    const response = await fetch(`${world.url}${at}`, { headers: { 'x-api-key': secret, ...headers } })
    return { status: response.status, headers: response.headers, json: (await response.json()) as any }
  }
  const { json, headers } = await get('/api/v1/models/deepseek-v4-pro')
  expect(json).toMatchObject({
    id: 'deepseek-v4-pro',
    object: 'model',
    pricing: { prompt: '0.000002', completion: '0.000008', input_cache_read: '0.0000002' },
    supported_parameters: expect.arrayContaining(['max_tokens', 'tools']),
  })
  expect(json).toHaveProperty('context_length')
  expect(headers.get('x-ratelimit-limit-requests')).toBe('60')
  expect((await get('/v1/models', { 'anthropic-version': '2023-06-01' })).json).toMatchObject({
    has_more: false,
    first_id: 'qwen3-max',
    data: expect.arrayContaining([expect.objectContaining({ type: 'model', display_name: 'Kimi K2' })]),
  })
  expect((await get('/api/v1/models/gpt-5')).status).toBe(404)
  expect((await get('/api/v1/key')).json.data).toMatchObject({
    requests_per_minute: 60,
    context_tokens_max: 5_000,
  })
  expect((await fetch(`${world.url}/api/v1/models`, { method: 'HEAD' })).status).toBe(401)
})

test('whatever the body is, it is understood or refused by a rule that names the field', () => {
  const message = fc.record(
    { role: fc.oneof(fc.constant('user'), fc.jsonValue()), content: fc.jsonValue() },
    { requiredKeys: [] },
  )
  const request = fc.record(
    {
      model: fc.oneof(fc.string(), fc.jsonValue()),
      messages: fc.oneof(fc.array(message, { maxLength: 3 }), fc.jsonValue()),
      temperature: fc.jsonValue(),
      max_tokens: fc.jsonValue(),
      stream: fc.jsonValue(),
      stream_options: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  const check = (bytes: Buffer) => {
    try {
      parseChatBody(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError)
      expect((error as DomainError).code).toBe('invalid_request')
    }
  }
  fc.assert(
    fc.property(request, (value) => check(Buffer.from(JSON.stringify(value)))),
    { numRuns: 3_000 },
  )
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => check(Buffer.from(bytes))),
    { numRuns: 1_000 },
  )
})
