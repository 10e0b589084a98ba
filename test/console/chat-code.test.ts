import { execFileSync, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { codeOf } from '../../web/src/playground/code.ts'
import { jsonOf, markdownOf } from '../../web/src/playground/transcript.ts'
import type { ChatMessage } from '../../web/src/playground/useChat.ts'

/** Whatever people write into a conversation, and every kind of value that a request holds. */
const body = {
  model: 'qwen3-max',
  messages: [
    { role: 'system', content: `"""'''\\n \` $HOME $(id) \${x}` },
    { role: 'user', content: 'It\'s 你好\n\t"quoted" 😀 \u2028 end' },
  ],
  temperature: 0.7,
  max_tokens: 64,
  stream: true,
  stream_options: { include_usage: true },
  stop: [],
  extra: null,
}
const input = { baseUrl: 'https://example.test/api/v1', os: 'linux' as const, body }

test("curl's code gives curl the very body", () => {
  // A function in place of the program prints its last argument.
  const script = `curl() { printf '%s' "\${@: -1}"; }\n${codeOf('curl', input)}`
  expect(JSON.parse(execFileSync('bash', ['-c', script], { encoding: 'utf8' }))).toEqual(body)
})

const missingPython = spawnSync('python3', ['--version']).status === 0 ? undefined : 'no python3'

test.skipIf(missingPython)(`Python's code calls with the very body (${missingPython ?? 'python3'})`, () => {
  const call = /client\.chat\.completions\.create\(\n[^]*?\n\)/.exec(codeOf('python', input))![0]
  const script = `import json\n${call.replace('client.chat.completions.create', 'asked = dict')}\nprint(json.dumps(asked))`
  expect(JSON.parse(execFileSync('python3', ['-'], { input: script, encoding: 'utf8' }))).toEqual(body)
})

test("Node's code calls with the very body", () => {
  const text = /create\((\{[^]*?\n\})\)/.exec(codeOf('node', input))![1]!
  const script = `console.log(JSON.stringify(${text}))`
  const told = execFileSync(process.execPath, ['-'], { input: script, encoding: 'utf8' })
  expect(JSON.parse(told)).toEqual(body)
})

test('on Windows the request is for a whole answer, which is all that its command can read', () => {
  const code = codeOf('curl', { ...input, os: 'windows' })
  expect(code).toContain('Invoke-RestMethod')
  expect(code).not.toContain('"stream"')
})

test.each(['curl', 'python', 'node'] as const)("%s's code holds no secret, only its variable", (language) => {
  const code = codeOf(language, input)
  expect(code).toContain('PINGTOKEN_API_KEY')
  expect(code).not.toContain('sk-')
})

const message = (values: Partial<ChatMessage>): ChatMessage => ({
  id: '0',
  role: 'assistant',
  model: 'deepseek-r1',
  content: '',
  reasoning: '',
  state: 'done',
  failure: undefined,
  retryAt: undefined,
  repeats: 0,
  cut: false,
  usage: undefined,
  charge: undefined,
  requestId: undefined,
  ttftMs: undefined,
  ...values,
})
const messages = [
  message({ role: 'user', content: '1 + 1?' }),
  message({ state: 'failed' }),
  message({ content: '**2**', reasoning: 'hm\n\nwell', requestId: 'r-1', ttftMs: 12 }),
]

test('a transcript tells who said what, reasoning apart; an answer without a word is left out', () => {
  const words = { title: 'Talk', you: 'You', answer: (model: string) => `By ${model}`, reasoning: 'Thought' }
  expect(markdownOf(messages, words)).toBe(
    '# Talk\n\n## You\n\n1 + 1?\n\n## By deepseek-r1\n\n> Thought\n>\n> hm\n>\n> well\n\n**2**\n',
  )
})

test('the JSON of a conversation is its request, and every answer with its id', () => {
  const told = JSON.parse(jsonOf(messages, body)) as { request: unknown; answers: object[] }
  expect(told.request).toEqual(body)
  expect(told.answers).toMatchObject([{ state: 'failed' }, { content: '**2**', requestId: 'r-1' }])
})
