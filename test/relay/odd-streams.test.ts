import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { officialSdks } from '../support/official-sdks.ts'
import { chunk, DONE, startUpstream, stream, usage, usageChunk, whole } from '../support/upstream.ts'

/** What providers stream, read through both translated doors by the official SDKs. */
const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true', SANDBOX: 'false' })
const upstream = await startUpstream()
await connectChannel(world, upstream)
const customer = await createCustomer(world, { money: 10_000_000_000n })
await world.app.services.sql.query(
  'INSERT INTO user_limit (user_id, requests_per_minute, updated_at) VALUES ($1, 6000, clock_timestamp())',
  [customer.id],
)
const anthropic = new Anthropic({ apiKey: customer.secret, baseURL: `${world.url}/api`, maxRetries: 0 })
const openai = new OpenAI({ apiKey: customer.secret, baseURL: `${world.url}/api/v1`, maxRetries: 0 })

const piece = (fields: object) => chunk({ tool_calls: [fields] })
const named = (index: number, id: string, args = '') =>
  piece({ index, id, function: { name: 'f', arguments: args } })
const more = (index: number, args: string) => piece({ index, function: { arguments: args } })
const ends = (reason: string) => [chunk({}, reason), usageChunk(usage(7, 2)), DONE]

const { message, response } = officialSdks({ anthropic, openai }, upstream)

const A = { path: 'a "quoted" 文件 \\ \n' }
const B = { path: 'b', deep: [{ x: {} }, '}'] }
const [a, b] = [JSON.stringify(A), JSON.stringify(B)]

describe.each<[string, string[]]>([
  [
    'in pieces of one byte, by turns',
    [
      named(0, 'a'),
      named(1, 'b'),
      ...[...a].map((byte) => more(0, byte)),
      ...[...b].map((byte) => more(1, byte)),
    ],
  ],
  [
    'in pieces of one byte, side by side',
    [
      named(0, 'a'),
      named(1, 'b'),
      ...Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [
        more(0, a[i] ?? ''),
        more(1, b[i] ?? ''),
      ]).flat(),
    ],
  ],
  [
    'without numbers',
    [
      piece({ id: 'a', function: { name: 'f', arguments: a } }),
      piece({ id: 'b', function: { name: 'f', arguments: b } }),
    ],
  ],
  ['all with the number 0', [named(0, 'a', a), named(0, 'b', b)]],
  [
    'with the id in every piece',
    [
      named(0, 'a', a.slice(0, 5)),
      piece({ index: 0, id: 'a', function: { arguments: a.slice(5) } }),
      named(1, 'b', b),
    ],
  ],
  [
    'with a name that comes late',
    [
      piece({ index: 0, id: 'a', function: { arguments: a.slice(0, 3) } }),
      piece({ index: 0, function: { name: 'f', arguments: a.slice(3) } }),
      named(1, 'b', b),
    ],
  ],
  [
    'as objects instead of texts',
    [
      piece({ index: 0, id: 'a', function: { name: 'f', arguments: A } }),
      piece({ index: 1, id: 'b', function: { name: 'f', arguments: B } }),
    ],
  ],
])('two calls whose arguments come %s', (_, events) => {
  test('are two blocks of a message', async () => {
    const { blocks, reason } = await message(...events, ...ends('tool_calls'))
    expect(reason).toBe('tool_use')
    expect(blocks).toEqual([
      ['tool_use', { id: 'a', name: 'f', input: A }],
      ['tool_use', { id: 'b', name: 'f', input: B }],
    ])
  })
  test('are two items of a response', async () => {
    const { items } = await response(...events, ...ends('tool_calls'))
    expect(items.map(({ call_id, name, arguments: args }) => [call_id, name, JSON.parse(args)])).toEqual([
      ['a', 'f', A],
      ['b', 'f', B],
    ])
  })
})

test('200 parallel calls are 200 blocks and 200 items, in their order', async () => {
  const ids = Array.from({ length: 200 }, (_, i) => `c${i}`)
  const events = [...ids.map((id, i) => named(i, id)), ...ids.map((_, i) => more(i, `{"n":${i}}`))]
  const { blocks } = await message(...events, ...ends('tool_calls'))
  expect(blocks.map(([, { id, input }]) => [id, input.n])).toEqual(
    [...ids.entries()].map(([i, id]) => [id, i]),
  )
  const { items } = await response(...events, ...ends('tool_calls'))
  expect(items.map(({ call_id, arguments: args }) => [call_id, JSON.parse(args).n])).toEqual(
    ids.map((id, i) => [id, i]),
  )
})

test('two calls with one id, and one without any, get ids that differ', async () => {
  const events = [
    named(0, 'a', '{}'),
    named(1, 'a', '{}'),
    piece({ index: 2, function: { name: 'f', arguments: '{}' } }),
  ]
  const { blocks } = await message(...events, ...ends('tool_calls'))
  const { items } = await response(...events, ...ends('tool_calls'))
  for (const ids of [blocks.map(([, { id }]) => id), items.map(({ call_id }) => call_id)]) {
    expect(ids[0]).toBe('a')
    expect(new Set(ids.filter(Boolean)).size).toBe(3)
  }
})

test('words and thoughts between calls, and within one, keep their order and their text', async () => {
  const events = [
    chunk({ reasoning_content: 'Hm.' }),
    chunk({ content: 'One.' }),
    named(0, 'a', '{"path":'),
    chunk({ content: 'Two.' }),
    more(0, '"a"}'),
    named(1, 'b', '{}'),
    chunk({ reasoning: 'So.' }),
    chunk({ content: 'Three.' }),
  ]
  const { blocks } = await message(...events, ...ends('tool_calls'))
  expect(blocks.map(([type, { text, thinking, input }]) => [type, text ?? thinking ?? input])).toEqual([
    ['thinking', 'Hm.'],
    ['text', 'One.'],
    ['tool_use', { path: 'a' }],
    ['text', 'Two.'],
    ['tool_use', {}],
    ['thinking', 'So.'],
    ['text', 'Three.'],
  ])
  const { items } = await response(...events, ...ends('tool_calls'))
  expect(
    items.map(({ type, ...item }) => item.arguments ?? item.content?.[0].text ?? item.summary[0].text),
  ).toEqual(['Hm.', 'One.', '{"path":"a"}', 'Two.', '{}', 'So.', 'Three.'])
})

describe('arguments that are no object of JSON', () => {
  test.each(['plain words', '[1]', '"text"', '7'])(
    '%s: the tool is told what the model wrote, streamed and not',
    async (args) => {
      const told = ['tool_use', { id: 'a', name: 'f', input: { arguments: args } }]
      expect((await message(named(0, 'a', args), ...ends('tool_calls'))).blocks).toEqual([told])
      const call = { id: 'a', type: 'function', function: { name: 'f', arguments: args } }
      upstream.answer(
        whole('', usage(1, 1), {
          choices: [
            { index: 0, message: { content: null, tool_calls: [call] }, finish_reason: 'tool_calls' },
          ],
        }),
      )
      const { content } = await anthropic.messages.create({
        model: 'qwen3-max',
        max_tokens: 50,
        messages: [{ role: 'user', content: 'Hello' }],
      })
      expect(content).toMatchObject([{ type: 'tool_use', input: { arguments: args } }])
      const { items } = await response(named(0, 'a', args), ...ends('tool_calls'))
      expect(items[0].arguments).toBe(args)
    },
  )
  test.each(['{"path": oops}', '{"a":1}}', "{'a':1}", '{"a":1'])(
    '%s: what was passed on already ends as an error, not as a call',
    async (args) => {
      await expect(message(named(0, 'a', args), ...ends('tool_calls'))).rejects.toThrow(
        /tool f that are not JSON/,
      )
    },
  )
  test('cut off by the limit they are an answer that reached its limit', async () => {
    expect((await message(named(0, 'a', '{"path": "x'), ...ends('length'))).reason).toBe('max_tokens')
  })
  test('none at all is an empty object', async () => {
    expect((await message(named(0, 'a'), named(1, 'b'), ...ends('tool_calls'))).blocks).toEqual([
      ['tool_use', { id: 'a', name: 'f', input: {} }],
      ['tool_use', { id: 'b', name: 'f', input: {} }],
    ])
  })
})

test.each([
  ['stop', 'end_turn', 'completed', undefined],
  ['length', 'max_tokens', 'incomplete', 'max_output_tokens'],
  ['tool_calls', 'tool_use', 'completed', undefined],
  ['content_filter', 'refusal', 'incomplete', 'content_filter'],
  ['sensitive', 'refusal', 'incomplete', 'content_filter'],
  ['nobody knows', 'end_turn', 'completed', undefined],
])('the reason "%s" is %s in a message and %s in a response', async (reason, stopReason, status, why) => {
  expect((await message(chunk({ content: 'Hi' }), ...ends(reason))).reason).toBe(stopReason)
  expect(await response(chunk({ content: 'Hi' }), ...ends(reason))).toMatchObject({ status, reason: why })
})

test.each([
  ['an error event', [`data: ${JSON.stringify({ error: { message: 'secret-host broke', code: 'x' } })}\n\n`]],
  ['the reason "error"', [chunk({}, 'error'), DONE]],
  ['no end at all', []],
])('%s in the middle of a call is told as a failure, and no call is completed', async (_, last) => {
  const events = [chunk({ content: 'Hi' }), named(0, 'a', '{"path":'), ...last]
  const failure = await message(...events).catch((error) => error)
  expect(failure).toBeInstanceOf(Anthropic.APIError)
  expect(String(failure.message)).not.toMatch(/secret-host/)
  upstream.answer(stream(...events))
  const types: string[] = []
  const reading = await openai.responses.create({ model: 'qwen3-max', input: 'Hello', stream: true })
  for await (const event of reading) {
    types.push(event.type)
    if (event.type === 'response.failed') expect(event.response.error!.message).not.toMatch(/secret-host/)
  }
  expect(types.at(-1)).toBe('response.failed')
  expect(types).not.toContain('response.function_call_arguments.done')
})

test('deltas of the wrong kinds say nothing, and the rest is read', async () => {
  const odd = [
    { content: 7 },
    { content: { text: 'x' } },
    { tool_calls: 'f' },
    { tool_calls: [null] },
    { reasoning_content: [] },
  ]
  const events = [...odd.slice(0, 3).map((delta) => chunk(delta)), chunk({ content: 'Hi' }), ...ends('stop')]
  expect((await message(...events)).blocks).toEqual([['text', expect.objectContaining({ text: 'Hi' })]])
  expect((await response(...events)).items).toMatchObject([{ content: [{ text: 'Hi' }] }])
})
