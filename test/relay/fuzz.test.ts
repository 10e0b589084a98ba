import { Agent, request } from 'undici'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer, teach } from '../support/customer.ts'
import { chunk, DONE, startUpstream, stream, usage, usageChunk, whole } from '../support/upstream.ts'

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 10_000)
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const PARALLEL = 32

const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true', SANDBOX: 'false' })
const upstream = await startUpstream()
await connectChannel(app, upstream)
await teach(app, 'qwen3-max', 'chat', 'embedding')
const streamed = stream(chunk({ content: 'Hi' }, 'stop'), usageChunk(usage(5, 1)), DONE)
const complete = whole('Hi', usage(5, 1), { data: [{ object: 'embedding', index: 0, embedding: [1] }] })
upstream.answer((response, asked) => (asked.body?.stream ? streamed : complete)(response, asked))
const customer = await createCustomer(app, {
  money: 1_000_000_000_000n,
  token: { requestsPerMinute: 1_000_000 },
})
// The plan allows sixty a minute; here everything is to be let through.
const admin = app.browser()
const { id: adminId } = await admin.signUp()
await app.app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [adminId])
const raised = await admin.graphql(
  'mutation ($input: SetUserLimitsInput!) { setUserLimits(input: $input) { user { id } } }',
  { input: { userId: customer.id, requestsPerMinute: 1_000_000, reason: 'fuzz' } },
)
if (raised.errors) throw new Error(JSON.stringify(raised.errors))

let state = SEED
/** A small generator of our own, so that a seed says everything. */
const next = (below: number) => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  return Math.floor((state / 2_147_483_648) * below)
}
const pick = <T>(choices: readonly T[]): T => choices[next(choices.length)]!

const STRINGS = [
  '',
  ' ',
  'qwen3-max',
  '\u0000',
  '😀',
  '../../etc/passwd',
  "' OR 1=1 --",
  '<script>',
  '\\',
  '"',
  '{{',
  '‮',
  'a'.repeat(3_000),
  '__proto__',
  'constructor',
  '%00',
  '\ud800',
]
const NUMBERS = [0, -1, 1, 0.5, 2, 3, 1e308, -1e308, 2 ** 53, 1e-9, 4096]

function value(depth = 0): unknown {
  switch (next(depth > 3 ? 5 : 8)) {
    case 0:
      return pick(STRINGS)
    case 1:
      return pick(NUMBERS)
    case 2:
      return null
    case 3:
      return pick([true, false])
    case 4:
      return pick([[], {}])
    case 5:
      return Array.from({ length: next(4) }, () => value(depth + 1))
    default:
      return Object.fromEntries(
        Array.from({ length: next(4) }, () => [pick([...FIELDS, ...STRINGS]), value(depth + 1)]),
      )
  }
}

const FIELDS = [
  'model',
  'messages',
  'stream',
  'temperature',
  'max_tokens',
  'n',
  'tools',
  'tool_choice',
  'stop',
  'top_p',
  'stream_options',
  'input',
  'system',
  'thinking',
  'role',
  'content',
  'instructions',
  'reasoning',
  'type',
  'text',
]
const PATHS = [
  '/api/v1/chat/completions',
  '/api/v1/messages',
  '/api/v1/responses',
  '/api/v1/embeddings',
  '/v1/chat/completions',
  '/api/v1/messages/count_tokens',
  '/api/v1/generation?id=',
  '/api/v1/models/',
  '/api/v1/nothing',
]

function good(): Record<string, unknown> {
  return { model: 'qwen3-max', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }], input: 'Hello' }
}

/** A good body with some of it replaced, something that is no object, or no JSON at all. */
function body(): string {
  const kind = next(10)
  if (kind === 0)
    return pick(['', '{', '[1,2', 'null', '"x"', '{"a":1}{"b":2}', '\uFEFF{}', '[]', 'undefined', '\u0000'])
  const made = kind === 1 ? value() : good()
  if (typeof made === 'object' && made !== null && !Array.isArray(made))
    for (let n = next(4); n > 0; n--) (made as Record<string, unknown>)[pick(FIELDS)] = value()
  return JSON.stringify(made) ?? 'null'
}

function headers(): Record<string, string> {
  const made: Record<string, string> = {
    'content-type': pick([
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'application/x-www-form-urlencoded',
      '',
    ]),
    authorization:
      next(6) === 0
        ? `Bearer ${pick(["'", '"', 'sk-pt-x', '%00', 'ü'.repeat(20), 'a'.repeat(2_000)])}`
        : `Bearer ${customer.secret}`,
  }
  if (next(8) === 0) made['x-api-key'] = pick(['', 'x', "';--"])
  if (next(8) === 0) made['accept-language'] = pick(['zh-CN', '*', ';;;', 'a'.repeat(500)])
  if (next(8) === 0) made['idempotency-key'] = pick(['', 'k', 'x'.repeat(300)])
  if (next(8) === 0) made['x-pingtoken-token-id'] = pick(['', 'x', customer.tokenId])
  if (made['content-type'] === '') delete made['content-type']
  return made
}

/** What no caller may ever read. */
const SECRETS = [
  /sk-provider-secret-key/,
  new RegExp(new URL(upstream.url).host),
  /\bat \S+ \(.*:\d+:\d+\)/,
  /node_modules/,
  /SELECT .* FROM/,
  /upstream-name/,
]

test(`${REQUESTS} generated requests (seed ${SEED}) meet no error of ours and read no secret`, async () => {
  const agent = new Agent({ connections: PARALLEL, pipelining: 1 })
  const faults: unknown[] = []
  const statuses: Record<number, number> = {}
  let left = REQUESTS
  const worker = async () => {
    while (left-- > 0) {
      const asked = { path: pick(PATHS), headers: headers(), body: body() }
      const method = asked.path.includes('generation') || asked.path.includes('models') ? 'GET' : 'POST'
      const latin = Object.fromEntries(
        Object.entries(asked.headers).map(([name, text]) => [name, Buffer.from(text).toString('latin1')]),
      )
      const answer = await request(`${app.url}${asked.path}`, {
        method,
        dispatcher: agent,
        headers: latin,
        body: method === 'POST' ? asked.body : undefined,
      })
      const text = await answer.body.text()
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1
      const leak = SECRETS.find((secret) => secret.test(text))
      if (answer.statusCode >= 500 || leak)
        faults.push({ ...asked, status: answer.statusCode, text: text.slice(0, 300), leak: String(leak) })
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  await agent.close()
  expect(faults.slice(0, 5)).toEqual([])
  // It must have got in as well as been refused.
  expect(statuses[200]).toBeGreaterThan(REQUESTS / 50)
  expect(statuses[400]).toBeGreaterThan(REQUESTS / 50)
  expect(upstream.heard.length).toBeGreaterThan(REQUESTS / 100)
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200)
}, 120_000)
