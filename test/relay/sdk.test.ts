import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerProcess, startServer } from '../support/server.ts'

/** The official SDK against the running server, as anybody would use it. */
let server: ServerProcess
let client: OpenAI
const messages = [{ role: 'user' as const, content: 'Hello' }]

beforeAll(async () => {
  server = await startServer()
  client = new OpenAI({ apiKey: server.token, baseURL: `${server.url}/api/v1` })
}, 60_000)
afterAll(() => server?.stop())

describe('the openai SDK', () => {
  test('gets an answer', async () => {
    const answer = await client.chat.completions.create({ model: 'deepseek-v4-pro', messages })
    expect(answer.object).toBe('chat.completion')
    expect(answer.model).toBe('deepseek-v4-pro')
    expect(answer.choices[0]).toMatchObject({
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant' },
    })
    expect(answer.usage!.total_tokens).toBe(answer.usage!.prompt_tokens + answer.usage!.completion_tokens)
    expect(answer._request_id).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('streams an answer, with usage and cost when asked', async () => {
    const stream = await client.chat.completions.create({
      model: 'qwen3-max',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    const reasons: (string | null)[] = []
    const usages: unknown[] = []
    for await (const chunk of stream) {
      expect(chunk.model).toBe('qwen3-max')
      text += chunk.choices[0]?.delta.content ?? ''
      if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason)
      if (chunk.usage) usages.push(chunk.usage)
    }
    expect(text).toContain('sandbox')
    expect(reasons).toEqual(['stop'])
    expect(usages).toEqual([
      expect.objectContaining({ completion_tokens: expect.any(Number), cost: expect.any(Number) }),
    ])
  })

  test('sees no chunk without choices unless it asked for usage', async () => {
    const stream = await client.chat.completions.create({ model: 'qwen3-max', messages, stream: true })
    for await (const chunk of stream) {
      expect(chunk.choices.length).toBeGreaterThan(0)
      expect(chunk.usage ?? null).toBeNull()
    }
  })

  test('keeps reasoning apart from the answer', async () => {
    const answer = await client.chat.completions.create({ model: 'deepseek-r1', messages })
    expect(answer.choices[0]!.message).toMatchObject({
      reasoning_content: expect.stringContaining('sandbox'),
    })
    expect(answer.usage!.completion_tokens_details!.reasoning_tokens).toBeGreaterThan(0)
  })

  test('uses a tool and finishes, in two turns', async () => {
    const tools = [
      {
        type: 'function' as const,
        function: {
          name: 'get_weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } } },
        },
      },
    ]
    const ask = { role: 'user' as const, content: 'Call get_weather for "Hangzhou"' }
    const first = await client.chat.completions.create({ model: 'qwen3-max', messages: [ask], tools })
    const call = first.choices[0]!.message.tool_calls![0]!
    expect(first.choices[0]!.finish_reason).toBe('tool_calls')
    expect(call).toMatchObject({
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Hangzhou"}' },
    })
    const second = await client.chat.completions.create({
      model: 'qwen3-max',
      messages: [ask, first.choices[0]!.message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }],
      tools,
    })
    expect(second.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining('sunny') },
    })
  })

  test('stops at max_tokens and says so', async () => {
    const answer = await client.chat.completions.create({ model: 'qwen3-max', messages, max_tokens: 3 })
    expect(answer.choices[0]!.finish_reason).toBe('length')
    expect(answer.usage!.completion_tokens).toBe(3)
  })

  test('lists the models', async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id)
    expect(ids).toEqual([
      'qwen3-max',
      'qwen3-plus',
      'deepseek-v4-pro',
      'deepseek-r1',
      'ernie-5.0',
      'kimi-k2',
      'glm-5',
      'doubao-pro',
      'spark-4.0',
    ])
  })

  test('reads our errors', async () => {
    const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${server.url}/v1` })
    await expect(stranger.chat.completions.create({ model: 'qwen3-max', messages })).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      requestID: expect.any(String),
      message: expect.stringContaining('API token'),
    })
    await expect(client.chat.completions.create({ model: 'gpt-5', messages })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
    await expect(
      client.chat.completions.create({ model: 'qwen3-max', messages, temperature: 3 }),
    ).rejects.toMatchObject({
      status: 400,
      param: 'temperature',
    })
  })
})
