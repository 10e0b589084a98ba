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
import { chunk, hang, startUpstream, whole } from '../support/upstream.ts'

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
const get = (at: string, more = '') => `GET ${at} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`
const head = (more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\n${more}`

test.each([
  ['a content type that is none', path, { 'content-type': '?' }, 415],
  ['a compressed body', path, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 415],
  ['a method of another route', '/api/v1/models', { 'content-type': 'application/json' }, 405],
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

test.each([
  ['headers without end', head(`X-Bomb: ${'x'.repeat(40_000)}\r\n\r\n`), 431, 'headers_too_large'],
  ['two lengths', head('Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'), 400, 'invalid_request'],
  ['a method that there is not', 'FOO /api/v1/models HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'invalid_request'],
  ['no host', 'GET /api/v1/models HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'invalid_request'],
  ['an address that cannot be decoded', get('/api/v1/models/%ff'), 400, 'invalid_request'],
  ['a route that there is not', get('/api/v1/nothing'), 404, 'route_not_found'],
  ['an address that there is not', get('/nothing/here.json'), 404, 'page_not_found'],
  ['an expectation that nobody knows', get('/api/v1/models', 'Expect: tea\r\n'), 401, 'invalid_api_key'],
])('%s is refused in the API’s own shape as well', async (_, bytes, status, code) => {
  const [head, text] = (await raw(port, bytes)).split('\r\n\r\n') as [string, string]
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(head.toLowerCase()).toContain('content-type: application/json')
  expect(JSON.parse(text)).toMatchObject({
    type: 'error',
    error: { type: expect.any(String), code, message: expect.any(String) },
    request_id: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
  })
})

test('bytes that are no request, after one whose answer is under way, add nothing to that answer', async () => {
  upstream.answer(hang(chunk({ content: 'Hi' })))
  const asked = JSON.stringify({ ...JSON.parse(body), stream: true })
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(head(`Content-Length: ${asked.length}\r\n\r\n${asked}`)),
  )
  let text = ''
  socket.on('data', (data: Buffer) => {
    if (!text) socket.write('no request at all\r\n\r\n')
    text += data.toString()
  })
  await new Promise((resolve) => socket.once('close', resolve))
  expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
})

test.each(['/chat/completions', '/messages', '/messages/count_tokens', '/responses', '/embeddings'])(
  'nesting without end is a bad request at %s',
  async (door) => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const response = await fetch(`${world.url}/api/v1${door}`, {
      method: 'POST',
      body: `{"model":"qwen3-max","max_tokens":1,"messages":[{"role":"user","content":${deep}}],"input":${deep}}`,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ type: 'error', error: { code: 'invalid_request' } })
  },
)

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
        const answer = errorAnswer(error, { requestId: 'id', language: 'en', log: createLog('silent') })
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
