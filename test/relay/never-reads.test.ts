import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { createSink } from '../../server/http/sink.ts'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { chunk, DONE, type Script, startUpstream, stream } from '../support/upstream.ts'

// Much to write and little to count.
const BIG = chunk({ content: 'x', padding: 'x'.repeat(60_000) })

/** An answer that goes on as long as somebody takes it. */
let flooded = 0
const flood: Script = async (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  while (!response.destroyed) {
    flooded += BIG.length
    if (response.write(BIG)) continue
    await new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done).off('close', done)
        resolve()
      }
      response.on('drain', done).on('close', done)
    })
  }
}

/** Sends a request over a connection of which nothing is ever read. */
async function neverRead(url: string, secret = ''): Promise<Socket> {
  const text = JSON.stringify({
    model: 'qwen3-max',
    messages: [{ role: 'user', content: 'Hi' }],
    stream: true,
  })
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined)
  socket.pause()
  afterAll(() => void socket.destroy())
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const head = `POST /api/v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${secret}\r\ncontent-type: application/json`
  socket.write(`${head}\r\ncontent-length: ${text.length}\r\n\r\n${text}`)
  return socket
}

async function setUp(total: number) {
  const env = { ALLOW_PRIVATE_UPSTREAMS: 'true', DRAIN_SECONDS: '0' }
  const world = await startApp(env, { relayTiming: { total } })
  const upstream = await startUpstream()
  upstream.answer(flood)
  await connectChannel(world, upstream)
  const customer = await createCustomer(world, { token: { concurrency: 1 } })
  const status = () => customer.records().then(([record]) => record?.status)
  return { world, upstream, customer, status }
}

test('who never reads a stream holds nothing after its time: all is settled, the place is free', async () => {
  const { world, upstream, customer, status } = await setUp(1_500)
  await neverRead(world.url, customer.secret)
  await expect.poll(status, { timeout: 15_000 }).toBe('INTERRUPTED')
  await expect.poll(() => upstream.open, { timeout: 1_000 }).toBe(0)
  upstream.answer(stream(chunk({ content: 'Hi' }), chunk({}, 'stop'), DONE))
  expect((await customer.chat({ stream: true })).status).toBe(200)
})

test('a server that stops does not wait for who never reads', async () => {
  const { world, upstream, customer } = await setUp(60_000)
  const before = flooded
  await neverRead(world.url, customer.secret)
  let last = before
  // What stands still has filled every buffer on the way: the relay waits for its caller.
  await expect
    .poll(() => last === (last = flooded) && last > before, { interval: 200, timeout: 10_000 })
    .toBe(true)
  expect(upstream.open).toBe(1)
  const asked = performance.now()
  await world.app.close()
  expect(performance.now() - asked).toBeLessThan(15_000)
})

test('what is left of an answer is kept for who reads on, however slowly, and not for who has stopped', async () => {
  const closed: string[] = []
  const answer = 'x'.repeat(24 << 20)
  const server = createServer((request, response) => {
    const sink = createSink(request, response, () => ({}), 300)
    response.once('close', () => closed.push(`${request.url} ${response.writableFinished}`))
    sink.start(200, {})
    sink.end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  await neverRead(url)
  const slow = await fetch(`${url}/slow`, { method: 'POST' })
  let read = 0
  for await (const piece of slow.body!) {
    read += piece.length
    // Twelve pauses, together far longer than anybody may stand still.
    if (Math.floor(read / (2 << 20)) > Math.floor((read - piece.length) / (2 << 20)))
      await new Promise((resolve) => setTimeout(resolve, 100))
  }
  expect(read).toBe(answer.length)
  await expect.poll(() => closed).toEqual(['/api/v1/chat/completions false', '/slow true'])
})
