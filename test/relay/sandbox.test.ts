import { afterAll, expect, test } from 'vitest'
import { startSandbox } from '../../server/relay/sandbox.ts'

const sandbox = await startSandbox({ pauseMs: 0 })
afterAll(() => sandbox.stop())

const post = async (path: string, body: object) =>
  (
    await fetch(`${sandbox.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
  ).json() as Promise<any>
const messages = [{ role: 'user', content: 'Say “hello” 你好' }]

test('the same question gets the same answer, which says that it is the sandbox', async () => {
  const [one, two] = [1, 2].map(() => post('/chat/completions', { model: 'glm-5', messages }))
  const { content } = (await one!).choices[0].message
  expect(content).toMatch(/sandbox.*你好/)
  expect((await two!).choices[0].message.content).toBe(content)
})

test('streamed and whole, the words and the usage are the same', async () => {
  const ask = { model: 'deepseek-r1', messages }
  const whole = await post('/chat/completions', ask)
  const response = await fetch(`${sandbox.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ ...ask, stream: true, stream_options: { include_usage: true } }),
  })
  const events = (await response.text()).split('\n\n').filter(Boolean)
  expect(events.at(-1)).toBe('data: [DONE]')
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice(6)))
  const join = (field: string) => chunks.map(({ choices }) => choices[0]?.delta[field] ?? '').join('')
  expect(join('content')).toBe(whole.choices[0].message.content)
  expect(join('reasoning_content')).toBe(whole.choices[0].message.reasoning_content)
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
})

test('as many answers as were asked for, each up to what ends it, and all are counted', async () => {
  const ask = { model: 'glm-5', messages, stop: ['', 'nowhere in it', ': no provider'] }
  const one = await post('/chat/completions', ask)
  const [{ message, finish_reason }] = one.choices
  expect(message.content).toBe('Hello! This is the PingToken sandbox speaking for glm-5')
  expect(finish_reason).toBe('stop')

  const two = await post('/chat/completions', { ...ask, n: 2 })
  expect(two.choices).toEqual([
    { index: 0, message, finish_reason },
    { index: 1, message, finish_reason },
  ])
  expect(two.usage.completion_tokens).toBe(2 * one.usage.completion_tokens)

  const response = await fetch(`${sandbox.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ ...ask, n: 2, stream: true }),
  })
  const events = (await response.text()).split('\n\n').slice(0, -2)
  const chunks = events.flatMap((event) => JSON.parse(event.slice(6)).choices)
  const textOf = (wanted: number) =>
    chunks.map(({ index, delta }) => (index === wanted ? (delta.content ?? '') : '')).join('')
  expect([textOf(0), textOf(1)]).toEqual([message.content, message.content])
  expect(chunks.filter(({ finish_reason: end }) => end === 'stop')).toHaveLength(2)
})

test('no more tokens are made than were asked for', async () => {
  const { choices, usage } = await post('/chat/completions', {
    model: 'glm-5',
    messages,
    max_completion_tokens: 4,
  })
  expect([choices[0].finish_reason, usage.completion_tokens]).toEqual(['length', 4])
})

const ask = async (path: string, body: object) => (await post(path, body)).choices[0]
const WRITE = {
  type: 'function',
  function: { name: 'write', parameters: { properties: { path: { type: 'string' } } } },
}
const READ = { ...WRITE, function: { ...WRITE.function, name: 'read' } }
const tools = [READ, WRITE]
const reminder = { role: 'user', content: 'Remember: read and write with care.' }
const order = {
  role: 'user',
  content: 'Use the tool write with {"path": "a.txt", "more": {"n": 1}}, not {"x": 1}',
}
const chat = (turns: object[], more: object = {}) =>
  ask('/chat/completions', { model: 'glm-5', tools, messages: turns, ...more })

test('it calls the tool that the prompt asks for with the arguments in the prompt, whatever reminders say', async () => {
  const { message, finish_reason } = await chat([order, reminder])
  const called = { name: 'write', arguments: '{"path": "a.txt", "more": {"n": 1}}' }
  expect([finish_reason, message.tool_calls[0].function]).toEqual(['tool_calls', called])
  const quoted = { role: 'user', content: JSON.stringify(order.content) }
  expect((await chat([quoted])).message.tool_calls[0].function).toEqual(called)
  expect((await chat([reminder])).finish_reason).toBe('stop')
  expect((await chat([order], { tools: undefined })).finish_reason).toBe('stop')
  expect((await chat([order], { tool_choice: 'none' })).finish_reason).toBe('stop')
})

test.each([
  ['Use write for "Hangzhou"', 'Hangzhou'],
  ['Please call write on "Hangzhou"', 'Hangzhou'],
  ['请用 write 查询“杭州”', '杭州'],
])('a prompt that begins by naming the tool is answered with a call of it: %s', async (content, path) => {
  const { message, finish_reason } = await chat([{ role: 'user', content }])
  const called = { name: 'write', arguments: JSON.stringify({ path }) }
  expect([finish_reason, message.tool_calls?.[0].function]).toEqual(['tool_calls', called])
})

test('a tool is called once: what it answered ends the turn, and the next one is a new one', async () => {
  const call = { id: 'c', type: 'function', function: { name: 'write', arguments: '{}' } }
  const called = [order, { role: 'assistant', tool_calls: [call] }]
  const result = { role: 'tool', tool_call_id: 'c', content: 'written' }
  for (const turns of [
    [...called, result],
    [...called, result, reminder],
  ]) {
    const { message, finish_reason } = await chat(turns)
    expect([finish_reason, message.content]).toEqual(['stop', expect.stringContaining('written')])
  }
  const said = [...called, result, { role: 'assistant', content: 'Done.' }]
  expect((await chat([...said, reminder])).message.content).toContain('Remember')
  expect((await chat([...said, order])).finish_reason).toBe('tool_calls')
})

test('it thinks aloud when it is asked to, in any of the words for it', async () => {
  const asked = [{ reasoning_effort: 'low' }, { enable_thinking: true }, { thinking: { type: 'enabled' } }]
  for (const more of asked)
    expect((await chat([reminder], more)).message.reasoning_content).toMatch('sandbox')
  const not = [
    {},
    { reasoning_effort: 'none' },
    { enable_thinking: false },
    { thinking: { type: 'disabled' } },
  ]
  for (const more of not)
    expect((await chat([reminder], more)).message).not.toHaveProperty('reasoning_content')
})

test('the same text has the same embedding, and other texts have others', async () => {
  const { data, usage } = await post('/embeddings', { model: 'm', input: ['a b', 'a b', 'c'] })
  expect(data[0].embedding).toEqual(data[1].embedding)
  expect(data[0].embedding).not.toEqual(data[2].embedding)
  expect(Math.hypot(...data[0].embedding)).toBeCloseTo(1)
  expect(usage).toEqual({ prompt_tokens: 5, total_tokens: 5 })
})

test('texts may come as their tokens, and what has no text is no failure', async () => {
  const one = await post('/embeddings', { model: 'm', input: [1, 2, 3] })
  expect([one.data.length, one.usage.prompt_tokens]).toEqual([1, 3])
  const two = await post('/embeddings', { model: 'm', input: [[1, 2], [3]] })
  expect([two.data.length, two.usage.prompt_tokens]).toEqual([2, 3])
  const odd = { model: 'glm-5', messages: [{ role: 'user', content: [null] }], tools: [null] }
  expect((await post('/chat/completions', odd)).choices[0].message.content).toMatch(/sandbox/)
})

test('of two tools the one that is chosen is called', async () => {
  const tools = ['first', 'second'].map((name) => ({ type: 'function', function: { name } }))
  const tool_choice = { type: 'function', function: { name: 'second' } }
  const { choices } = await post('/chat/completions', { model: 'glm-5', messages, tools, tool_choice })
  expect(choices[0].message.tool_calls[0].function.name).toBe('second')
})

test('it lists itself, and knows no other door', async () => {
  expect(await (await fetch(`${sandbox.url}/models`)).json()).toMatchObject({ data: [{ id: 'sandbox' }] })
  expect((await fetch(`${sandbox.url}/images`)).status).toBe(404)
})
