import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer, type Customer } from '../support/customer.ts'
import { chunk, DONE, startUpstream, stream, usage, usageChunk, whole } from '../support/upstream.ts'

/** The model's context is not known here: nobody has set it. */
const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)

const messages = [{ role: 'user', content: 'Hello' }]
const DOORS: Record<string, object> = {
  'chat/completions': { messages },
  messages: { messages, max_tokens: 64 },
  responses: { input: 'Hello' },
}

async function ask(customer: Customer, door: string, more: object = {}): Promise<string> {
  const response = await fetch(`${world.url}/api/v1/${door}`, {
    method: 'POST',
    body: JSON.stringify({ model: 'qwen3-max', ...DOORS[door], ...more }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${customer.secret}` },
  })
  expect(response.status).toBe(200)
  return response.text()
}

async function settled(customer: Customer) {
  await expect.poll(() => customer.records().then(({ length }) => length), { timeout: 10_000 }).toBe(1)
  return (await customer.records())[0]
}

/** The same words and count, at once and in a stream. */
function say(words: string, counted: object): void {
  const streamed = stream(chunk({ content: words }), chunk({}, 'stop'), usageChunk(counted), DONE)
  const atOnce = whole(words, counted)
  upstream.answer((response, request) => (request.body.stream ? streamed : atOnce)(response, request))
}

const ABSURD: [string, object][] = [
  ['an answer of 10^12', usage(10, 1e12)],
  ['an answer of millions for a word', usage(10, 9_000_000)],
  ['a negative answer', usage(10, -5)],
  ['half a token', usage(10, 2.5)],
  ['a prompt of more tokens than the body has bytes', usage(100_000, 1)],
]

test.each(
  Object.keys(DOORS).flatMap((door) =>
    [false, true].flatMap((streamed) =>
      ABSURD.map(
        ([name, counted]) => [name, door, streamed ? 'streamed' : 'whole', counted, streamed] as const,
      ),
    ),
  ),
)('%s is never billed: /%s, %s', async (_name, door, _how, counted, streamed) => {
  say('Hello', counted)
  const customer = await createCustomer(world, { money: 1_000_000_000n })
  const text = await ask(customer, door, { stream: streamed })
  const record = await settled(customer)
  expect(record).toMatchObject({ status: 'SUCCEEDED', source: 'COUNTED', completionTokens: '1' })
  expect(Number(record.promptTokens)).toBeGreaterThan(0)
  expect(Number(record.promptTokens)).toBeLessThan(20)
  for (const number of Object.values(counted).filter((one) => Math.abs(one) > 10))
    expect(text).not.toContain(String(number))
})

test.each([
  ['max_tokens', { max_tokens: 100 }, usage(10, 5_000)],
  ['max_completion_tokens, for each of its answers', { max_completion_tokens: 100, n: 2 }, usage(10, 5_000)],
])('an answer of many more LLM tokens than %s allows is not billed', async (_, asked, counted) => {
  upstream.answer(whole('Hello', counted))
  const customer = await createCustomer(world)
  await ask(customer, 'chat/completions', asked)
  expect(await settled(customer)).toMatchObject({ source: 'COUNTED', completionTokens: '1' })
})

test.each([
  [
    'thoughts that max_tokens does not count',
    { max_tokens: 100 },
    usage(10, 5_000, { completion_tokens_details: { reasoning_tokens: 4_950 } }),
  ],
  ['thoughts that nobody sees', {}, usage(10, 20_000)],
  ['an answer that went on beyond max_tokens', { max_tokens: 1 }, usage(10, 12)],
  [
    'a tool’s long description',
    { tools: [{ type: 'function', function: { name: 'f', description: 'x'.repeat(18_000) } }] },
    usage(10_000, 5),
  ],
  [
    'a schema of the answer',
    { response_format: { type: 'json_schema', json_schema: { name: 'x'.repeat(18_000) } } },
    usage(10_000, 5),
  ],
  [
    'a picture',
    {
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] },
      ],
    },
    usage(16_000, 5),
  ],
  ['what the provider found on the web', { enable_search: true }, usage(30_000, 5)],
  ['what a tool of the provider read', { tools: [{ type: 'web_search', web_search: {} }] }, usage(30_000, 5)],
])('%s is billed as the upstream counts it', async (_, asked, counted) => {
  upstream.answer(whole('Hello to all of you', counted))
  const customer = await createCustomer(world, { money: 10_000_000_000n, token: { name: 'test' } })
  await ask(customer, 'chat/completions', asked)
  expect(await settled(customer)).toMatchObject({
    source: 'UPSTREAM',
    promptTokens: String(counted.prompt_tokens),
    completionTokens: String(counted.completion_tokens),
  })
})

test('parts that are more than their whole are unknown, and cost what the whole costs', async () => {
  upstream.answer(
    whole(
      'Hello',
      usage(10, 5, {
        prompt_tokens_details: { cached_tokens: 1_000 },
        completion_tokens_details: { reasoning_tokens: 1_000 },
      }),
    ),
  )
  const customer = await createCustomer(world)
  await ask(customer, 'chat/completions')
  expect(await settled(customer)).toMatchObject({
    source: 'UPSTREAM',
    promptTokens: '10',
    cachedTokens: null,
    completionTokens: '5',
    reasoningTokens: null,
  })
})
