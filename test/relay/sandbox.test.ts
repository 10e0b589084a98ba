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

test('no more tokens are made than were asked for', async () => {
  const { choices, usage } = await post('/chat/completions', {
    model: 'glm-5',
    messages,
    max_completion_tokens: 4,
  })
  expect([choices[0].finish_reason, usage.completion_tokens]).toEqual(['length', 4])
})

test('the same text has the same embedding, and other texts have others', async () => {
  const { data, usage } = await post('/embeddings', { model: 'm', input: ['a b', 'a b', 'c'] })
  expect(data[0].embedding).toEqual(data[1].embedding)
  expect(data[0].embedding).not.toEqual(data[2].embedding)
  expect(Math.hypot(...data[0].embedding)).toBeCloseTo(1)
  expect(usage).toEqual({ prompt_tokens: 5, total_tokens: 5 })
})

test('it lists itself, and knows no other door', async () => {
  expect(await (await fetch(`${sandbox.url}/models`)).json()).toMatchObject({ data: [{ id: 'sandbox' }] })
  expect((await fetch(`${sandbox.url}/images`)).status).toBe(404)
})
