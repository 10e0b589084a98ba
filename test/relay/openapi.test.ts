import { beforeAll, describe, expect, test, vi } from 'vitest'
import { startApp } from '../support/app.ts'
import { createCustomer, type Customer } from '../support/customer.ts'
import { describedOperations, faultOf, openApiDocument } from '../support/openapi.ts'

const app = await startApp()
const chat = { model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }] }
const CALLS: [operation: string, body: object | undefined, url?: string][] = [
  ['POST /chat/completions', chat],
  ['POST /messages', { ...chat, max_tokens: 20 }],
  ['POST /messages/count_tokens', chat],
  ['POST /responses', { model: 'qwen3-max', input: 'Hello' }],
  ['POST /embeddings', { model: 'qwen3-max', input: 'Hello' }],
  ['GET /models', undefined],
  ['GET /models/{id}', undefined, '/models/qwen3-max'],
  ['GET /key', undefined],
  ['GET /credits', undefined],
  ['GET /generation', undefined],
  ['GET /openapi.json', undefined],
]

/** `POST /messages/count_tokens` of every route below a prefix, as the server itself prints them. */
function registered(prefix: string): string[] {
  const above: string[] = []
  return app.app.fastify
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent, part, methods] = /^(.*?)(\S+) \(([A-Z, ]+)\)$/.exec(line) ?? []
      if (part === undefined) return []
      above.splice(indent!.length / 4 - 1, Infinity, part)
      const url = above.join('')
      if (!url.startsWith(`${prefix}/`)) return []
      const path = url.slice(prefix.length).replace(/:(\w+)/g, '{$1}')
      return methods!
        .split(', ')
        .filter((method) => method !== 'HEAD' && method !== 'OPTIONS')
        .map((method) => `${method} ${path}`)
    })
    .sort()
}

describe('schema/openapi.yaml', () => {
  let customer: Customer
  let receipt: string
  beforeAll(async () => {
    customer = await createCustomer(app)
    receipt = (await customer.chat()).headers.get('x-request-id')!
    await vi.waitFor(async () => expect(await customer.records()).toHaveLength(1))
  })
  const call = (url: string, body: object | undefined, headers: Record<string, string> = {}) =>
    fetch(`${app.url}/api/v1${url}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${customer.secret}`,
        ...headers,
      },
      body: body && JSON.stringify(body),
    })

  test('describes every route that the server has, and no other; /v1 is the same', () => {
    const described = describedOperations().sort()
    expect(registered('/api/v1')).toEqual(described)
    expect(registered('/v1')).toEqual(described)
    expect(described).toEqual([...CALLS.map(([operation]) => operation), 'GET /responses'].sort())
  })

  // What is answered otherwise than described fails in `fetch` itself: see watchAnswers.
  test.each(CALLS)('%s answers as it says, and refuses as it says', async (operation, body, url) => {
    const path = url ?? operation.split(' ')[1]!
    const asked = path === '/generation' ? `${path}?id=${receipt}` : path
    expect((await call(asked, body)).status).toBe(200)
    if (path === '/openapi.json') return
    expect((await call(asked, body, { authorization: 'Bearer sk-pt-nothing' })).status).toBe(401)
  })

  test.each(['/chat/completions', '/messages', '/responses'])('POST %s streams as it says', async (path) => {
    const [, body] = CALLS.find(([operation]) => operation === `POST ${path}`)!
    const answer = await call(path, { ...body, stream: true })
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    await answer.text()
  })

  test('models are listed in the shape of either maker, and a WebSocket of Codex is refused, as it says', async () => {
    expect((await call('/models', undefined, { 'anthropic-version': '2023-06-01' })).status).toBe(200)
    expect((await call('/responses', undefined)).status).toBe(426)
    expect((await call('/nothing', undefined)).status).toBe(404)
  })

  test('an answer that it does not describe would not pass', async () => {
    const asked = { method: 'POST', path: '/chat/completions', type: 'application/json' }
    const said = (value: unknown) => () => Promise.resolve(value)
    expect(await faultOf({ ...asked, status: 200 }, said({ object: 'chat.completion' }))).toMatch(/required/)
    expect(await faultOf({ ...asked, status: 401 }, said({ error: 'no' }))).toMatch(/required/)
    expect(await faultOf({ ...asked, status: 204 }, said(undefined))).toMatch(/not among its answers/)
    expect(await faultOf({ ...asked, status: 200, type: 'text/html' }, said(''))).toMatch(
      /not among its types/,
    )
  })

  test('is served as it is committed, to whoever asks', async () => {
    const served = await fetch(`${app.url}/v1/openapi.json`)
    expect(await served.json()).toEqual(openApiDocument())
  })
})
