import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer, teach } from '../support/customer.ts'
import { chunk, DONE, startUpstream, stream, usage, usageChunk, whole } from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)
await teach(world, 'qwen3-max', 'chat', 'embedding')

/** What providers add at the top of their answers, for themselves. */
const FOREIGN = {
  request_id: 'internal-7d1f',
  provider: 'internal-name',
  x_request: { host: 'https://internal.example/v1' },
  code: 0,
  sid: 'internal-sid',
  nvext: { worker_id: 'internal-worker' },
}
/** What belongs to the answer. */
const OURS = {
  system_fingerprint: 'fp',
  service_tier: 'default',
  search_results: [{ title: 'A page', url: 'https://example.com/page' }],
}
const TOLD = { ...OURS, id: 'chatcmpl-1', created: 1, model: 'qwen3-max' }

/** More cached than asked, more thought than answered, and what we do not charge by. */
const IMPOSSIBLE = {
  prompt_tokens_details: { cached_tokens: 1_000, audio_tokens: 77 },
  completion_tokens_details: { reasoning_tokens: 1_000 },
  prompt_cache_hit_tokens: 1_000,
  cost_details: { upstream_cost: 77 },
}

test('a whole answer tells what is billed, and nothing else of what the upstream counted', async () => {
  const customer = await createCustomer(world)
  upstream.answer(whole('Hello', usage(10, 5, IMPOSSIBLE)))
  const { usage: possible } = (await (await customer.chat()).json()) as any
  expect(possible).toEqual({ ...usage(10, 5), cost: 0.00018 })

  const cached = { prompt_tokens_details: { cached_tokens: 4 } }
  upstream.answer(whole('Hello', usage(10, 9_000_000, cached)))
  const { usage: counted } = (await (await customer.chat()).json()) as any
  expect(counted).toEqual({ ...usage(counted.prompt_tokens, 1), cost: expect.any(Number) })
  await expect.poll(() => customer.records().then(({ length }) => length)).toBe(2)
  const [record] = await customer.records()
  expect([record.promptTokens, record.cachedTokens]).toEqual([String(counted.prompt_tokens), null])
})

test('usage inside a choice of a whole answer counts where there is no other, and is not told twice', async () => {
  const customer = await createCustomer(world)
  const choice = { index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }
  upstream.answer(whole('', undefined, { usage: undefined, choices: [{ ...choice, usage: usage(7, 2) }] }))
  const answer = (await (await customer.chat()).json()) as any
  expect(answer.choices).toEqual([choice])
  expect(answer.usage).toMatchObject(usage(7, 2))
})

test('what a provider says for itself at the top of a whole answer stays here', async () => {
  const customer = await createCustomer(world)
  upstream.answer(whole('Hello', usage(10, 5), { ...FOREIGN, ...OURS }))
  const { choices: _, usage: __, ...top } = (await (await customer.chat()).json()) as any
  expect(top).toEqual({ ...TOLD, object: 'chat.completion' })
})

test.each(['upstream-name', 'qwen3-max'])(
  'what a provider says for itself at the top of an event stays here, when it calls the model %s',
  async (model) => {
    const customer = await createCustomer(world)
    const more = { ...FOREIGN, ...OURS, model }
    upstream.answer(
      stream(chunk({ content: 'Hello' }, null, more), chunk({}, 'stop', more), usageChunk(usage(7, 2)), DONE),
    )
    const text = await (await customer.chat({ stream: true })).text()
    expect(text).not.toContain('internal')
    const { choices, ...top } = JSON.parse(text.split('\n\n')[0]!.slice('data: '.length))
    expect(choices[0].delta).toEqual({ content: 'Hello' })
    expect(top).toEqual({ ...TOLD, object: 'chat.completion.chunk' })
  },
)

test('vectors come with nothing of the provider’s own beside them', async () => {
  const customer = await createCustomer(world)
  const data = [{ object: 'embedding', index: 0, embedding: [0.5] }]
  upstream.answer((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ data, model: 'upstream-name', usage: usage(3, 0), ...FOREIGN }))
  })
  const response = await fetch(`${world.url}/api/v1/embeddings`, {
    method: 'POST',
    body: JSON.stringify({ model: 'qwen3-max', input: 'Hello' }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${customer.secret}` },
  })
  expect(await response.json()).toEqual({
    object: 'list',
    data,
    model: 'qwen3-max',
    usage: { prompt_tokens: 3, total_tokens: 3, cost: 0.000018 },
  })
})
