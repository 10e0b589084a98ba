import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { chunk, DONE, startUpstream, stream, usage, usageChunk, whole } from '../support/upstream.ts'

/** CLIENTS.md on Cursor: what it posts to chat completions is known by its shape, and answered as chat completions. */
const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true', SANDBOX: 'false' })
const upstream = await startUpstream()
await connectChannel(world, upstream)
const customer = await createCustomer(world, { money: 10_000_000_000n })
const openai = new OpenAI({ apiKey: customer.secret, baseURL: `${world.url}/api/v1`, maxRetries: 0 })
const parameters = { type: 'object', properties: { path: { type: 'string' } } }
const wrapped = (name: string, takes: object = parameters) => ({
  type: 'function',
  function: { name, description: 'd', parameters: takes },
})

async function ask(body: object) {
  const answer: any = await openai.chat.completions.create({ model: 'qwen3-max', ...body } as never)
  return { answer, sent: upstream.heard.at(-1)!.body }
}

test('a body of the Responses format is answered by a stream of chat completions, usage only where it was asked', async () => {
  upstream.answer(stream(chunk({ content: 'Hi' }, 'stop'), usageChunk(usage(7, 2)), DONE))
  const body = {
    input: [
      { role: 'developer', content: 'Rules.' },
      { role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
    ],
    tools: [
      { type: 'function', name: 'read', description: 'd', parameters },
      { type: 'custom', name: 'patch', description: 'd', format: { type: 'grammar' } },
    ],
    include: ['reasoning.encrypted_content'],
    store: false,
    stream: true,
  }
  for (const asked of [undefined, { include_usage: true }]) {
    const { answer, sent } = await ask({ ...body, ...(asked && { stream_options: asked }) })
    const chunks: any[] = []
    for await (const one of answer) chunks.push(one)
    expect(chunks.every(({ object }) => object === 'chat.completion.chunk')).toBe(true)
    expect(chunks.some((one) => one.usage)).toBe(asked !== undefined)
    expect(sent).not.toHaveProperty('input')
    expect(sent.messages).toEqual([
      { role: 'system', content: 'Rules.' },
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    ])
    expect(sent.tools).toMatchObject([wrapped('read'), { type: 'function', function: { name: 'patch' } }])
  }
})

test('tools without a wrapper, tools of Anthropic and their choices are wrapped; others stay as they are', async () => {
  upstream.answer(whole('ok'))
  const tools = [
    { type: 'function', name: 'flat', description: 'd', parameters },
    { name: 'anthropic', description: 'd', input_schema: parameters },
    wrapped('own'),
    { type: 'builtin' },
  ]
  const messages = [{ role: 'user', content: 'Hello' }]
  const { sent } = await ask({ messages, tools, tool_choice: { type: 'any' } })
  expect(sent.tools).toEqual([wrapped('flat'), wrapped('anthropic'), wrapped('own'), { type: 'builtin' }])
  expect(sent.tool_choice).toBe('required')
  const choice = { type: 'function', function: { name: 'own' } }
  expect(
    (await ask({ messages, tools, tool_choice: { type: 'tool', name: 'own' } })).sent.tool_choice,
  ).toEqual(choice)
  expect((await ask({ messages, tools, tool_choice: choice })).sent.tool_choice).toEqual(choice)
})

test('blocks of Anthropic within messages become calls and results, beside messages that are chat completions', async () => {
  upstream.answer(whole('ok'))
  const own = {
    role: 'user',
    content: [{ type: 'text', text: 'Look', cache_control: { type: 'ephemeral' } }],
  }
  const { sent } = await ask({
    messages: [
      own,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.', signature: 's' },
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', id: 't1', name: 'read', input: { path: 'a' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'A' }] },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't2', name: 'read', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't2', content: 'B' }] },
    ],
  })
  const call = (id: string, input: object) => ({
    id,
    type: 'function',
    function: { name: 'read', arguments: JSON.stringify(input) },
  })
  expect(sent.messages).toEqual([
    own,
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'I look.' }],
      reasoning_content: 'Hm.',
      tool_calls: [call('t1', { path: 'a' })],
    },
    { role: 'tool', tool_call_id: 't1', content: 'A' },
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
    { role: 'assistant', content: null, tool_calls: [call('t2', {})] },
    { role: 'tool', tool_call_id: 't2', content: 'B' },
  ])
})

test('what is wrong in them is refused by its name', async () => {
  const blocks = (block: object) => ({ messages: [{ role: 'user', content: [block] }] })
  const refused = (body: object) => ask(body).catch(({ status, param }) => [status, param])
  expect(await refused(blocks({ type: 'image' }))).toEqual([400, 'messages[0].content[0].source.type'])
  expect(await refused(blocks({ type: 'tool_use', id: 7 }))).toEqual([400, 'messages[0].content[0].id'])
  expect(await refused({ input: [{ type: 'hologram' }] })).toEqual([400, 'input[0].type'])
  expect(await refused({})).toEqual([400, 'messages'])
})
