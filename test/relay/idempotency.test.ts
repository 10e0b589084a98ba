import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { type Script, startUpstream } from '../support/upstream.ts'

const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const customer = await createCustomer(app)
const keyed = (key: string, more: Record<string, string> = {}) => ({
  headers: { 'idempotency-key': key, ...more },
})
const settledRecords = async (count: number) => {
  await expect.poll(async () => (await customer.records()).length).toBe(count)
  return customer.records()
}

test('the same key and body is billed once; asked again, the receipt is named', async () => {
  const first = await customer.chat({}, keyed('one'))
  expect(first.status).toBe(200)
  const id = first.headers.get('x-request-id')
  const before = (await settledRecords(1)).length
  const again = await customer.chat({}, keyed('one'))
  expect(again.status).toBe(409)
  // OpenAI's libraries ask again after any 409 that does not say this.
  expect(again.headers.get('x-should-retry')).toBe('false')
  expect(((await again.json()) as any).error).toMatchObject({ code: 'request_already_answered', receipt: id })
  expect(await customer.records()).toHaveLength(before)
})

test('another body under the same key is refused', async () => {
  const answer = await customer.chat({ temperature: 1 }, keyed('one'))
  expect([answer.status, ((await answer.json()) as any).error.code]).toEqual([422, 'idempotency_mismatch'])
  expect(answer.headers.get('x-should-retry')).toBe('false')
})

test.each([false, true])(
  'with replays asked for, the same bytes come again (streamed: %s) and cost nothing',
  async (stream) => {
    const before = (await customer.records()).length
    const options = keyed(`replay ${stream}`, { 'idempotency-replay': 'true' })
    const first = await customer.chat({ stream }, options)
    const text = await first.text()
    await settledRecords(before + 1)
    const again = await customer.chat({ stream }, options)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'))
    const ids = ['x-request-id', 'x-pingtoken-receipt'].map((name) => again.headers.get(name))
    expect(ids[1]).toBe(first.headers.get('x-request-id'))
    expect(ids[0]).not.toBe(ids[1])
    expect(await again.text()).toBe(text)
    expect(await customer.records()).toHaveLength(before + 1)
    const stored = await app.app.services.sql.query<{ answer: Buffer }>(
      'SELECT answer FROM inference_key WHERE answer IS NOT NULL',
    )
    for (const { answer } of stored) expect(answer.toString()).not.toContain('sandbox')
  },
)

test('while it runs, the same request is told so; whoever failed free of charge may use the key again', async () => {
  const upstream = await startUpstream()
  await connectChannel(app, upstream)
  let release = () => {}
  upstream.answer(async (response) => {
    await new Promise<void>((resolve) => (release = resolve))
    response.writeHead(400).end('no')
  }, completion)
  const first = customer.chat({}, keyed('slow'))
  await expect.poll(() => upstream.heard.length).toBe(1)
  const second = await customer.chat({}, keyed('slow'))
  expect([second.status, ((await second.json()) as any).error.code]).toEqual([409, 'request_in_progress'])
  expect(second.headers.get('x-should-retry')).toBeNull()
  release()
  expect((await first).ok).toBe(false)
  expect((await customer.chat({}, keyed('slow'))).status).toBe(200)
})

test('of twenty at once with one key, one is served', async () => {
  const other = await startApp()
  const person = await createCustomer(other)
  const answers = await Promise.all(Array.from({ length: 20 }, () => person.chat({}, keyed('burst'))))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]))
  await expect.poll(async () => (await person.records()).length).toBe(1)
})

test('a page of another site may read every header that an answer leads on with', async () => {
  const replay = keyed('exposed', { 'idempotency-replay': 'true' })
  await customer.chat({}, replay)
  const ask = (path: string, body: object, headers: object = {}) =>
    fetch(`${app.url}/api/v1${path}`, {
      method: 'POST',
      body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }], ...body }),
      headers: { authorization: `Bearer ${customer.secret}`, 'content-type': 'application/json', ...headers },
    })
  const answers = await Promise.all([
    customer.chat({}, replay),
    ask('/messages', { max_tokens: 5 }),
    ask('/chat/completions', { model: 'gpt-5' }),
    fetch(`${app.url}/api/v1/chat/completions`),
  ])
  const ours = /^(x-|request-id|retry-after|allow|idempotency-|anthropic-)/
  const guards = ['x-content-type-options', 'x-frame-options']
  const sent = new Set(
    answers.flatMap(({ headers }) => [...headers.keys()].filter((name) => ours.test(name))),
  )
  expect([...sent]).toEqual(expect.arrayContaining(['x-should-retry', 'idempotency-replayed', 'allow']))
  const exposed = answers[0]!.headers.get('access-control-expose-headers')!.split(', ')
  expect([...sent].filter((name) => !exposed.includes(name) && !guards.includes(name))).toEqual([])
})

test('a key that is empty or too long is a 400', async () => {
  const long = await customer.chat({}, keyed('x'.repeat(256)))
  expect([long.status, long.headers.get('x-ratelimit-limit-requests')]).toEqual([400, '60'])
  expect(((await long.json()) as any).error.param).toBe('Idempotency-Key')
})

test('whether the answer is kept is true or false; a word that is neither is refused before anything runs', async () => {
  const unclear = await customer.chat({}, keyed('unclear', { 'idempotency-replay': 'yes' }))
  expect([unclear.status, ((await unclear.json()) as any).error.param]).toEqual([400, 'Idempotency-Replay'])
  // The key is still free.
  expect((await customer.chat({}, keyed('unclear', { 'idempotency-replay': 'false' }))).status).toBe(200)
  // Without a key there is nothing by which the answer could be asked for again.
  expect((await customer.chat({}, { headers: { 'idempotency-replay': 'true' } })).status).toBe(200)
})

test('a key changes nothing about who may ask: 401 and 403 come first, and no answer of others is told', async () => {
  const behindProxy = await startApp({ TRUSTED_PROXIES: '127.0.0.1' })
  const person = await createCustomer(behindProxy, { token: { ipAllowList: ['198.51.100.7'] } })
  const from = (address: string, key: string, more: Record<string, string> = {}) =>
    person.chat({}, keyed(key, { 'x-forwarded-for': address, 'idempotency-replay': 'true', ...more }))
  expect((await from('198.51.100.7', 'mine')).status).toBe(200)
  await expect
    .poll(async () => (await from('198.51.100.7', 'mine')).headers.get('idempotency-replayed'))
    .toBe('true')
  const stranger = await from('203.0.113.9', 'mine')
  expect([stranger.status, ((await stranger.json()) as any).error.code]).toEqual([403, 'ip_not_allowed'])
  expect((await from('203.0.113.9', 'x'.repeat(256))).status).toBe(403)
  expect((await from('198.51.100.7', 'x'.repeat(256), { authorization: 'Bearer sk-pt-x' })).status).toBe(401)
})

/** A whole answer of a provider. */
const completion: Script = (response) => {
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({
      id: 'x',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 },
    }),
  )
}
