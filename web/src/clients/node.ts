import { type Client, type SetUpInput, setUpOf } from './client.ts'
import { command, environment, KEY_VARIABLE } from './places.ts'
import { literal } from './quoting.ts'

export const node: Client = {
  id: 'node',
  name: 'Node.js',
  kind: 'code',
  door: 'chat_completions',
  homepage: 'https://nodejs.org',
  verified: { version: 'Node 24, openai 7.57.0', date: '2026-11' },
  longPrompts: false,
  install: 'npm install openai',
  setUp: (input) =>
    setUpOf({
      steps: input.key === undefined ? ['variable', 'save', 'run'] : ['save', 'run'],
      files: [
        ...(input.key === undefined ? [environment(input)] : []),
        { id: 'openai', path: 'chat-openai.mjs', language: 'javascript', text: withOpenAi(input) },
        { id: 'fetch', path: 'chat.mjs', language: 'javascript', text: withFetch(input) },
      ],
      commands: [command(input.os, 'check', 'node chat.mjs')],
      notes: ['module', 'comments'],
    }),
}

const keyOf = ({ key }: SetUpInput) => (key === undefined ? `process.env.${KEY_VARIABLE}` : literal(key))

const withOpenAi = (input: SetUpInput) => `import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: ${literal(input.baseUrl)},
  apiKey: ${keyOf(input)},
})
const answer = await client.chat.completions.create({
  model: ${literal(input.model)},
  messages: [{ role: 'user', content: 'Hello' }],
})
console.log(answer.choices[0].message.content)
console.log('Tokens used:', answer.usage.total_tokens)
`

const withFetch = (
  input: SetUpInput,
) => `const response = await fetch(${literal(`${input.baseUrl}/chat/completions`)}, {
  method: 'POST',
  headers: {
    Authorization: 'Bearer ' + ${keyOf(input)},
    'Content-Type': 'application/json',
  },
  body: JSON.stringify({
    model: ${literal(input.model)},
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
  }),
})
if (!response.ok) throw new Error((await response.json()).error.message)

let rest = ''
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split('\\n')
  rest = lines.pop()
  for (const line of lines) {
    if (!line.startsWith('data: ') || line === 'data: [DONE]') continue
    const event = JSON.parse(line.slice(6))
    if (event.error) throw new Error(event.error.message)
    process.stdout.write(event.choices[0]?.delta?.content ?? '')
  }
}
console.log()
`
