import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer, teach } from '../support/customer.ts'
import { type Script, startUpstream } from '../support/upstream.ts'

const sandbox = await startApp()
const customer = await createCustomer(sandbox)
const openai = new OpenAI({ apiKey: customer.secret, baseURL: `${sandbox.url}/api/v1`, maxRetries: 0 })
const scripted = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(scripted, upstream)
await teach(scripted, 'qwen3-max', 'chat', 'embedding')

const ask = { model: 'qwen3-max', input: 'Hello' }
const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta, ...more }] })}\n\n`
const streaming =
  (...events: string[]): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(events.join(''))
  }
const FUNCTION = {
  type: 'function' as const,
  name: 'read_file',
  description: 'Reads a file.',
  parameters: { type: 'object', properties: { path: { type: 'string' } } },
  strict: false,
}
const post = (url: string, secret: string, body: object) =>
  fetch(`${url}/api/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify(body),
  })
const eventsOf = (text: string): any[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!))

test('the official SDK says hello, streamed and not, and gets the same', async () => {
  const whole = await openai.responses.create(ask)
  expect(whole).toMatchObject({ object: 'response', status: 'completed', model: 'qwen3-max' })
  expect(whole.output_text).toContain('sandbox')
  expect(whole.usage!.total_tokens).toBe(whole.usage!.input_tokens + whole.usage!.output_tokens)
  const stream = openai.responses.stream(ask)
  const final = await stream.finalResponse()
  expect(final.output_text).toBe(whole.output_text)
  expect(final.usage).toMatchObject({ output_tokens: whole.usage!.output_tokens })
})

test('a function is called over two turns, and its arguments arrive whole', async () => {
  const input = 'Please use the tool read_file.'
  const first = await openai.responses
    .stream({ model: 'qwen3-max', input, tools: [FUNCTION] })
    .finalResponse()
  const call = first.output.find(({ type }) => type === 'function_call')
  if (call?.type !== 'function_call') throw new Error('no function was called')
  expect(JSON.parse(call.arguments)).toHaveProperty('path')
  const second = await openai.responses.create({
    model: 'qwen3-max',
    tools: [FUNCTION],
    input: [
      { role: 'user', content: input },
      { type: 'function_call', call_id: call.call_id, name: call.name, arguments: call.arguments },
      { type: 'function_call_output', call_id: call.call_id, output: 'the content' },
    ],
  })
  expect(second.output_text).not.toBe('')
})

test('events are numbered, every item is opened and closed, and the end carries the whole answer', async () => {
  const person = await createCustomer(scripted)
  const call = (index: number, fields: object) => chunk({ tool_calls: [{ index, ...fields }] })
  upstream.answer(
    streaming(
      chunk({ reasoning_content: 'Hm.' }),
      chunk({ content: 'Two ' }),
      chunk({ content: 'files.' }),
      call(0, { id: 'a', function: { name: 'read_file', arguments: '{"path":' } }),
      call(1, { id: 'b', function: { name: 'patch', arguments: '{"input":"*** Begin"}' } }),
      call(0, { function: { arguments: '"1"}' } }),
      chunk({}, { finish_reason: 'tool_calls' }),
      'data: [DONE]\n\n',
    ),
  )
  const tools = [
    { type: 'namespace', name: 'files', tools: [FUNCTION] },
    { type: 'custom', name: 'patch' },
    { type: 'web_search' },
  ]
  const text = await (await post(scripted.url, person.secret, { ...ask, stream: true, tools })).text()
  const events = eventsOf(text)
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at))
  expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress'])
  const count = (type: string) => events.filter((event) => event.type === type).length
  expect([count('response.output_item.added'), count('response.output_item.done')]).toEqual([4, 4])
  const last = events.at(-1)
  expect(last.type).toBe('response.completed')
  expect(last.response.output).toMatchObject([
    { type: 'reasoning', summary: [{ text: 'Hm.' }], encrypted_content: expect.any(String) },
    { type: 'message', content: [{ type: 'output_text', text: 'Two files.' }] },
    { type: 'function_call', call_id: 'a', name: 'read_file', namespace: 'files', arguments: '{"path":"1"}' },
    { type: 'custom_tool_call', call_id: 'b', name: 'patch', input: '*** Begin' },
  ])
  expect(upstream.heard.at(-1)!.body.tools.map(({ function: { name } }: any) => name)).toEqual([
    'read_file',
    'patch',
  ])
})

test('a conversation is turned into messages, its reasoning with the call it led to', async () => {
  const person = await createCustomer(scripted)
  upstream.answer(streaming(chunk({ content: 'ok' }, { finish_reason: 'length' }), 'data: [DONE]\n\n'))
  const encrypted = Buffer.from('I should look.').toString('base64')
  const text = await (
    await post(scripted.url, person.secret, {
      model: 'qwen3-max',
      stream: true,
      instructions: 'Be brief.',
      max_output_tokens: 20,
      reasoning: { effort: 'none' },
      input: [
        { role: 'developer', content: 'Rules.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look' },
            { type: 'input_image', image_url: 'https://example.com/a.png' },
          ],
        },
        { type: 'reasoning', summary: [], encrypted_content: encrypted, content: null },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call', call_id: 'c2', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'one' },
        { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
      ],
    })
  ).text()
  expect(eventsOf(text).at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: { incomplete_details: { reason: 'max_output_tokens' } },
  })
  const { body } = upstream.heard.at(-1)!
  expect(body).toMatchObject({ max_tokens: 20, enable_thinking: false })
  const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })
  expect(body.messages).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'system', content: 'Rules.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'I should look.',
      tool_calls: [call('c1'), call('c2')],
    },
    { role: 'tool', tool_call_id: 'c1', content: 'one' },
    { role: 'tool', tool_call_id: 'c2', content: 'two' },
  ])
})

test('a stream that breaks off ends with response.failed, never completed', async () => {
  const person = await createCustomer(scripted)
  upstream.answer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ content: 'Half' }), () => response.destroy())
  })
  const events = eventsOf(await (await post(scripted.url, person.secret, { ...ask, stream: true })).text())
  expect(events.at(-1)).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'upstream_error' } },
  })
})

test('what needs a memory is refused by name, and so is what is broken', async () => {
  const refusal = async (body: object) => {
    const answer = await post(sandbox.url, customer.secret, body)
    return [answer.status, ((await answer.json()) as any).error.param]
  }
  expect(await refusal({ ...ask, previous_response_id: 'resp_1' })).toEqual([400, 'previous_response_id'])
  expect(await refusal({ ...ask, input: [] })).toEqual([400, 'input'])
  expect(await refusal({ ...ask, input: ['x'] })).toEqual([400, 'input[0]'])
  const poor = await createCustomer(sandbox, { money: 0n })
  expect((await post(sandbox.url, poor.secret, ask)).status).toBe(402)
})

test('embeddings go through the official SDK and are charged by their input', async () => {
  const person = await createCustomer(scripted, { money: 10_000_000_000n })
  upstream.answer((response) => {
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        object: 'list',
        model: 'upstream-name',
        data: [{ object: 'embedding', index: 0, embedding: [1, 2] }],
        usage: { prompt_tokens: 4, total_tokens: 4 },
      }),
    )
  })
  const client = new OpenAI({ apiKey: person.secret, baseURL: `${scripted.url}/api/v1`, maxRetries: 0 })
  const answer = await client.embeddings.create({
    model: 'qwen3-max',
    input: ['a', 'b'],
    encoding_format: 'float',
  })
  expect(answer).toMatchObject({ model: 'qwen3-max', usage: { prompt_tokens: 4 } })
  expect(upstream.heard.at(-1)!.body).toEqual({
    model: 'upstream-name',
    input: ['a', 'b'],
    encoding_format: 'float',
  })
  await expect.poll(async () => (await person.records()).length).toBe(1)
  expect((await person.records())[0]).toMatchObject({
    status: 'SUCCEEDED',
    promptTokens: '4',
    completionTokens: '0',
  })
  await expect(client.embeddings.create({ model: 'qwen3-max', input: [] })).rejects.toMatchObject({
    status: 400,
  })
})
