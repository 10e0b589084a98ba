import {
  buildSchema,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isNonNullType,
} from 'graphql'
import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { OPEN_TO_KEYS } from '../../server/graphql/scopes.ts'
import { newId } from '../../server/platform/ids.ts'
import { type Answer, startApp } from '../support/app.ts'
import { createCustomer } from '../support/customer.ts'
import { listen } from '../support/live.ts'
import { expectations, foreign, type Thing } from './matrix.ts'

const server = await startApp()
const { sessions, sql } = server.app.services
const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'))
const SCOPES = ['READ_USAGE', 'MANAGE_TOKENS', 'READ_MONEY', 'BUY']
const DOORS = ['Query', 'Mutation', 'Subscription', 'Viewer'].flatMap((type) => {
  const fields = (
    schema.getType(type) as unknown as { getFields(): Record<string, GraphQLField<any, any>> }
  ).getFields()
  return Object.values(fields).map((field) => ({ type, field, name: `${type}.${field.name}` }))
})

const customer = await createCustomer(server)
await customer.chat({ max_tokens: 1 })
const owner = await cookieOf(customer.id)
const things = await ownThings()

/** A session of its own: what it is used for may end it. */
async function cookieOf(id: string) {
  return `session=${await sessions.open(id, { ip: '127.0.0.1', userAgent: 'test' })}`
}

/** Somebody new: what they are used for may delete them. */
async function stranger() {
  return (await server.browser().signUp()).id
}

async function administrator() {
  const id = await stranger()
  await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
  return id
}

async function ask(
  who: { cookie?: string; key?: string },
  query: string,
  variables?: object,
): Promise<Answer> {
  const browser = server.browser()
  browser.cookie = who.cookie ?? ''
  if (who.key) browser.headers = { authorization: `Bearer ${who.key}` }
  return browser.graphql(query, variables)
}

async function keyWith(scopes: string[]): Promise<{ key: string; id: string }> {
  const { data, errors } = await ask(
    { cookie: await cookieOf(customer.id) },
    'mutation ($input: CreateAccessKeyInput!) { createAccessKey(input: $input) { secret accessKey { id } } }',
    { input: { name: 'matrix', scopes } },
  )
  if (errors) throw new Error(JSON.stringify(errors))
  return { key: data.createAccessKey.secret, id: data.createAccessKey.accessKey.id }
}

async function ownThings(): Promise<Record<Thing, string>> {
  const ordered = await ask(
    { cookie: owner },
    `mutation { createTopUpOrder(input: { amount: "10", providerId: "sandbox", idempotencyKey: "${newId()}" }) { order { id } } }`,
  )
  const used = await vi.waitUntil(async () => (await customer.records())[0])
  return {
    apiToken: customer.tokenId,
    usageRecord: used.id,
    paymentOrder: ordered.data.createTopUpOrder.order.id,
    accessKey: (await keyWith(['BUY'])).id,
  }
}

/** One field with the arguments it must have. */
function operation({ type, field }: (typeof DOORS)[number], id?: string) {
  const inputs = field.args.filter(
    (arg) => arg.type.toString().endsWith('!') && arg.defaultValue === undefined,
  )
  const variables = Object.fromEntries(
    inputs.map((arg) => [arg.name, sample(arg.type.toString(), arg.name, id)]),
  )
  const declared = inputs.map((arg) => `$${arg.name}: ${arg.type.toString()}`).join(', ')
  const given = inputs.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
  const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }'
  const text = `${field.name}${given && `(${given})`} ${selection}`
  const kind = type === 'Viewer' ? 'query' : type.toLowerCase()
  return {
    query: `${kind} ${declared && `(${declared})`} { ${type === 'Viewer' ? `viewer { ${text} }` : text} }`,
    variables,
  }
}

/** A value that passes validation, so that the refusal is about who asks. */
function sample(type: string, field: string, id = 'a192f0c0-0000-7000-8000-000000000000'): unknown {
  const name = type.replace('!', '')
  const input = schema.getType(name)
  if (name.startsWith('[')) {
    const of = name.slice(1).replace(/!?\]?$/, '')
    const inner = schema.getType(of)
    return isEnumType(inner) || isInputObjectType(inner) ? [sample(of, field)] : []
  }
  if (/password$/i.test(field)) return 'correct horse battery'
  if (/email$/i.test(field)) return 'someone@example.com'
  if (field === 'code' && name === 'String') return '123456'
  if (name === 'ID' || name === 'String') return id
  if (name === 'Boolean') return true
  if (name === 'Int') return field === 'bucketSeconds' ? 86_400 : 1
  if (name === 'Money' || name === 'Int64') return '1'
  if (name === 'DateTimeISO') return field === 'from' ? '2030-01-01T00:00:00Z' : '2030-01-02T00:00:00Z'
  if (isEnumType(input)) return input.getValues()[0]!.name
  if (isInputObjectType(input))
    return Object.fromEntries(
      Object.values(input.getFields())
        .filter(({ type: of, defaultValue }) => of.toString().endsWith('!') && defaultValue === undefined)
        .map((inner) => [inner.name, sample(inner.type.toString(), inner.name, id)]),
    )
  throw new Error(`no sample for ${type}`)
}

const REFUSALS = ['sign_in_required', 'admin_required', 'scope_missing', 'internal_error']

/** What stands in the way, if it is about who asks; `nobody` when there is no viewer. */
function refusalOf({ data, errors }: Answer, type: string): string | undefined {
  const code = errors?.[0]?.extensions.code
  if (code && REFUSALS.includes(code)) return code
  if (code === 'invalid_request' && !errors![0]!.extensions.param) throw new Error(JSON.stringify(errors))
  return type === 'Viewer' && !errors && data?.viewer === null ? 'nobody' : undefined
}

async function subscribed(
  who: { cookie?: string; key?: string },
  query: string,
): Promise<string | undefined> {
  const listener = listen(server, who)
  const refused = await Promise.race([listener.ready, listener.closed])
  if (refused) return 'sign_in_required'
  listener.subscribe(query)
  // Who may subscribe hears nothing: by the second answer a refusal would have come.
  for (const answers of [1, 2]) {
    listener.subscribe('{ __typename }')
    await expect
      .poll(() => listener.heard.filter(({ data }) => data?.__typename).length)
      .toBeGreaterThanOrEqual(answers)
  }
  const code = listener.heard
    .flatMap((event) => event.errors ?? event)
    .find((event) => event.extensions?.code)?.extensions.code
  await listener.close()
  await listener.closed
  return code
}

async function outcome(
  door: (typeof DOORS)[number],
  who: { cookie?: string; key?: string },
  id?: string,
): Promise<string | undefined> {
  const { query, variables } = operation(door, id)
  if (door.type === 'Subscription') return subscribed(who, query)
  return refusalOf(await ask(who, query, variables), door.type)
}

test('the matrix has a line for every field, and for none that is gone', () => {
  expect(Object.keys(expectations).sort()).toEqual(DOORS.map(({ name }) => name).sort())
})

test.each(DOORS.map((door) => [door.name, door] as const))('%s: who may use it', async (name, door) => {
  const [who] = expectations[name]!
  expect(await outcome(door, {}), 'anonymous').toBe(
    who === 'anybody' ? undefined : door.type === 'Viewer' ? 'nobody' : 'sign_in_required',
  )
  const asCustomer = await outcome(door, { cookie: await cookieOf(await stranger()) })
  expect(asCustomer, 'a customer').toBe(who === 'admin' ? 'admin_required' : undefined)
  expect(
    await outcome(door, { cookie: await cookieOf(await administrator()) }),
    'an administrator',
  ).toBeUndefined()
})

const [withAll, within] = [await keyWith(SCOPES), new Map<string, string>()]
for (const scope of SCOPES) within.set(scope, (await keyWith([scope])).key)

test.each(DOORS.map((door) => [door.name, door] as const))(
  '%s: which access keys open it',
  async (name, door) => {
    const scope = expectations[name]![1]
    if (scope === null) return expect(await outcome(door, withAll)).toBe('scope_missing')
    for (const [held, key] of within)
      expect(await outcome(door, { key }), held).toBe(
        scope === 'any' || scope === held ? undefined : 'scope_missing',
      )
  },
)

test.each(Object.entries(foreign))(
  '%s: what is somebody else’s does not exist',
  async (name, [thing, code]) => {
    const door = DOORS.find((one) => one.name === name)!
    const { query, variables } = operation(door, things[thing])
    const { errors } = await ask({ cookie: await cookieOf(await stranger()) }, query, variables)
    expect(errors?.[0]?.extensions.code).toBe(code)
    const unknown = operation(door, newId())
    const missing = await ask({ cookie: await cookieOf(await stranger()) }, unknown.query, unknown.variables)
    expect(missing.errors![0]!.message).toBe(errors![0]!.message)
  },
)

test('every field of an API token is open to some key, and no other is named', () => {
  const named = Object.values(OPEN_TO_KEYS)
    .flat()
    .filter((field) => field.startsWith('ApiToken.'))
  const fields = Object.keys((schema.getType('ApiToken') as GraphQLObjectType).getFields())
  expect(named.sort()).toEqual(fields.map((field) => `ApiToken.${field}`).sort())
})

test('every field of a viewer that takes an id is in the list of what may be somebody else’s', () => {
  const known = new Set([...Object.keys(foreign)])
  const byId = DOORS.filter(
    ({ type, field }) => type === 'Viewer' && field.args.some(({ name }) => name === 'id'),
  )
  expect(byId.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
})

test('the page of one customer never has a row of another’s', async () => {
  const connections = DOORS.filter(
    ({ type, field }) => type === 'Viewer' && getNamedType(field.type).name.endsWith('Connection'),
  )
  expect(connections.length).toBeGreaterThan(5)
  const cookie = await cookieOf(await stranger())
  for (const { field } of connections) {
    const page = `{ viewer { ${field.name}(first: 100) { edges { node { id } } } } }`
    const hers = (await ask({ cookie }, page)).data.viewer[field.name].edges
    const theirs = (await ask({ cookie: owner }, page)).data.viewer[field.name].edges
    const ids = theirs.map(({ node }: any) => node.id)
    expect(hers.filter(({ node }: any) => ids.includes(node.id))).toEqual([])
  }
})

test('a cursor that nobody gave is named as such or has nothing after it; it breaks nothing', async () => {
  const lists = DOORS.filter(
    ({ type, field }) =>
      (type === 'Viewer' || type === 'Query') &&
      getNamedType(field.type).name.endsWith('Connection') &&
      field.args.every((arg) => !isNonNullType(arg.type)),
  )
  expect(lists.length).toBeGreaterThan(12)
  const admin = await cookieOf(await administrator())
  for (const { type, field } of lists)
    // "1", "a", a NUL and "b", text of another list
    for (const after of ['MQ', 'YQBi', 'MTIgbm9uZQ']) {
      const list = `${field.name}(after: "${after}") { edges { cursor } }`
      const { errors } = await ask(
        { cookie: admin },
        type === 'Viewer' ? `{ viewer { ${list} } }` : `{ ${list} }`,
      )
      const code = errors?.[0]?.extensions.code ?? 'invalid_request'
      expect(code, `${type}.${field.name} after ${after}`).toBe('invalid_request')
    }
})
