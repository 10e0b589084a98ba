import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { chunk, hang, startUpstream, whole } from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)

const metrics = () => fetch(`${world.url}/metrics`).then((answer) => answer.text())
async function read(name: string): Promise<number> {
  const line = (await metrics()).split('\n').find((one) => one.startsWith(`pingtoken_${name} `))
  return Number(line?.split(' ')[1] ?? 0)
}

test('a caller who leaves is counted as 499, not as served', async () => {
  upstream.answer(hang(chunk({ content: 'Hi' })))
  const customer = await createCustomer(world)
  const served = await read('answers_total{code="200"}')
  const leave = new AbortController()
  await (await customer.chat({ stream: true }, { signal: leave.signal })).body!.getReader().read()
  expect(await read('live_streams')).toBe(1)
  leave.abort()
  await expect.poll(() => read('answers_total{code="499"}')).toBe(1)
  await expect.poll(() => read('live_streams')).toBe(0)
  expect(await read('answers_total{code="200"}')).toBe(served)
})

test('our overhead is without the time that a body takes to arrive', async () => {
  upstream.answer(whole('Hi'))
  const { secret } = await createCustomer(world)
  const body = JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'x' }] })
  const before = [await read('overhead_seconds_sum'), await read('overhead_seconds_count')] as const
  await new Promise<void>((resolve) => {
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1', () => {
      socket.write(
        `POST /api/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.slice(0, 9)}`,
      )
      setTimeout(() => socket.write(body.slice(9)), 1_000)
    })
    socket.resume().once('close', () => resolve())
  })
  expect((await read('overhead_seconds_count')) - before[1]).toBe(1)
  expect((await read('overhead_seconds_sum')) - before[0]).toBeLessThan(0.9)
})

test('every metric that is promised is there, and none is labelled by what a caller chose', async () => {
  const customer = await createCustomer(world)
  upstream.answer(whole('Hi'))
  await customer.chat()
  await customer.chat({ model: 'no-such-model' })
  await expect.poll(() => read('settle_latency_seconds_count')).toBeGreaterThan(0)
  const text = await metrics()
  for (const name of [
    'requests_total{',
    'answers_total{',
    'llm_tokens_total{',
    'cost_cny_total ',
    'ttft_seconds_count ',
    'duration_seconds_count ',
    'overhead_seconds_count ',
    'settle_latency_seconds_count ',
    'live_streams ',
    'live_requests ',
    'breakers_open ',
    'breakers_half_open ',
    'channel_answers{',
    'channel_faults{',
    'channel_keys_resting{',
    'holds_queued ',
    'settlements_queued ',
    'nodejs_eventloop_lag_p99_seconds ',
    'books_faults ',
  ])
    expect(text).toContain(`\npingtoken_${name}`)
  const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, label]) => label))
  expect([...labels].sort()).toEqual(
    [
      'channel',
      'code',
      'kind',
      'le',
      'major',
      'minor',
      'patch',
      'protocol',
      'space',
      'status',
      'type',
      'version',
    ].filter((label) => labels.has(label)),
  )
  expect(text).toMatch(/^pingtoken_requests_total\{status="succeeded",protocol="chat_completions"\} \d+$/m)
  expect(text).toMatch(/^pingtoken_answers_total\{code="404"\} 1$/m)
  for (const word of [customer.id, customer.tokenId, 'qwen3-max', 'no-such-model'])
    expect(text).not.toContain(word)
})

test('metrics are for this machine itself, and for nobody behind a proxy or with a guess', async () => {
  expect((await fetch(`${world.url}/metrics`)).status).toBe(200)
  const forwarded = await fetch(`${world.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })
  expect(forwarded.status).toBe(404)
  const guessed = await fetch(`${world.url}/metrics`, { headers: { authorization: 'Bearer guess' } })
  expect(guessed.status).toBe(404)
})
