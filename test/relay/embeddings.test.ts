import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer, type Customer, teach } from '../support/customer.ts'
import { type Script, startUpstream } from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)
await teach(world, 'qwen3-max', 'chat', 'embedding')

const vectors =
  (usage: unknown): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ data: [{ object: 'embedding', index: 0, embedding: [0.5] }], usage }))
  }

async function embed(customer: Customer, input: unknown = 'Hello there') {
  const response = await fetch(`${world.url}/api/v1/embeddings`, {
    method: 'POST',
    body: JSON.stringify({ model: 'qwen3-max', input }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${customer.secret}` },
  })
  const json = (await response.json()) as any
  await expect.poll(async () => (await customer.records()).length).toBe(1)
  const [record] = await customer.records()
  return { status: response.status, json, record }
}

test('an upstream’s plausible count is what is charged', async () => {
  upstream.answer(vectors({ prompt_tokens: 3, total_tokens: 3 }))
  const { status, json, record } = await embed(await createCustomer(world))
  expect([status, json.usage.prompt_tokens]).toEqual([200, 3])
  expect(record).toMatchObject({ promptTokens: '3', completionTokens: '0', source: 'UPSTREAM' })
})

test('thousands of texts of one letter may count a mark at each end', async () => {
  upstream.answer(vectors({ prompt_tokens: 6_000 }))
  const { record } = await embed(
    await createCustomer(world, { money: 10_000_000_000n }),
    Array.from({ length: 2_000 }, () => 'a'),
  )
  expect(record).toMatchObject({ promptTokens: '6000', source: 'UPSTREAM' })
})

test.each([
  ['beyond all measure', { prompt_tokens: 9e11 }],
  ['more than the text has bytes', { prompt_tokens: 1_000 }],
  ['negative', { prompt_tokens: -3 }],
  ['fractional', { prompt_tokens: 2.5 }],
  ['none at all', { prompt_tokens: 0 }],
  ['text', { prompt_tokens: '3' }],
  ['missing', undefined],
])('a count that is %s is replaced by our own, and marked', async (_, usage) => {
  upstream.answer(vectors(usage))
  const { status, json, record } = await embed(await createCustomer(world))
  expect(status).toBe(200)
  expect(record).toMatchObject({ status: 'SUCCEEDED', source: 'COUNTED', completionTokens: '0' })
  expect(Number(record.promptTokens)).toBeGreaterThan(0)
  expect(Number(record.promptTokens)).toBeLessThan(12)
  expect(json.usage.prompt_tokens).toBe(Number(record.promptTokens))
})

test.each([
  ['deepseek-v4-pro', 400],
  ['kimi-k2', 200],
])('a model of which it is known that it only talks makes no vectors: %s is %i', async (model, status) => {
  await connectChannel(world, upstream, { modelId: model, name: model })
  // Of this one nothing is known.
  await teach(world, 'kimi-k2')
  upstream.answer(vectors({ prompt_tokens: 1 }))
  const before = upstream.heard.length
  const { secret } = await createCustomer(world)
  const response = await fetch(`${world.url}/api/v1/embeddings`, {
    method: 'POST',
    body: JSON.stringify({ model, input: 'Hi' }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
  })
  expect(response.status).toBe(status)
  expect(upstream.heard.length - before).toBe(status === 200 ? 1 : 0)
  if (status === 400)
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_request', param: 'model' } })
})
