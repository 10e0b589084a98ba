import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { createCustomer } from '../support/customer.ts'

const app = await startApp()
const customer = await createCustomer(app)
const provider = (apiKey: string) =>
  createOpenAICompatible({ name: 'pingtoken', baseURL: `${app.url}/api/v1`, apiKey, includeUsage: true })
const model = provider(customer.secret)('qwen3-max')
const langchain = (apiKey: string) =>
  new ChatOpenAI({
    model: 'qwen3-max',
    apiKey,
    configuration: { baseURL: `${app.url}/api/v1` },
    maxRetries: 0,
  })

test('the Vercel AI SDK says hello and streams, with usage', async () => {
  const { text, usage } = await generateText({ model, prompt: 'Hello', maxRetries: 0 })
  expect(text).toContain('sandbox')
  expect(usage.outputTokens).toBeGreaterThan(0)
  const streamed = streamText({ model, prompt: 'Hello', maxRetries: 0 })
  expect(await streamed.text).toBe(text)
})

test('the Vercel AI SDK runs a tool and finishes', async () => {
  const used: unknown[] = []
  const { text, steps } = await generateText({
    model,
    prompt: 'Please use the tool read_file on "notes.txt".',
    maxRetries: 0,
    stopWhen: stepCountIs(3),
    tools: {
      read_file: tool({
        description: 'Reads a file.',
        inputSchema: jsonSchema<{ path: string }>({
          type: 'object',
          properties: { path: { type: 'string' } },
        }),
        execute: async (input) => {
          used.push(input)
          return 'the content of the file'
        },
      }),
    },
  })
  expect(used).toEqual([{ path: 'notes.txt' }])
  expect(steps).toHaveLength(2)
  expect(text).toContain('the content of the file')
})

test('LangChain says hello and streams', async () => {
  const chat = langchain(customer.secret)
  const answer = await chat.invoke('Hello')
  expect(answer.content).toContain('sandbox')
  let streamed = ''
  for await (const piece of await chat.stream('Hello')) streamed += String(piece.content)
  expect(streamed).toBe(answer.content)
})

test('both show our words for a bad key and an empty purse', async () => {
  const poor = await createCustomer(app, { money: 0n })
  for (const [secret, words] of [
    ['sk-pt-nothing', /API token/],
    [poor.secret, /(balance|top up)/i],
  ] as const) {
    await expect(
      generateText({ model: provider(secret)('qwen3-max'), prompt: 'Hello', maxRetries: 0 }),
    ).rejects.toThrow(words)
    await expect(langchain(secret).invoke('Hello')).rejects.toThrow(words)
  }
})
