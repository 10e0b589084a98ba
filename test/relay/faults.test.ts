import { expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import {
  breakAfter,
  chunk,
  DONE,
  hang,
  refuse,
  type Script,
  startUpstream,
  stream,
  type Upstream,
  usage,
  usageChunk,
  whole,
} from '../support/upstream.ts'

const TIMING = {
  firstToken: 900,
  firstTokenWithSpare: 300,
  whole: 1_500,
  wholeWithSpare: 700,
  idle: 1_000,
  idleWhileThinking: 1_000,
  total: 3_500,
  farewell: 300,
  keepAlive: 100,
  retryWait: 20,
  retryWaitMax: 1_500,
}
const ask = { stream: true }
const role = chunk({ role: 'assistant', content: '' })
const words = [chunk({ content: 'Hel' }), chunk({ content: 'lo' })]
const complete = [role, ...words, chunk({}, 'stop'), usageChunk(usage(7, 2)), DONE]
const silence: Script = () => undefined
const reset: Script = (_, { socket }) => void socket.resetAndDestroy()
const endless: Script = async (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  while (!response.destroyed) {
    response.write(words[0])
    await pause(50)
  }
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const apps = { alone: await appWith(1), spare: await appWith(2) }

/** A server with so many channels for one model, in the order of their priority. */
async function appWith(count: number): Promise<{ world: TestApp; upstreams: Upstream[] }> {
  const env = { ALLOW_PRIVATE_UPSTREAMS: 'true', DRAIN_SECONDS: '1' }
  const world = await startApp(env, { relayTiming: TIMING })
  const upstreams: Upstream[] = []
  for (let priority = 0; priority < count; priority++) {
    const upstream = await startUpstream()
    await connectChannel(world, upstream, { priority })
    upstreams.push(upstream)
  }
  return { world, upstreams }
}

/** Asks once with these scripts; answers what the caller and the usage list saw. */
async function meet(app: (typeof apps)['alone'], scripts: Script[][], body: object = ask) {
  const before = app.upstreams.map(({ heard }) => heard.length)
  app.upstreams.forEach((upstream, i) => upstream.answer(...scripts[i]!))
  const customer = await createCustomer(app.world)
  const started = performance.now()
  const response = await customer.chat(body)
  const text = await response.text()
  const ms = performance.now() - started
  await expect.poll(() => customer.records().then(({ length }) => length), { timeout: 5_000 }).toBe(1)
  const [record] = await customer.records()
  const attempts = app.upstreams.map(({ heard }, i) => heard.length - before[i]!)
  return { status: response.status, headers: response.headers, text, ms, record, attempts }
}

const lastEvent = (text: string) => JSON.parse(text.trimEnd().split('\n\n').at(-1)!.replace('data: ', ''))

test.each([
  ['answers 500 once', refuse(500, 'oops')],
  ['resets the connection once', reset],
  ['reports an error before the first word once', stream(role, 'data: {"error":{"message":"busy"}}\n\n')],
])('the only channel that %s is asked again, and the caller never knows', async (_, fault) => {
  const { status, text, attempts, record } = await meet(apps.alone, [[fault, stream(...complete)]])
  expect([status, attempts, record.status]).toEqual([200, [2], 'SUCCEEDED'])
  expect(text).toContain('[DONE]')
})

test('the only channel is waited for as long as it asks, and no longer than it may', async () => {
  const soon = await meet(apps.alone, [[refuse(429, 'slow', { 'retry-after': '1' }), stream(...complete)]])
  expect([soon.status, soon.attempts]).toEqual([200, [2]])
  expect(soon.ms).toBeGreaterThan(950)
  const late = await meet(apps.alone, [[refuse(429, 'slow', { 'retry-after': '12' })]])
  expect([late.status, late.attempts, late.headers.get('retry-after')]).toEqual([503, [1], '12'])
})

test.each([
  ['503 for ever', refuse(503, 'down'), 502],
  ['429 for ever', refuse(429, 'slow'), 503],
])('%s is tried twice at most, and free', async (_, script, status) => {
  const met = await meet(apps.alone, [[script]])
  expect([met.status, met.attempts, met.record.cost]).toEqual([status, [2], '0'])
})

test('a channel that never answers is given up in time and not asked again', async () => {
  const { status, attempts, ms, record } = await meet(await appWith(1), [[silence]])
  expect([status, attempts, record.errorCode]).toEqual([504, [1], 'upstream_timeout'])
  expect(ms).toBeLessThan(2_000)
})

test.each([
  ['is silent', silence],
  ['sends its head and a role, and then no word', hang(role)],
  ['reports an error inside the stream', stream('data: {"error":{"message":"busy"}}\n\n')],
  ['redirects', refuse(302, 'elsewhere', { location: 'http://127.0.0.1:1/' })],
  ['does not know the model', refuse(404, 'no such model')],
  ['refuses our key', refuse(402, 'pay your bill')],
  ['ends before it begins', stream(role)],
  ['answers with a page', (response) => void response.end('<html>welcome</html>')],
  ['sends compressed bytes', (response) => void response.end(Buffer.from('1f8b08000000', 'hex'))],
  ['sends headers without end', (response) => void response.setHeader('x', 'y'.repeat(100_000)).end()],
] as [string, Script][])(
  'when the first channel %s, the second answers, each asked once',
  async (_, fault) => {
    const met = await meet(await appWith(2), [[fault], [stream(...complete)]])
    expect([met.status, met.attempts, met.record.status]).toEqual([200, [1, 1], 'SUCCEEDED'])
    expect(met.text.match(/"role"/g)).toHaveLength(1)
  },
)

test('a refusal of the request itself is passed on after one attempt, without hosts, keys and inner names', async () => {
  const { host } = new URL(apps.spare.upstreams[0]!.url)
  const reason = `upstream-name at ${host} said: maximum context length is 8; key sk-provider-secret-key`
  const { status, text, attempts } = await meet(apps.spare, [[refuse(400, reason)], [stream(...complete)]])
  expect([status, attempts]).toEqual([400, [1, 0]])
  expect(JSON.parse(text).error.message).toBe(
    'qwen3-max at [address] said: maximum context length is 8; key [key]',
  )
})

test('a channel whose name cannot be resolved is an upstream error', async () => {
  const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' }, { relayTiming: TIMING })
  await connectChannel(world, { url: 'http://provider.invalid/v1' } as Upstream)
  const response = await (await createCustomer(world)).chat()
  expect(response.status).toBe(502)
  expect(await response.text()).not.toContain('provider.invalid')
})

test.each(['127.0.0.1', 'localhost'])(
  'a channel at %s is not connected to unless the operator allows it',
  async (host) => {
    const world = await startApp({}, { relayTiming: TIMING })
    const upstream = await startUpstream()
    const id = await connectChannel(world, { url: 'https://provider.example/v1' } as Upstream)
    // As it may stand there from a time when the operator did allow it.
    const { sql, catalog } = world.app.services
    const url = `https://${host}:${new URL(upstream.url).port}/v1`
    await sql.query('UPDATE channel SET base_url = $2 WHERE id = $1', [id, url])
    await catalog.reload()
    expect((await (await createCustomer(world)).chat()).status).toBe(502)
    expect(upstream.connections).toBe(0)
  },
)

/** In pieces, so that a busy machine does not take it for silence. */
const megabytes = Array<string>(26).fill('x'.repeat(1 << 20))

test.each([
  ['falls silent', hang(role, ...words), 'upstream_timeout'],
  ['breaks', breakAfter(role, ...words), 'upstream_error'],
  ['sends one event without end', stream(role, ...words, 'data: ', ...megabytes), 'upstream_error'],
] as [string, Script, string][])(
  'T16: when a stream %s the caller is told, pays for what came, and no other channel repeats it',
  async (_, fault, code) => {
    const met = await meet(apps.spare, [[fault], [stream(...complete)]])
    expect(lastEvent(met.text).error.code).toBe(code)
    expect(met.text).not.toContain('[DONE]')
    expect([met.attempts, met.record.status, met.record.completionTokens]).toEqual([
      [1, 0],
      'INTERRUPTED',
      '1',
    ])
  },
)

test.each([
  ['before', ''],
  ['after', chunk({ content: 'x' })],
])(
  'an upstream that goes on after an error %s the first word is not listened to any longer',
  async (_, first) => {
    const failing: Script = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(role + first)
      await pause(50)
      response.write('data: {"error":{"message":"boom"}}\n\n')
    }
    const { text, status } = await meet(apps.alone, [[failing]])
    expect([status, text.includes('upstream_error')]).toEqual([first ? 200 : 502, true])
    await expect.poll(() => apps.alone.upstreams[0]!.open, { timeout: 1_000 }).toBe(0)
  },
)

test('a channel that breaks its streams off is avoided, though each of them began well', async () => {
  const app = await appWith(2)
  const customer = await createCustomer(app.world)
  app.upstreams[0]!.answer(breakAfter(role, ...words))
  app.upstreams[1]!.answer(stream(...complete))
  const texts: string[] = []
  for (let n = 0; n < 8; n++) texts.push(await (await customer.chat(ask)).text())
  expect(texts.map((text) => text.includes('[DONE]'))).toEqual([
    ...Array<boolean>(5).fill(false),
    ...Array<boolean>(3).fill(true),
  ])
  expect(app.upstreams.map(({ heard }) => heard.length)).toEqual([5, 3])
})

test('callers who leave say nothing about the channel', async () => {
  const app = await appWith(2)
  const customer = await createCustomer(app.world)
  app.upstreams[0]!.answer(hang(role, ...words))
  for (let n = 0; n < 6; n++) {
    const leave = new AbortController()
    await (await customer.chat(ask, { signal: leave.signal })).body!.getReader().read()
    leave.abort()
    await expect.poll(() => app.upstreams[0]!.open).toBe(0)
  }
  expect(app.upstreams.map(({ heard }) => heard.length)).toEqual([6, 0])
})

test.each([401, 402, 403, 429])(
  'the only channel that refuses a key with %i is asked with its other key at once',
  async (status) => {
    const world = await startApp(
      { ALLOW_PRIVATE_UPSTREAMS: 'true' },
      { relayTiming: { ...TIMING, retryWait: 60_000 } },
    )
    const upstream = await startUpstream()
    await connectChannel(world, upstream, { keys: ['sk-first-secret-key', 'sk-second-secret-key'] })
    upstream.answer(refuse(status, 'not this key'), stream(...complete))
    const answer = await (await createCustomer(world)).chat(ask)
    expect([answer.status, (await answer.text()).includes('[DONE]')]).toEqual([200, true])
    expect(new Set(upstream.heard.map(({ headers }) => headers.authorization)).size).toBe(2)
  },
)

test('a stream that never ends is ended, and says that it took too long', async () => {
  const { text, record } = await meet(apps.alone, [[endless]])
  expect(lastEvent(text).error).toMatchObject({
    code: 'upstream_timeout',
    message: expect.stringMatching(/longer.*delivered is charged/),
  })
  expect(record).toMatchObject({ status: 'INTERRUPTED', source: 'COUNTED' })
})

test('a whole answer may take longer than a first token', async () => {
  const slow: Script = async (response, request) => {
    await pause(1_100)
    await whole('at last')(response, request)
  }
  expect((await meet(apps.alone, [[slow]], {})).status).toBe(200)
})

test('a caller who leaves while a whole answer is made stops the upstream and pays nothing', async () => {
  const { world, upstreams } = apps.alone
  upstreams[0]!.answer(silence)
  const customer = await createCustomer(world)
  const leave = new AbortController()
  const answer = customer.chat({}, { signal: leave.signal }).catch(() => undefined)
  await expect.poll(() => upstreams[0]!.open).toBe(1)
  leave.abort()
  await answer
  await expect.poll(() => upstreams[0]!.open, { timeout: 1_000 }).toBe(0)
  await expect.poll(() => customer.records().then(([record]) => record?.status)).toBe('CANCELLED')
})

test('who leaves early pays for the words that came, whatever usage said before them', async () => {
  const { world, upstreams } = apps.alone
  upstreams[0]!.answer(
    hang(chunk({ role: 'assistant', content: 'a' }, null, { usage: usage(9, 0) }), ...words),
  )
  const customer = await createCustomer(world)
  const leave = new AbortController()
  const reader = (await customer.chat(ask, { signal: leave.signal })).body!.getReader()
  await reader.read()
  leave.abort()
  await expect.poll(() => customer.records().then(([record]) => record?.status)).toBe('CANCELLED')
  const [record] = await customer.records()
  expect(record).toMatchObject({ promptTokens: '9', source: 'COUNTED' })
  expect(Number(record.completionTokens)).toBeGreaterThan(0)
})

test('after a long silence the caller gets a comment, which is no event', async () => {
  const slow: Script = async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(role + words[0])
    await pause(220)
    response.end([words[1], chunk({}, 'stop'), DONE].join(''))
  }
  const { text } = await meet(apps.alone, [[slow]])
  expect(text.match(/^: keep-alive$/gm)!.length).toBeGreaterThan(0)
  expect(text).toContain('[DONE]')
})

test('of two answers asked for, both must have ended', async () => {
  const choice = (index: number, delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c', choices: [{ index, delta, finish_reason }] })}\n\n`
  const half = [choice(0, { content: 'a' }), choice(1, { content: 'b' }), choice(0, {}, 'stop')]
  const broken = await meet(apps.alone, [[breakAfter(...half)]], { stream: true, n: 2 })
  expect(lastEvent(broken.text).error.code).toBe('upstream_error')
  const good = await meet(apps.alone, [[stream(...half, choice(1, {}, 'stop'))]], { stream: true, n: 2 })
  expect(good.text).toContain('[DONE]')
})

test('a choice that says twice why it ended is one choice', async () => {
  const choice = (index: number, finish_reason: string | null) =>
    `data: ${JSON.stringify({ id: 'c', choices: [{ index, delta: { content: 'a' }, finish_reason }] })}\n\n`
  const twice = [choice(0, null), choice(1, null), choice(0, 'stop'), choice(0, 'stop')]
  const broken = await meet(apps.alone, [[breakAfter(...twice)]], { stream: true, n: 2 })
  expect(lastEvent(broken.text).error.code).toBe('upstream_error')
})

test('usage within a choice, empty reasons and empty events are understood, and not passed on', async () => {
  const event = (more: object) => `data: ${JSON.stringify({ id: 'c', model: 'qwen3-max', ...more })}\n\n`
  const script = stream(
    event({ choices: [] }),
    event({ choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: '' }] }),
    event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: usage(9, 4) }] }),
    DONE,
  )
  const { text, record } = await meet(apps.alone, [[script]])
  const events = text.split('\n\n').filter((line) => line.startsWith('data: {'))
  expect(events.map((line) => JSON.parse(line.slice(6)).choices)).toEqual([
    [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }],
    [{ index: 0, delta: {}, finish_reason: 'stop' }],
  ])
  expect(record).toMatchObject({ promptTokens: '9', completionTokens: '4', source: 'UPSTREAM' })
})

test('data of several lines and bare carriage returns reach the caller as one line each', async () => {
  const split = chunk({ content: 'Hel' }, null, { model: 'qwen3-max' })
    .replace('"choices"', '\ndata: "choices"')
    .replaceAll('\n', '\r')
  const { text } = await meet(apps.alone, [[stream(split, chunk({}, 'stop'), DONE)]])
  expect(lastEvent(text.split('\n\n')[0]!).choices[0].delta.content).toBe('Hel')
  expect(
    text
      .split('\n')
      .filter(Boolean)
      .every((line) => line.startsWith('data: ')),
  ).toBe(true)
})

test('connections to the upstream are used again, streamed or not', async () => {
  const app = await appWith(1)
  const lateEnd: Script = async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(complete.join(''))
    await pause(20)
    response.end()
  }
  for (let i = 0; i < 4; i++) await meet(app, [[lateEnd]])
  for (let i = 0; i < 4; i++) await meet(app, [[whole('Hi')]], {})
  expect(app.upstreams[0]!.connections).toBe(1)
})

test('a server that stops ends what still runs with an error, settles it, and refuses what is new', async () => {
  const { world, upstreams } = await appWith(1)
  upstreams[0]!.answer(endless)
  const customer = await createCustomer(world)
  const running = await customer.chat(ask)
  const closed = world.app.close()
  const refused = await customer.chat()
  expect([refused.status, refused.headers.get('connection')]).toEqual([503, 'close'])
  expect(refused.headers.get('retry-after')).toBe('2')
  const text = await running.text()
  expect(lastEvent(text).error).toMatchObject({ code: 'service_unavailable' })
  expect(text).not.toContain('[DONE]')
  await closed
})
