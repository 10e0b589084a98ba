import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { startUpstream, whole } from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)
const { secret } = await createCustomer(world)

test('who may not call from there reads nothing at all, and every refusal tells what is left of the minute', async () => {
  const elsewhere = await createCustomer(world, {
    token: { ipAllowList: ['203.0.113.9'], models: ['qwen3-max'] },
  })
  const ask = (at: string, more: object = {}) =>
    fetch(`${world.url}/api/v1${at}`, { headers: { authorization: `Bearer ${elsewhere.secret}` }, ...more })
  const counting = { method: 'POST', body: JSON.stringify({ model: 'qwen3-max', messages: [] }) }
  for (const answer of [
    await ask('/models'),
    await ask('/key'),
    await ask('/credits'),
    await ask(`/generation?id=${crypto.randomUUID()}`),
    await ask('/messages/count_tokens', counting),
  ]) {
    expect([answer.status, ((await answer.json()) as any).error.code]).toEqual([403, 'ip_not_allowed'])
    expect(
      [...answer.headers.keys()].some((name) =>
        /ratelimit.*requests.*remaining|remaining-requests/.test(name),
      ),
    ).toBe(true)
  }
})

test('tokens are counted only for models that the API token may use', async () => {
  const narrow = await createCustomer(world, { token: { models: ['deepseek-v4-pro'] } })
  const response = await fetch(`${world.url}/api/v1/messages/count_tokens`, {
    method: 'POST',
    body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hi' }] }),
    headers: { authorization: `Bearer ${narrow.secret}`, 'content-type': 'application/json' },
  })
  expect([response.status, ((await response.json()) as any).error.code]).toEqual([403, 'model_not_allowed'])
})

test('a receipt tells how the request went, and a key what it has spent', async () => {
  upstream.answer(whole('Hi'))
  const customer = await createCustomer(world, { money: 1_000_000_000n, token: { capDay: '5' } })
  const answer = await customer.chat()
  const get = async (at: string) => {
    const response = await fetch(`${world.url}/api/v1${at}`, {
      headers: { authorization: `Bearer ${customer.secret}` },
    })
    return ((await response.json()) as any).data
  }
  await expect.poll(() => customer.records().then(({ length }) => length)).toBe(1)
  const receipt = await get(`/generation?id=${answer.headers.get('x-request-id')}`)
  expect(receipt).toMatchObject({
    status: 'succeeded',
    protocol: 'chat_completions',
    streamed: false,
    attempts: [{ route: 'A', outcome: 'answered', status: 200, duration_ms: expect.any(Number) }],
  })
  expect((await get('/key')).spend.day).toMatchObject({ spent: receipt.total_cost, cap: '5' })
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
