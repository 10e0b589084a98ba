import { createServer, type AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { chunk, hang, type Script, startUpstream, type Upstream } from '../support/upstream.ts'

const word = chunk({ content: 'Hello' })
const silence: Script = () => undefined
const endless: Script = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const writing = setInterval(() => response.write(word), 50)
  response.on('close', () => clearInterval(writing))
}

/** One channel with these timeouts, on a relay that has its ordinary patience. */
async function askWith(timeouts: object, upstream: Upstream, body: object = { stream: true }) {
  const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true', DRAIN_SECONDS: '0' })
  await connectChannel(app, upstream, { timeouts })
  const customer = await createCustomer(app)
  const started = performance.now()
  const response = await customer.chat(body)
  const text = await response.text()
  return { status: response.status, text, ms: performance.now() - started }
}

async function upstreamThat(script: Script): Promise<Upstream> {
  const upstream = await startUpstream()
  upstream.answer(script)
  return upstream
}

test('a connection that is not made within the channel’s time is given up', async () => {
  // Takes the connection and never says a word of TLS.
  const mute = createServer(() => undefined).listen(0, '127.0.0.1')
  afterAll(() => void mute.close())
  await new Promise((resolve) => mute.once('listening', resolve))
  const url = `https://127.0.0.1:${(mute.address() as AddressInfo).port}/v1`
  const { status, ms } = await askWith({ connect: 200 }, { url } as Upstream)
  expect(status).toBe(502)
  expect(ms).toBeLessThan(4_500)
})

test('a first token that is later than the channel’s time is not waited for', async () => {
  const { status, text } = await askWith({ firstToken: 200 }, await upstreamThat(silence))
  expect([status, JSON.parse(text).error.code]).toEqual([504, 'upstream_timeout'])
})

test('a stream that is silent for longer than the channel’s time ends with an error', async () => {
  const { status, text, ms } = await askWith({ idle: 200 }, await upstreamThat(hang(word)))
  expect([status, text.includes('[DONE]')]).toEqual([200, false])
  expect(text).toContain('"error"')
  expect(ms).toBeLessThan(3_000)
})

test.each([
  ['held back', { 'x-pingtoken-buffered': 'true' }],
  ['passed on', {}],
])('a stream %s that goes on for longer than the channel’s time ends with an error', async (_, headers) => {
  const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true', DRAIN_SECONDS: '0' })
  await connectChannel(app, await upstreamThat(endless), { timeouts: { total: 400 } })
  const response = await (await createCustomer(app)).chat({ stream: true }, { headers })
  const text = await response.text()
  expect(text).toContain('"error"')
  expect(text).not.toContain('[DONE]')
})

test('a whole answer that takes longer than the channel’s time is not waited for', async () => {
  const { status } = await askWith({ total: 200 }, await upstreamThat(silence), {})
  expect(status).toBe(504)
})
