import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { startApp } from '../support/app.ts'
import { createCustomer, type Customer } from '../support/customer.ts'

const document = parse(readFileSync('schema/openapi.yaml', 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true })
;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
ajv.addSchema(document, 'api')

const app = await startApp()
const chat = { model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }] }
const CALLS: [path: string, body: object | undefined, url?: string][] = [
  ['/chat/completions', chat],
  ['/messages', { ...chat, max_tokens: 20 }],
  ['/messages/count_tokens', chat],
  ['/responses', { model: 'qwen3-max', input: 'Hello' }],
  ['/embeddings', { model: 'qwen3-max', input: 'Hello' }],
  ['/models', undefined],
  ['/models/{id}', undefined, '/models/qwen3-max'],
  ['/key', undefined],
  ['/credits', undefined],
  ['/generation', undefined],
  ['/openapi.json', undefined],
]

/** Where a schema stands in the document, as a pointer. */
const pointer = (...steps: string[]) =>
  `api#/${steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`

describe('schema/openapi.yaml', () => {
  let customer: Customer
  let receipt: string
  beforeAll(async () => {
    customer = await createCustomer(app)
    receipt = (await customer.chat()).headers.get('x-request-id')!
    await vi.waitFor(async () => expect(await customer.records()).toHaveLength(1))
  })
  const call = (url: string, body: object | undefined, secret = customer.secret) =>
    fetch(`${app.url}/api/v1${url}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: body && JSON.stringify(body),
    })
  const check = (schema: string, value: unknown) => {
    const validate = ajv.getSchema(schema)
    if (!validate) throw new Error(`there is no ${schema}`)
    expect(validate(value) || validate.errors).toBe(true)
  }

  test('names every route that is tried here, and no other', () => {
    expect(Object.keys(document.paths).sort()).toEqual(CALLS.map(([path]) => path).sort())
  })

  test.each(CALLS)('%s answers as it says, and refuses as it says', async (path, body, url = path) => {
    const method = body ? 'post' : 'get'
    const asked = path === '/generation' ? `${url}?id=${receipt}` : url
    const answer = await call(asked, body)
    expect(answer.status).toBe(200)
    const content = ['responses', '200', 'content', 'application/json', 'schema']
    check(pointer('paths', path, method, ...content), await answer.json())
    if (path === '/openapi.json') return
    const refused = await call(asked, body, 'sk-pt-nothing')
    expect(refused.status).toBe(401)
    check(pointer('components', 'schemas', 'Error'), await refused.json())
  })

  test('is served as it is committed, to whoever asks', async () => {
    const served = await fetch(`${app.url}/v1/openapi.json`)
    expect(await served.json()).toEqual(document)
  })
})
