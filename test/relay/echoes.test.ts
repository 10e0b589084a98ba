import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer, teach } from '../support/customer.ts'
import { type Script, startUpstream } from '../support/upstream.ts'

/** Everything that is logged, at every level, with all that an error carries. */
let logged = ''
const sink = new Writable({
  write(line: Buffer, _, done) {
    logged += line.toString()
    done()
  },
})
const world = await startApp(
  { ALLOW_PRIVATE_UPSTREAMS: 'true' },
  { log: pino({ level: 'trace' }, sink), relayTiming: { retryWait: 1 } },
)
const upstream = await startUpstream()
const channelId = await connectChannel(world, upstream)
await teach(world, 'qwen3-max', 'chat', 'embedding')
const { sql, channelHealth } = world.app.services

const PROMPT = 'zebra'

const says =
  (status: number, text: string): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(text)
  }
const error = (status: number, fields: object) => says(status, JSON.stringify({ error: fields }))

/** Every table that holds the text. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await sql.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  )
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await sql.query(`SELECT 1 FROM "${name}" t WHERE t::text ILIKE $1 LIMIT 1`, [`%${text}%`])
    if (rows.length > 0) found.push(name)
  }
  return found
}

async function lastError() {
  const health = await channelHealth.read()
  return health.ofKey(channelId, world.app.services.catalog.channelsFor('qwen3-max')[0]!.keys[0]!.id)
    .lastError
}

test.each<[string, Script]>([
  ['a 500 whose reason', error(500, { message: `cannot read "${PROMPT}"`, code: 'internal' })],
  ['a 500 whose code', error(500, { message: 'no', code: PROMPT })],
  ['a 500 whose type', error(500, { message: 'no', type: PROMPT.toUpperCase() })],
  ['a 429 whose reason', error(429, { message: `too much: ${PROMPT}` })],
  ['a 402 whose reason', says(402, JSON.stringify({ message: `no money for ${PROMPT}` }))],
  ['a page that', says(500, `<html>${PROMPT}</html>`)],
  ['an answer without JSON that', says(200, `${PROMPT} is not JSON`)],
  ['an answer of other JSON that', says(200, JSON.stringify({ choices: PROMPT }))],
  ['an error inside a 200 that', error(200, { message: PROMPT })],
  [
    'bytes that are no HTTP and',
    (_, { socket }) =>
      void socket.end(`HTTP/1.1 200 OK\r\n${PROMPT}: ${PROMPT}\r\nno colon ${PROMPT}\r\n\r\n`),
  ],
])('%s says the prompt again is not kept: neither in a table nor in the log', async (_, script) => {
  upstream.answer(script)
  const customer = await createCustomer(world)
  const ask = (path: string, body: object) =>
    fetch(`${world.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${customer.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'qwen3-max', ...body }),
    })
  const messages = [{ role: 'user', content: `Please say ${PROMPT}` }]
  for (const [path, body] of [
    ['chat/completions', { messages }],
    ['chat/completions', { messages, stream: true }],
    ['embeddings', { input: PROMPT }],
  ] as const)
    expect((await ask(path, body)).status).toBeGreaterThanOrEqual(500)
  expect((await lastError())?.code).toBeTruthy()
  expect(await tablesWith(PROMPT)).toEqual([])
  expect(logged.toLowerCase()).not.toContain(PROMPT)
})

test.each([
  ['its code', { message: 'no', code: 'insufficient_quota', type: 'billing' }, 'insufficient_quota'],
  ['its code, a number', { message: 'no', code: 1113 }, '1113'],
  [
    'its type where it gives no code',
    { message: 'no', code: null, type: 'overloaded_error' },
    'overloaded_error',
  ],
])('of a provider’s refusal its status is kept, and %s', async (_, fields, code) => {
  upstream.answer(error(500, fields))
  const customer = await createCustomer(world)
  await customer.chat()
  expect(await lastError()).toMatchObject({
    code: 'http_500',
    message: `The provider answered 500 (${code}).`,
  })
  expect(logged).toContain(`The provider answered 500 (${code}).`)
})
