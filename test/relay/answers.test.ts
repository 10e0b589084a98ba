import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { refuse, startUpstream, usage, whole } from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${world.url}/api/v1/chat/completions`, { method: 'POST', body, headers })

test('an answer has every documented field, the model that was asked for, and its cost', async () => {
  upstream.answer(
    whole('Hi', usage(10, 5, { prompt_tokens_details: { cached_tokens: 2 } }), { system_fingerprint: 'fp' }),
  )
  const customer = await createCustomer(world)
  const response = await customer.chat({ temperature: 0.5, seed: 7, some_new_field: { kept: true } })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'qwen3-max',
    system_fingerprint: 'fp',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    // 10 × ¥6 + 5 × ¥24, per million: this model has no price of its own for cached input.
    usage: { ...usage(10, 5), prompt_tokens_details: { cached_tokens: 2 }, cost: 0.00018 },
  })
  expect(upstream.heard.at(-1)!.body).toMatchObject({
    model: 'upstream-name',
    seed: 7,
    some_new_field: { kept: true },
  })
  expect(upstream.heard.at(-1)!.body.max_tokens).toBeUndefined()
})

test('the bill, the usage list, the receipt and the balance say the same, to the nano', async () => {
  upstream.answer(whole('Hi', usage(1_234, 567)))
  const customer = await createCustomer(world, { money: 1_000_000_000n })
  const response = await customer.chat()
  const id = response.headers.get('x-request-id')!
  const { usage: counted } = (await response.json()) as any
  const cost = '0.021012' // 1,234 × ¥6 + 567 × ¥24, per million
  expect(counted.cost).toBe(Number(cost))
  await expect.poll(() => customer.records().then(({ length }) => length)).toBe(1)
  expect((await customer.records())[0]).toMatchObject({
    id,
    cost,
    receipt: { legs: [{ pool: 'WALLET', tokens: null, money: cost }] },
  })
  expect(await customer.wallet()).toMatchObject({ wallet: '0.978988' })

  const rest = (path: string, secret = customer.secret) =>
    fetch(`${world.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${secret}` } })
  expect(await (await rest(`generation?id=${id}`)).json()).toMatchObject({
    data: { id, total_cost: cost, tokens_prompt: 1_234, tokens_completion: 567, discount_ppm: 1_000_000 },
  })
  expect(await (await rest('credits')).json()).toMatchObject({
    data: { wallet: '0.978988', bonus_tokens: '0' },
  })
  const stranger = await createCustomer(world)
  const foreign = await rest(`generation?id=${id}`, stranger.secret)
  expect([foreign.status, await foreign.json()]).toMatchObject([
    404,
    { error: { code: 'generation_not_found', message: expect.stringContaining('a moment after') } },
  ])
})

test('a complete answer is billed by its usage even when its text is empty', async () => {
  upstream.answer(whole('', usage(10, 0)))
  const customer = await createCustomer(world)
  expect((await customer.chat()).status).toBe(200)
  await expect.poll(() => customer.records().then(([record]) => record?.cost)).toBe('0.00006')
})

test.each([
  ['GET', '/chat/completions', 'POST'],
  ['PUT', '/chat/completions', 'POST'],
  ['GET', '/messages', 'POST'],
  ['GET', '/messages/count_tokens', 'POST'],
  ['DELETE', '/embeddings', 'POST'],
  ['POST', '/models', 'GET, HEAD'],
  ['PATCH', '/models/qwen3-max', 'GET, HEAD'],
  ['POST', '/generation?id=1', 'GET, HEAD'],
  ['HEAD', '/chat/completions', 'POST'],
])('%s %s is told the method it has: %s', async (method, path, allowed) => {
  for (const prefix of ['/api/v1', '/v1']) {
    const response = await fetch(`${world.url}${prefix}${path}`, { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, allowed])
    expect(response.headers.get('x-should-retry')).toBe('false')
    if (method === 'HEAD') continue
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        code: 'method_not_allowed',
        message: expect.stringContaining(`${method} `),
        param: null,
      },
    })
  }
})

test.each(['/models/', '/key/', '/credits/?a=b'])(
  'a stroke at the end changes nothing: GET %s',
  async (path) => {
    const { secret } = await createCustomer(world)
    const ask = (at: string) =>
      fetch(`${world.url}/api/v1${at}`, { headers: { authorization: `Bearer ${secret}` } })
    const [with_, without] = await Promise.all([ask(path), ask(path.replace(/\/(\?.*)?$/, ''))])
    expect(with_.status).toBe(200)
    expect(await with_.json()).toEqual(await without.json())
  },
)

test('an empty purse is told so before any provider is asked, and what to do', async () => {
  const customer = await createCustomer(world, { money: 0n })
  const before = upstream.heard.length
  const response = await customer.chat()
  expect(response.status).toBe(402)
  expect(response.headers.get('x-should-retry')).toBe('false')
  expect(response.headers.get('retry-after')).toBeNull()
  expect(await response.json()).toMatchObject({
    type: 'error',
    error: { type: 'billing_error', code: 'insufficient_balance', message: expect.stringMatching(/top up/i) },
    request_id: expect.any(String),
  })
  expect(upstream.heard.length).toBe(before)
})

test.each([
  [500, 'upstream_error', 502],
  [401, 'upstream_error', 502],
  [429, 'no_channel_available', 503],
])(
  "a provider's %i is %s to the caller, never the caller's own fault, and free",
  async (status, code, seen) => {
    const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
    const provider = await startUpstream()
    await connectChannel(app, provider)
    provider.answer(refuse(status, 'key sk-provider-secret-key is bad, see https://provider.example/billing'))
    const customer = await createCustomer(app)
    const response = await customer.chat()
    const text = await response.text()
    expect(response.status).toBe(seen)
    expect(text).toContain(`"${code}"`)
    expect(text).not.toMatch(/provider\.example|provider-secret|sk-/)
    await expect.poll(() => customer.records().then(({ length }) => length)).toBe(1)
    expect((await customer.records())[0]).toMatchObject({
      status: 'FAILED',
      cost: '0',
      receipt: { notCharged: 'FAILED_BEFORE_OUTPUT' },
    })
  },
)

test('a request the provider cannot accept is tried once, and its reason passed on without addresses', async () => {
  upstream.answer(refuse(400, 'maximum context length is 100 tokens, see https://provider.example/docs'))
  const customer = await createCustomer(world)
  const before = upstream.heard.length
  const response = await customer.chat()
  expect(response.status).toBe(400)
  const { error } = (await response.json()) as any
  expect(error).toMatchObject({
    code: 'context_length_exceeded',
    message: expect.stringContaining('maximum context length'),
  })
  expect(error.message).not.toContain('provider.example')
  expect(upstream.heard.length).toBe(before + 1)
})

test('T15: when one channel fails the next one answers, and the caller never knows', async () => {
  const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
  const [bad, good] = [await startUpstream(), await startUpstream()]
  await connectChannel(app, bad, { name: 'bad', priority: 0 })
  await connectChannel(app, good, { name: 'good', priority: 1 })
  good.answer(whole('from the second'))
  for (const script of [refuse(503, 'busy'), refuse(429, 'slow down', { 'retry-after': '1' })]) {
    bad.answer(script)
    const customer = await createCustomer(app)
    const response = await customer.chat()
    expect(((await response.json()) as any).choices[0].message.content).toBe('from the second')
  }
  bad.answer((_, { socket }) => void socket.resetAndDestroy())
  const customer = await createCustomer(app)
  expect((await customer.chat({ stream: false })).status).toBe(200)
  await expect.poll(() => customer.records().then(({ length }) => length)).toBe(1)
})

test('a limit of three lets exactly three of twenty simultaneous requests pass, and says so on every answer', async () => {
  upstream.answer(whole('Hi'))
  const customer = await createCustomer(world, { token: { requestsPerMinute: 3 } })
  const answers = await Promise.all(Array.from({ length: 20 }, () => customer.chat()))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3)
  const refused = answers.find(({ status }) => status === 429)!
  expect(refused.headers.get('x-should-retry')).toBeNull()
  expect(await refused.json()).toMatchObject({
    error: { code: 'rate_limit_exceeded', type: 'rate_limit_error' },
  })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  for (const { headers } of answers) {
    expect(headers.get('x-ratelimit-limit-requests')).toBe('3')
    expect(Number(headers.get('x-ratelimit-remaining-requests'))).toBeLessThan(3)
    expect(headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+s$/)
  }
})

test('a request refused for another reason gives its slot back', async () => {
  upstream.answer(whole('Hi'))
  const customer = await createCustomer(world, { money: 0n, token: { requestsPerMinute: 2 } })
  for (let i = 0; i < 5; i++) {
    const response = await customer.chat()
    expect([response.status, response.headers.get('x-ratelimit-remaining-requests')]).toEqual([402, '2'])
  }
})

test("a free user's prompt of more than 5,000 tokens is refused with its count; a short one needs no counting", async () => {
  const customer = await createCustomer(world)
  const response = await customer.chat({ messages: [{ role: 'user', content: 'word '.repeat(6_000) }] })
  expect(response.status).toBe(400)
  const { error } = (await response.json()) as any
  expect(error).toMatchObject({ code: 'context_length_exceeded', param: 'messages', max: 5_000 })
  expect(error.counted).toBeGreaterThan(5_000)
  expect(error.message).toContain(String(error.counted))
})

test.each([
  ['no JSON', 'hello', 400, null],
  ['empty', '', 400, null],
  ['an array', '[]', 400, null],
  ['no model', '{"messages":[{"role":"user","content":"x"}]}', 400, 'model'],
  ['no messages', '{"model":"qwen3-max"}', 400, 'messages'],
  ['empty messages', '{"model":"qwen3-max","messages":[]}', 400, 'messages'],
  [
    'an unknown role',
    '{"model":"qwen3-max","messages":[{"role":"boss","content":"x"}]}',
    400,
    'messages[0].role',
  ],
  [
    'hot',
    '{"model":"qwen3-max","messages":[{"role":"user","content":"x"}],"temperature":2.1}',
    400,
    'temperature',
  ],
  [
    'half a token',
    '{"model":"qwen3-max","messages":[{"role":"user","content":"x"}],"max_tokens":0.5}',
    400,
    'max_tokens',
  ],
  ['an unknown model', '{"model":"gpt-5","messages":[{"role":"user","content":"x"}]}', 404, 'model'],
])('a body that is %s is refused, naming the field', async (_, body, status, param) => {
  const { secret } = await createCustomer(world)
  const response = await post(body, { authorization: `Bearer ${secret}`, 'content-type': 'application/json' })
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ type: 'error', error: { param } })
  expect(response.headers.get('x-should-retry')).toBe('false')
})

test('nesting a hundred thousand deep is refused, and the server lives', async () => {
  upstream.answer(whole('Hi'))
  const { secret } = await createCustomer(world)
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const body = `{"model":"qwen3-max","messages":[{"role":"user","content":"x"}],"metadata":${deep}}`
  const response = await post(body, { authorization: `Bearer ${secret}`, 'content-type': 'application/json' })
  expect(response.status).toBe(400)
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200)
})

test('ten megabytes and a byte are too many, and other types are not JSON', async () => {
  const { secret } = await createCustomer(world)
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
  const large = await post(' '.repeat(10 * 1024 * 1024 + 1), headers)
  expect([large.status, ((await large.json()) as any).error.code]).toEqual([413, 'body_too_large'])
  const form = await post('a=b', { ...headers, 'content-type': 'application/x-www-form-urlencoded' })
  expect([form.status, ((await form.json()) as any).error.code]).toEqual([415, 'unsupported_media_type'])
})

test.each<[string, unknown]>([
  ['stop', 5],
  ['stop', true],
  ['stop', { end: 'x' }],
  ['stop', ['END', null]],
  ['stop', [['END']]],
  ['n', '2'],
  ['n', 0],
  ['n', 1.5],
  ['temperature', '1'],
  ['top_p', [1]],
  ['top_p', 1.1],
  ['max_tokens', '20'],
  ['max_completion_tokens', true],
  ['stream', 'true'],
  ['stream_options', []],
])('the field %s is refused by its name when it is %j', async (param, value) => {
  upstream.answer(whole('Hi'))
  const customer = await createCustomer(world)
  const response = await customer.chat({ [param]: value })
  expect([response.status, ((await response.json()) as any).error?.param]).toEqual([400, param])
})

test.each(['END', ['END', 'STOP'], [], [151_643], null])('it may stop at %j', async (stop) => {
  upstream.answer(whole('Hi'))
  const customer = await createCustomer(world)
  expect((await customer.chat({ stop })).status).toBe(200)
  expect(upstream.heard.at(-1)!.body.stop).toEqual(stop)
})

test.each([
  ['nothing', {}],
  ['a word', { authorization: 'Bearer hello' }],
  ['quotes', { authorization: `Bearer ' OR '1'='1` }],
  ['a megabyte less than the header limit', { authorization: `Bearer ${'x'.repeat(20_000)}` }],
  ['another scheme', { authorization: 'Basic c2stcHQ6' }],
  ['a well-formed stranger', { 'x-api-key': 'sk-pt-aGE4BN9UtN6g2FAEfGUflkAPOkCecemp2iQbWB' }],
])('%s as a key is 401 with what to do, before the body is even looked at', async (_, headers) => {
  const response = await post('not json', headers as Record<string, string>)
  expect(response.status).toBe(401)
  expect(response.headers.get('x-should-retry')).toBe('false')
  expect(response.headers.get('x-request-id')).toBe(response.headers.get('request-id'))
  const { error } = (await response.json()) as any
  expect(error).toMatchObject({ type: 'authentication_error', code: 'invalid_api_key' })
  expect(error.message).toMatch(/Token Management|copied whole/)
})

test('a token for some models sees and calls only those', async () => {
  const customer = await createCustomer(world, { token: { models: ['kimi-k2'] } })
  const refused = await customer.chat()
  expect([refused.status, ((await refused.json()) as any).error.code]).toEqual([403, 'model_not_allowed'])
  const list = await fetch(`${world.url}/v1/models`, { headers: { 'x-api-key': customer.secret } })
  expect(((await list.json()) as any).data.map(({ id }: any) => id)).toEqual(['kimi-k2'])
})

test('a token for some addresses is refused from others', async () => {
  const elsewhere = await createCustomer(world, { token: { ipAllowList: ['203.0.113.0/24'] } })
  const refused = await elsewhere.chat()
  expect([refused.status, ((await refused.json()) as any).error.code]).toEqual([403, 'ip_not_allowed'])
  upstream.answer(whole('Hi'))
  const here = await createCustomer(world, { token: { ipAllowList: ['127.0.0.1'] } })
  expect((await here.chat()).status).toBe(200)
})

test('X-Forwarded-For of anybody changes nothing', async () => {
  const customer = await createCustomer(world, { token: { ipAllowList: ['203.0.113.0/24'] } })
  expect((await customer.chat({}, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(403)
})

test("a session is used from the console's own pages only, and the chosen token's limits apply", async () => {
  upstream.answer(whole('Hi'))
  const person = world.browser()
  await person.signUp()
  const made = await person.graphql(
    `mutation { createApiToken(input: { name: "t", models: ["qwen3-max"] }) { apiToken { id } } }`,
  )
  const tokenId = made.data.createApiToken.apiToken.id
  const ask = (headers: Record<string, string>, model = 'qwen3-max') =>
    post(JSON.stringify({ model, messages: [{ role: 'user', content: 'x' }] }), {
      'content-type': 'application/json',
      cookie: person.cookie,
      'x-pingtoken-token-id': tokenId,
      ...headers,
    })
  expect((await ask({ origin: world.url })).status).toBe(200)
  expect((await ask({ origin: 'https://evil.example' })).status).toBe(403)
  expect((await ask({})).status).toBe(403)
  expect((await ask({ origin: world.url }, 'kimi-k2')).status).toBe(403)
  expect((await ask({ origin: world.url, cookie: '' })).status).toBe(401)
  const other = await createCustomer(world)
  expect((await ask({ origin: world.url, 'x-pingtoken-token-id': other.tokenId })).status).toBe(401)
})

test('HTTP/1.0 and an offer to upgrade to HTTP/2, as Java makes it, are ordinary requests', async () => {
  upstream.answer(whole('Hi'))
  const { secret } = await createCustomer(world)
  const body = JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'x' }] })
  const head = `Host: x\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
  for (const first of [
    'HTTP/1.0',
    'HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk',
  ]) {
    const answer = await raw(`POST /api/v1/chat/completions ${first}\r\n${head}\r\n\r\n${body}`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  }
})

test('paths of the API that do not exist answer in its own shape; Codex is told to use POST', async () => {
  const missing = await fetch(`${world.url}/api/v1/nothing`)
  expect([missing.status, ((await missing.json()) as any).error.code]).toEqual([404, 'route_not_found'])
  expect((await fetch(`${world.url}/api/v1/responses`)).status).toBe(426)
  const preflight = await fetch(`${world.url}/api/v1/chat/completions`, { method: 'OPTIONS' })
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
})

function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port, hostname } = new URL(world.url)
    const socket = connect(Number(port), hostname, () => socket.write(request))
    let text = ''
    socket.on('data', (data: Buffer) => {
      text += data.toString()
      if (text.includes('"finish_reason"')) socket.end()
    })
    socket.once('close', () => resolve(text))
    socket.once('error', reject)
  })
}
