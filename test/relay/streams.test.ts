import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import {
  breakAfter,
  chunk,
  DONE,
  hang,
  startUpstream,
  stream,
  usage,
  usageChunk,
} from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)
await world.app.services.sql.query("UPDATE model SET context_length = 262144 WHERE id = 'qwen3-max'")
await world.app.services.catalog.reload()

const role = chunk({ role: 'assistant', content: '' })
const words = [chunk({ content: 'Hel' }), chunk({ content: 'lo' })]
const end = chunk({}, 'stop')

const ask = { stream: true }
const askUsage = { stream: true, stream_options: { include_usage: true } }
const eventsOf = (text: string) =>
  text
    .split('\n\n')
    .filter(Boolean)
    .map((line) => line.replace('data: ', ''))

/** Waits for the settlement of a customer's latest request. */
async function settled(customer: Awaited<ReturnType<typeof createCustomer>>) {
  await expect
    .poll(() => customer.records().then(({ length }) => length), { timeout: 10_000 })
    .toBeGreaterThan(0)
  return (await customer.records())[0]
}

test('a stream passes through in order and ends with [DONE]; usage is asked for but not forced on the caller', async () => {
  upstream.answer(stream(role, ...words, end, usageChunk(usage(7, 2)), DONE))
  const customer = await createCustomer(world)
  const response = await customer.chat(ask)
  expect(response.headers.get('content-type')).toMatch('text/event-stream')
  const events = eventsOf(await response.text())
  expect(events.at(-1)).toBe('[DONE]')
  const chunks = events.slice(0, -1).map((data) => JSON.parse(data))
  expect(chunks.map(({ choices }) => choices[0].delta.content ?? '').join('')).toBe('Hello')
  expect(chunks.every(({ choices, model }) => choices.length === 1 && model === 'qwen3-max')).toBe(true)
  expect(upstream.heard.at(-1)!.body).toMatchObject({
    model: 'upstream-name',
    stream_options: { include_usage: true },
  })
  expect(await settled(customer)).toMatchObject({
    status: 'SUCCEEDED',
    source: 'UPSTREAM',
    promptTokens: '7',
    completionTokens: '2',
  })
})

test('who asks for usage gets it once, with the cost, before [DONE]', async () => {
  upstream.answer(stream(role, ...words, end, usageChunk(usage(7, 2)), DONE))
  const customer = await createCustomer(world)
  const events = eventsOf(await (await customer.chat(askUsage)).text())
  const chunks = events.slice(0, -1).map((data) => JSON.parse(data))
  expect(chunks.filter(({ usage: counted }) => counted)).toHaveLength(1)
  // 7 × ¥6 + 2 × ¥24, per million.
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { ...usage(7, 2), cost: 0.00009 } })
})

test.each([
  ['after the last word', [role, ...words, end, usageChunk(usage(9, 3)), DONE]],
  ['before the last word', [role, ...words, usageChunk(usage(9, 3)), end, DONE]],
  ['in the last word', [role, ...words, chunk({}, 'stop', { usage: usage(9, 3) }), DONE]],
  [
    'twice, growing',
    [role, chunk({ content: 'Hello' }, null, { usage: usage(9, 1) }), end, usageChunk(usage(9, 3)), DONE],
  ],
])('T14: usage is found %s', async (_, pieces) => {
  upstream.answer(stream(...pieces))
  const customer = await createCustomer(world)
  const text = await (await customer.chat(ask)).text()
  expect(text).not.toContain('"prompt_tokens"')
  expect(await settled(customer)).toMatchObject({
    source: 'UPSTREAM',
    promptTokens: '9',
    completionTokens: '3',
  })
})

test.each([
  ['OpenAI and Qwen', { prompt_tokens_details: { cached_tokens: 4 } }],
  ['DeepSeek', { prompt_cache_hit_tokens: 4 }],
  ['Moonshot', { cached_tokens: 4 }],
])('cached tokens are read as %s write them', async (_, more) => {
  upstream.answer(stream(role, ...words, end, usageChunk(usage(10, 2, more)), DONE))
  const customer = await createCustomer(world)
  await (await customer.chat(ask)).text()
  expect(await settled(customer)).toMatchObject({ cachedTokens: '4' })
})

test.each([
  ['missing', undefined],
  ['null', null],
  ['negative', usage(-5, 2)],
  ['fractional', usage(1.5, 2)],
  ['text', { prompt_tokens: '10', completion_tokens: '2' }],
  ['absurd', usage(1e12, 1)],
  ['a prompt beyond the model’s context', usage(5_000_000, 2)],
  ['an answer beyond it', usage(10, 5_000_000)],
])('T14: usage that is %s is replaced by our own count, and marked', async (_, counted) => {
  upstream.answer(
    stream(role, ...words, end, ...(counted === undefined ? [] : [usageChunk(counted as object)]), DONE),
  )
  const customer = await createCustomer(world)
  await (await customer.chat(ask)).text()
  const record = await settled(customer)
  expect(record).toMatchObject({ status: 'SUCCEEDED', source: 'COUNTED', completionTokens: '1' })
  expect(Number(record.promptTokens)).toBeGreaterThan(0)
})

test('letters split over packets, CRLF and comments arrive whole', async () => {
  const bytes = Buffer.from(
    `: hello\r\n\r\n${chunk({ content: '你好,世界' }).replaceAll('\n', '\r\n')}${end.replaceAll('\n', '\r\n')}data: [DONE]\r\n\r\n`,
  )
  upstream.answer(stream(...Array.from(bytes, (byte) => Buffer.from([byte]))))
  const customer = await createCustomer(world)
  const events = eventsOf(await (await customer.chat(ask)).text())
  expect(JSON.parse(events[0]!).choices[0].delta.content).toBe('你好,世界')
  expect(events.at(-1)).toBe('[DONE]')
})

test('an answer without [DONE] is completed', async () => {
  upstream.answer(stream(role, ...words, end))
  const customer = await createCustomer(world)
  expect(eventsOf(await (await customer.chat(ask)).text()).at(-1)).toBe('[DONE]')
})

test("a provider's own words for the end become words that clients know", async () => {
  upstream.answer(stream(role, ...words, chunk({}, 'sensitive'), DONE))
  const customer = await createCustomer(world)
  const events = eventsOf(await (await customer.chat(ask)).text())
  expect(JSON.parse(events.at(-2)!).choices[0].finish_reason).toBe('content_filter')
})

test('reasoning and tool calls pass through untouched', async () => {
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }
  upstream.answer(
    stream(
      role,
      chunk({ reasoning_content: 'hm' }),
      chunk({ tool_calls: [call] }),
      chunk({}, 'tool_calls'),
      DONE,
    ),
  )
  const customer = await createCustomer(world)
  const chunks = eventsOf(await (await customer.chat(ask)).text())
    .slice(0, -1)
    .map((data) => JSON.parse(data))
  expect(chunks[1].choices[0].delta).toEqual({ reasoning_content: 'hm' })
  expect(chunks[2].choices[0].delta.tool_calls).toEqual([call])
})

test.each([
  ['breaks the connection', breakAfter(role, ...words)],
  ['ends without a reason', stream(role, ...words)],
  ['says [DONE] without a reason', stream(role, ...words, DONE)],
  [
    'reports an error in the stream',
    stream(role, ...words, 'data: {"error":{"message":"boom at https://secret.example"}}\n\n'),
  ],
  ['sends what is not JSON', stream(role, ...words, 'data: {"choices": [\n\n')],
  ['gives up with a reason of its own', stream(role, ...words, chunk({}, 'network_error'), DONE)],
])(
  'T16: when the upstream %s after words went out, the caller is told and pays for what arrived',
  async (_, script) => {
    upstream.answer(script)
    const customer = await createCustomer(world)
    const text = await (await customer.chat(ask)).text()
    const events = eventsOf(text)
    expect(text).not.toContain('[DONE]')
    expect(text).not.toContain('secret.example')
    const last = JSON.parse(events.at(-1)!)
    expect(last).toEqual({
      error: { type: 'api_error', code: 'upstream_error', message: expect.any(String), param: null },
    })
    const record = await settled(customer)
    expect(record).toMatchObject({
      status: 'INTERRUPTED',
      source: 'COUNTED',
      errorCode: 'upstream_error',
      completionTokens: '1',
    })
    expect(record.cost).not.toBe('0')
  },
)

test('T13: a caller who leaves stops the upstream within a second and pays for what was produced', async () => {
  upstream.answer(hang(role, ...words))
  const customer = await createCustomer(world)
  const leave = new AbortController()
  const response = await customer.chat(ask, { signal: leave.signal })
  const reader = response.body!.getReader()
  await reader.read()
  expect(upstream.open).toBe(1)
  leave.abort()
  await expect.poll(() => upstream.open, { timeout: 1_000 }).toBe(0)
  expect(await settled(customer)).toMatchObject({
    status: 'CANCELLED',
    source: 'COUNTED',
    completionTokens: '1',
  })
})

test('T13: a caller who leaves before anything was produced pays nothing', async () => {
  upstream.answer(() => undefined)
  const customer = await createCustomer(world)
  const leave = new AbortController()
  const answer = customer.chat(ask, { signal: leave.signal }).catch((error) => error)
  await expect.poll(() => upstream.open).toBe(1)
  leave.abort()
  await answer
  await expect.poll(() => upstream.open, { timeout: 1_000 }).toBe(0)
  expect(await settled(customer)).toMatchObject({
    status: 'CANCELLED',
    cost: '0',
    receipt: { notCharged: 'CLIENT_LEFT_BEFORE_OUTPUT', legs: [] },
  })
})

/** Resolves when more can be written, or the other side is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

test('a slow reader slows the upstream; nothing piles up', async () => {
  const big = chunk({ content: 'x'.repeat(60_000) })
  let written = 0
  upstream.answer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let i = 0; i < 400 && !response.destroyed; i++) {
      written += big.length
      if (!response.write(big)) await drained(response)
    }
    response.end(end + DONE)
  })
  const customer = await createCustomer(world)
  const leave = new AbortController()
  const response = await customer.chat(ask, { signal: leave.signal })
  const reader = response.body!.getReader()
  await reader.read()
  // What stands still is all that the buffers of two sockets hold, far below the 24 MB of the answer.
  let last = -1
  await expect
    .poll(
      () => {
        const still = written === last
        last = written
        return still
      },
      { interval: 200, timeout: 10_000 },
    )
    .toBe(true)
  expect(written).toBeLessThan(16_000_000)
  leave.abort()
})
