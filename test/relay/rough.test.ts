import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer, type Customer } from '../support/customer.ts'
import {
  chunk,
  DONE,
  hang,
  type Script,
  startUpstream,
  stream,
  type Upstream,
  usage,
  usageChunk,
} from '../support/upstream.ts'

/** RELAY.md §5, "ours besides": what faulty providers and rough callers do on the wire. */
const role = chunk({ role: 'assistant', content: '' })
const good = stream(role, chunk({ content: 'Hello' }), chunk({}, 'stop'), usageChunk(usage(7, 2)), DONE)

const encoded =
  (encoding: string, body: Buffer): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
    response.end(body)
  }

test.each([
  ['answers with a gzip bomb', encoded('gzip', gzipSync(Buffer.alloc(100 << 20)))],
  ['names 5,000 encodings', encoded(Array(5_000).fill('gzip').join(), gzipSync('{}'))],
  [
    'sends a length that is not true',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{')
      response.socket!.end()
    },
  ],
] as [string, Script][])('when a provider %s, the next one answers and memory stays', async (_, fault) => {
  const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
  const [bad, well] = [await startUpstream(), await startUpstream()]
  bad.answer(fault)
  well.answer(good)
  await connectChannel(world, bad, { priority: 0 })
  await connectChannel(world, well, { priority: 1 })
  const before = process.memoryUsage().rss
  const response = await (await createCustomer(world)).chat({ stream: true })
  expect(await response.text()).toMatch(/Hello[^]*\[DONE\]\n\n$/)
  expect(process.memoryUsage().rss - before).toBeLessThan(90 << 20)
})

test('a provider whose certificate nobody vouches for gets no request and no key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pingtoken-certificate-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const self = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const made = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
    ...self,
  ]
  execFileSync('openssl', made, { stdio: 'ignore' })
  let heard = 0
  const provider = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
    heard += 1
    response.end('{}')
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    provider.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
  const { port } = provider.address() as AddressInfo
  await connectChannel(world, { url: `https://localhost:${port}/v1` } as Upstream)
  const response = await (await createCustomer(world)).chat()
  expect(response.status).toBe(502)
  expect(await response.text()).not.toMatch(/localhost|certificate/i)
  expect(heard).toBe(0)
})

/** Sends these bytes, waits for the moment, and resets the connection. */
async function resetAfter(url: string, bytes: string, moment: (heard: () => string) => Promise<unknown>) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let heard = ''
  socket.on('data', (data) => (heard += data.toString())).on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  await new Promise((resolve) => socket.write(bytes, resolve))
  await moment(() => heard)
  socket.resetAndDestroy()
}

test('a caller who resets the connection at byte 0, within a chunk of the body, or before [DONE] harms nobody', async () => {
  const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
  const upstream = await startUpstream()
  upstream.answer(hang(role, chunk({ content: 'Hello' }), chunk({}, 'stop'), usageChunk(usage(7, 2))))
  await connectChannel(world, upstream)
  const customer = await createCustomer(world)
  const now = () => Promise.resolve()

  await resetAfter(world.url, '', now)
  await resetAfter(world.url, head(customer, 'transfer-encoding: chunked') + '40\r\n{"model": "qw', now)
  expect(upstream.heard).toHaveLength(0)

  const body = JSON.stringify({
    model: 'qwen3-max',
    messages: [{ role: 'user', content: 'Hi' }],
    stream: true,
  })
  await resetAfter(world.url, head(customer, `content-length: ${body.length}`) + body, (heard) =>
    expect.poll(heard).toContain('"finish_reason":"stop"'),
  )
  await expect.poll(() => upstream.open, { timeout: 1_000 }).toBe(0)
  await expect.poll(() => customer.records().then(({ length }) => length)).toBe(1)
  const [record] = await customer.records()
  expect(record).toMatchObject({ promptTokens: '7', completionTokens: '2', source: 'UPSTREAM' })

  upstream.answer(good)
  expect(await (await customer.chat({ stream: true })).text()).toContain('[DONE]')
})

const head = ({ secret }: Customer, length: string) =>
  `POST /api/v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${secret}\r\n${length}\r\n\r\n`
