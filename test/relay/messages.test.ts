import Anthropic from '@anthropic-ai/sdk'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { type Script, startUpstream } from '../support/upstream.ts'

const sandbox = await startApp()
const customer = await createCustomer(sandbox)
const claude = new Anthropic({ apiKey: customer.secret, baseURL: `${sandbox.url}/api`, maxRetries: 0 })

const scripted = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(scripted, upstream)
const asks = { model: 'qwen3-max', max_tokens: 50, messages: [{ role: 'user' as const, content: 'Hello' }] }
const TOOL = {
  name: 'read_file',
  description: 'Reads a file.',
  input_schema: { type: 'object' as const, properties: { path: { type: 'string' } } },
}

const post = (url: string, secret: string, body: object, path = '/api/v1/messages') =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': secret, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(body),
  })

const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta, ...more }] })}\n\n`
const streaming =
  (...events: string[]): Script =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(events.join(''))
  }
const USAGE = {
  prompt_tokens: 30,
  completion_tokens: 9,
  total_tokens: 39,
  prompt_tokens_details: { cached_tokens: 10 },
}

test('the official SDK says hello, and the receipt is the one of any other request', async () => {
  const answer = await claude.messages.create(asks)
  expect(answer).toMatchObject({
    type: 'message',
    role: 'assistant',
    model: 'qwen3-max',
    stop_reason: 'end_turn',
  })
  expect(answer.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('sandbox') })
  expect(answer.usage.input_tokens).toBeGreaterThan(0)
  await expect.poll(async () => (await customer.records()).length).toBe(1)
  const [record] = await customer.records()
  expect(record).toMatchObject({ status: 'SUCCEEDED', promptTokens: String(answer.usage.input_tokens) })
})

test('the official SDK streams, and its own accumulator agrees with the answer that was not streamed', async () => {
  const stream = claude.messages.stream(asks)
  const types = new Set<string>()
  stream.on('streamEvent', ({ type }) => types.add(type))
  const message = await stream.finalMessage()
  const whole = await claude.messages.create(asks)
  expect(message.content).toEqual(whole.content)
  expect(message.usage.output_tokens).toBe(whole.usage.output_tokens)
  expect([...types]).toEqual([
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ])
})

test('a tool is used over two turns, streamed, with its input whole', async () => {
  const question = { role: 'user' as const, content: 'Please use the tool read_file.' }
  const first = await claude.messages.stream({ ...asks, messages: [question], tools: [TOOL] }).finalMessage()
  expect(first.stop_reason).toBe('tool_use')
  const call = first.content.find(({ type }) => type === 'tool_use')
  if (call?.type !== 'tool_use') throw new Error('no tool was used')
  expect(call).toMatchObject({ name: 'read_file', input: { path: expect.any(String) } })
  const second = await claude.messages.create({
    ...asks,
    tools: [TOOL],
    messages: [
      question,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'the content' }] },
    ],
  })
  expect(second.stop_reason).toBe('end_turn')
})

test('what chat completions has words for reaches the provider, thinking and tool results in their places', async () => {
  const person = await createCustomer(scripted)
  upstream.answer(streaming(chunk({ content: 'ok' }, { finish_reason: 'stop' }), 'data: [DONE]\n\n'))
  await (
    await post(scripted.url, person.secret, {
      ...asks,
      stream: true,
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: abc' },
        { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
      ],
      stop_sequences: ['END'],
      thinking: { type: 'enabled', budget_tokens: 20_000 },
      tools: [TOOL, { type: 'web_search_20250305', name: 'web_search' }],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 's' },
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 't1', name: 'read_file', input: { path: 'a' } },
            { type: 'tool_use', id: 't2', name: 'read_file', input: { path: 'b' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'A' }] },
            { type: 'tool_result', tool_use_id: 't2', content: 'gone', is_error: true },
            { type: 'text', text: 'And?' },
          ],
        },
      ],
    })
  ).text()
  const { body } = upstream.heard.at(-1)!
  expect(body).toMatchObject({
    stop: ['END'],
    tool_choice: 'required',
    parallel_tool_calls: false,
    enable_thinking: true,
  })
  expect(body.tools).toHaveLength(1)
  const call = (id: string, path: string) => ({
    id,
    type: 'function',
    function: { name: 'read_file', arguments: JSON.stringify({ path }) },
  })
  expect(body.messages).toEqual([
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      ],
    },
    {
      role: 'assistant',
      content: 'I look.',
      reasoning_content: 'Hm.',
      tool_calls: [call('t1', 'a'), call('t2', 'b')],
    },
    { role: 'tool', tool_call_id: 't1', content: 'A' },
    { role: 'tool', tool_call_id: 't2', content: 'Error: gone' },
    { role: 'user', content: [{ type: 'text', text: 'And?' }] },
  ])
})

test('thinking, text and parallel calls become blocks in order, one open at a time, with cached tokens beside the input', async () => {
  const person = await createCustomer(scripted)
  const part = (index: number, fields: object) => chunk({ tool_calls: [{ index, ...fields }] })
  upstream.answer(
    streaming(
      chunk({ role: 'assistant', reasoning_content: 'Let me ' }),
      chunk({ reasoning_content: 'see.' }),
      chunk({ content: 'Two files.' }),
      part(0, { id: 'a', function: { name: 'read_file', arguments: '' } }),
      part(0, { function: { arguments: '{"path":' } }),
      part(1, { id: 'b', function: { name: 'read_file', arguments: '{"path":"2"}' } }),
      part(0, { function: { arguments: '"1"}' } }),
      chunk({}, { finish_reason: 'tool_calls' }),
      `data: ${JSON.stringify({ choices: [], usage: USAGE })}\n\n`,
      'data: [DONE]\n\n',
    ),
  )
  const client = new Anthropic({ apiKey: person.secret, baseURL: `${scripted.url}/api`, maxRetries: 0 })
  const stream = client.messages.stream({ ...asks, tools: [TOOL] })
  let open = 0
  stream.on('streamEvent', ({ type }) => {
    if (type === 'content_block_start') expect(++open).toBe(1)
    if (type === 'content_block_stop') open -= 1
  })
  const { content, usage, stop_reason } = await stream.finalMessage()
  expect(content).toMatchObject([
    { type: 'thinking', thinking: 'Let me see.' },
    { type: 'text', text: 'Two files.' },
    { type: 'tool_use', id: 'a', input: { path: '1' } },
    { type: 'tool_use', id: 'b', input: { path: '2' } },
  ])
  expect([usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens, stop_reason]).toEqual([
    20,
    10,
    9,
    'tool_use',
  ])
})

test('an upstream that breaks off is an error event, never an end', async () => {
  const person = await createCustomer(scripted)
  upstream.answer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ content: 'Half' }), () => response.destroy())
  })
  const text = await (await post(scripted.url, person.secret, { ...asks, stream: true })).text()
  expect(text).toMatch(/^event: message_start\n/)
  expect(text).toMatch(/event: error\ndata: \{"type":"error","error":\{.*"code":"upstream_error".*\n\n$/)
  expect(text).not.toContain('message_stop')
})

test('401, 402, 404 and 429 are what the SDK has classes for, with our words and names of limits', async () => {
  const stranger = new Anthropic({ apiKey: 'sk-pt-nothing', baseURL: `${sandbox.url}/api`, maxRetries: 0 })
  await expect(stranger.messages.create(asks)).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
  const poor = await createCustomer(sandbox, { money: 0n })
  const refused = await post(sandbox.url, poor.secret, asks)
  expect([refused.status, ((await refused.json()) as any).error.code]).toEqual([402, 'insufficient_balance'])
  await expect(claude.messages.create({ ...asks, model: 'claude-nothing' })).rejects.toBeInstanceOf(
    Anthropic.NotFoundError,
  )
  const limited = await createCustomer(sandbox, { token: { requestsPerMinute: 1 } })
  const first = await post(sandbox.url, limited.secret, asks)
  expect(first.headers.get('anthropic-ratelimit-requests-remaining')).toBe('0')
  expect(Date.parse(first.headers.get('anthropic-ratelimit-requests-reset')!)).toBeGreaterThan(Date.now())
  const second = await post(sandbox.url, limited.secret, asks)
  expect([second.status, Number(second.headers.get('retry-after')) > 0]).toEqual([429, true])
})

test('tokens are counted without a charge, and mixed-up base URLs work', async () => {
  const counted = await claude.messages.countTokens({ model: 'qwen3-max', messages: asks.messages })
  expect(counted.input_tokens).toBeGreaterThan(0)
  for (const path of ['/api/messages', '/api/v1/v1/messages', '/v1/messages', '/api/v1/messages?beta=true'])
    expect((await post(sandbox.url, customer.secret, asks, path)).status).toBe(200)
})

test.each([
  ['max_tokens', { ...asks, max_tokens: undefined }],
  ['messages', { ...asks, messages: [] }],
  ['messages[0].role', { ...asks, messages: [{ role: 'robot', content: 'x' }] }],
  ['tools', { ...asks, tools: 'all' }],
  ['model', { ...asks, model: 7 }],
])('a bad %s is named', async (param, body) => {
  const answer = await post(sandbox.url, customer.secret, body)
  expect([answer.status, ((await answer.json()) as any).error.param]).toEqual([400, param])
})

test('a prompt that is too long says so in Anthropic’s own words, which make its clients shorten the conversation', async () => {
  const long = { ...asks, messages: [{ role: 'user', content: 'word '.repeat(9_000) }] }
  const refused = await post(sandbox.url, customer.secret, long)
  expect(refused.status).toBe(400)
  expect(((await refused.json()) as any).error).toMatchObject({
    code: 'context_length_exceeded',
    message: expect.stringMatching(
      /^prompt is too long: \d+ tokens > 5000 maximum\. Your plan's maximum context/,
    ),
  })
})
