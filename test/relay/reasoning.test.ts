import { expect, test } from 'vitest'
import { upstreamBody } from '../../server/relay/body.ts'
import { chatOfMessages } from '../../server/relay/doors/messages.request.ts'
import { chatOfResponses } from '../../server/relay/doors/responses.request.ts'
import { startApp } from '../support/app.ts'
import { createCustomer } from '../support/customer.ts'

const messages = [{ role: 'user', content: 'Hello' }]

/** What a provider is sent about thinking, when this chat completion is asked of it. */
function toldTo(providerId: string, body: object, upstreamModel = 'model'): object {
  const told = JSON.parse(upstreamBody({ model: 'm', messages, ...body }, { providerId, upstreamModel }))
  for (const field of ['model', 'messages', 'max_tokens', 'stream']) delete told[field]
  return told
}
const chat = (effort: string) => ({ reasoning_effort: effort })
const claude = (thinking: object, effort?: string) =>
  chatOfMessages({ model: 'm', messages, max_tokens: 9, thinking, output_config: { effort } })
const codex = (effort: string) => chatOfResponses({ model: 'm', input: 'Hello', reasoning: { effort } }).chat

const on = { thinking: { type: 'enabled' } }
const off = { thinking: { type: 'disabled' } }

/** Provider, its model; what it is told for: a high effort, a small one, none. */
const TABLE: [string, string, object, object, object][] = [
  [
    'alibaba',
    'qwen3.5-plus',
    { enable_thinking: true },
    { enable_thinking: true },
    { enable_thinking: false },
  ],
  ['baidu', 'ernie-5.0', { enable_thinking: true }, { enable_thinking: true }, { enable_thinking: false }],
  ['baidu', 'deepseek-v3.2', on, on, off],
  ['deepseek', 'deepseek-v4', { ...on, ...chat('high') }, { ...on, ...chat('low') }, off],
  ['moonshot', 'kimi-k2.5', on, on, off],
  ['zhipu', 'glm-5', on, on, off],
  ['bytedance', 'doubao-seed', { ...on, ...chat('high') }, { ...on, ...chat('low') }, off],
  ['iflytek', 'spark-x1', on, on, off],
  ['other', 'gpt', chat('high'), chat('low'), {}],
]

test.each(TABLE)('%s is asked to think in its own words for %s, through every door', (id, model, ...told) => {
  for (const [i, effort] of ['high', 'low', 'none'].entries()) {
    expect(toldTo(id, chat(effort), model)).toEqual(told[i])
    expect(toldTo(id, codex(effort), model)).toEqual(told[i])
    const asked = effort === 'none' ? claude({ type: 'disabled' }) : claude({ type: 'adaptive' }, effort)
    expect(toldTo(id, asked, model)).toEqual(told[i])
  }
})

test('a budget of thinking is kept where it is understood, and an effort where it is not', () => {
  const asked = claude({ type: 'enabled', budget_tokens: 3_000 })
  expect(toldTo('alibaba', asked)).toEqual({ enable_thinking: true, thinking_budget: 3_000 })
  expect(toldTo('deepseek', asked)).toEqual({ ...on, ...chat('low') })
  expect(toldTo('other', claude({ type: 'enabled', budget_tokens: 31_999 }))).toEqual(chat('high'))
})

test('whoever uses the words of the provider is not corrected', () => {
  const own = { enable_thinking: true, thinking_budget: 50, reasoning_effort: 'minimum' }
  expect(toldTo('alibaba', own)).toEqual(own)
  expect(toldTo('deepseek', { ...off, ...chat('max') })).toEqual({ ...off, ...chat('max') })
  expect(toldTo('other', { ...on, chat_template_kwargs: {} })).toMatchObject({ chat_template_kwargs: {} })
})

test("another provider's words are translated, and its switch does not invent an effort", () => {
  expect(toldTo('deepseek', { enable_thinking: true })).toEqual(on)
  expect(toldTo('zhipu', { enable_thinking: false })).toEqual(off)
  expect(toldTo('alibaba', on)).toEqual({ enable_thinking: true })
  expect(toldTo('alibaba', { thinking: { type: 'enabled', budget_tokens: 800 } })).toEqual({
    enable_thinking: true,
    thinking_budget: 800,
  })
})

test("OpenRouter's word, which Claude Code Router sends, reaches no provider as it is", () => {
  expect(toldTo('moonshot', { reasoning: { effort: 'high', enabled: false } })).toEqual(off)
  expect(toldTo('alibaba', { reasoning: { max_tokens: 2_000 } })).toEqual({
    enable_thinking: true,
    thinking_budget: 2_000,
  })
  expect(toldTo('other', { reasoning: { effort: 'xhigh' } })).toEqual(chat('high'))
})

test('only the highest effort is a word that not all know', () => {
  expect(toldTo('deepseek', codex('max'))).toEqual({ ...on, ...chat('max') })
  expect(toldTo('bytedance', codex('max'))).toEqual({ ...on, ...chat('high') })
})

test('who asks nothing about thinking has nothing said about it', () => {
  for (const [id] of TABLE) expect(toldTo(id, { temperature: 1 })).toEqual({ temperature: 1 })
  expect(toldTo('alibaba', claude({ type: 'adaptive' }))).toEqual({})
})

test('the sandbox thinks aloud through every door, if it is asked to', async () => {
  const world = await startApp()
  const { secret } = await createCustomer(world)
  const ask = async (door: string, more: object): Promise<any> => {
    const response = await fetch(`${world.url}/api/v1/${door}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'qwen3-max', ...more }),
    })
    return response.json()
  }
  const thinking = { thinking: { type: 'enabled', budget_tokens: 2_000 } }
  const { choices } = await ask('chat/completions', { messages, ...chat('high') })
  const { content } = await ask('messages', { messages, max_tokens: 200, ...thinking })
  const { output } = await ask('responses', { input: 'Hello', reasoning: { effort: 'high' } })
  expect(choices[0].message).toHaveProperty('reasoning_content')
  expect(content.map(({ type }: { type: string }) => type)).toEqual(['thinking', 'text'])
  expect(output.map(({ type }: { type: string }) => type)).toEqual(['reasoning', 'message'])
  expect((await ask('messages', { messages, max_tokens: 200 })).content).toHaveLength(1)
})
