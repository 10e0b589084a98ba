import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'

const MARK = 'zebra-crossing-'

/** Every file below a folder that holds the text. */
const filesWith = (folder: string, text: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path).includes(text))

test('what people ask and what models answer is neither stored nor logged, whatever becomes of the request', async () => {
  const server = await startServer({ LOG_LEVEL: 'trace' })
  let number = 0
  const ask = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'qwen3-max', ...body }),
    }).then(async (answer) => ({ status: answer.status, text: await answer.text(), headers: answer.headers }))
  const words = () => `${MARK}${++number}`
  const messages = () => [
    { role: 'system', content: words() },
    { role: 'user', content: words() },
  ]
  const whole = await ask('chat/completions', { messages: messages() })
  // The sandbox says again what it was told: its answers carry the mark as well.
  expect(whole.text).toContain(MARK)
  const answers = [
    whole,
    await ask('chat/completions', { messages: messages(), stream: true }),
    await ask('messages', { messages: [{ role: 'user', content: words() }], max_tokens: 50 }),
    await ask('responses', { input: words() }),
    await ask('embeddings', { input: words() }),
    await ask('chat/completions', { messages: messages() }, { 'idempotency-key': 'kept without a replay' }),
    await ask(
      'chat/completions',
      { messages: messages() },
      { 'idempotency-key': 'sealed', 'idempotency-replay': 'true' },
    ),
    await ask('chat/completions', { messages: messages(), temperature: 9 }),
    await ask('chat/completions', { messages: [{ role: words(), content: words() }] }),
    await ask('chat/completions', { messages: messages(), tools: [{ type: words() }] }),
  ]
  expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 400]))
  const id = whole.headers.get('x-request-id')
  await expect
    .poll(() =>
      fetch(`${server.url}/api/v1/generation?id=${id}`, {
        headers: { authorization: `Bearer ${server.token}` },
      }).then(({ status }) => status),
    )
    .toBe(200)
  // While it runs: journals and the database's own log; afterwards what a stop writes.
  expect(filesWith(server.dataDir, MARK)).toEqual([])
  expect(filesWith(server.dataDir, id!).length).toBeGreaterThan(0)
  expect(server.output).not.toContain(MARK)
  expect(await server.stop()).toBe(0)
}, 60_000)
