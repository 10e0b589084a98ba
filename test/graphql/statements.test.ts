import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Pool, PoolClient } from 'pg'
import { type DocumentNode, Kind, OperationTypeNode, print, visit } from 'graphql'
import { beforeAll, expect, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { type Browser, startApp } from '../support/app.ts'
import { createCustomer } from '../support/customer.ts'
import { databases } from '../support/databases.ts'

const ROWS = 20
/** Models are fewer: as many as are seeded. */
const MODELS = 9
const database = await databases[0]!.open()
const app = await startApp({}, { database })
const { sql } = app.app.services

/** Every statement that reaches the database, whoever sends it. */
const statements: string[] = []
const counted = new WeakSet<PoolClient>()
;(database.pool as Pool).on('acquire', (client) => {
  if (counted.has(client)) return
  counted.add(client)
  const query = client.query.bind(client) as (...given: any[]) => any
  client.query = ((...given: any[]) => {
    statements.push(given[0]?.text ?? given[0])
    return query(...given)
  }) as never
})

/** Every query of the console that asks for a list, with the length of its lists as a variable. */
const lists: [name: string, query: string][] = []
const files = readdirSync('web/src', { recursive: true, encoding: 'utf8' })
for (const file of files.filter((name) => name.endsWith('.graphql.ts'))) {
  const documents: Record<string, DocumentNode> = await import(resolve('web/src', file))
  for (const document of Object.values(documents)) {
    const [operation] = document?.kind === Kind.DOCUMENT ? document.definitions : []
    if (operation?.kind !== Kind.OPERATION_DEFINITION) continue
    if (operation.operation !== OperationTypeNode.QUERY) continue
    // The history of one order asks for one order.
    if (operation.name!.value === 'OrderHistory') continue
    let hasList = false
    const sized = visit(document, {
      Field(field) {
        const isList = field.selectionSet?.selections.some(
          (one) => one.kind === Kind.FIELD && one.name.value === 'edges',
        )
        if (isList) hasList = true
      },
      Argument(argument) {
        if (argument.name.value !== 'first') return
        return { ...argument, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: 'first' } } }
      },
      VariableDefinition: (definition) => (definition.variable.name.value === 'first' ? null : undefined),
    })
    const text = print(sized)
    const header = text.includes('(') && /^query \w+\(/.test(text)
    if (hasList)
      lists.push([
        operation.name!.value,
        header
          ? text.replace(/^(query \w+)\(/, '$1($first: Int, ')
          : text.replace(/^(query \w+)/, '$1($first: Int)'),
      ])
  }
}

let owner: Browser
let variables: Record<string, unknown>

/** As many rows like the one that is there, with other values where they must differ (`i` counts). */
const copy = (table: string, values: Record<string, string>, where = 'true') =>
  sql.query(`INSERT INTO ${table} SELECT (jsonb_populate_record(NULL::${table}, to_jsonb(r) || jsonb_build_object(
    ${Object.entries({ id: 'gen_random_uuid()', ...values }).flatMap(([name, value]) => [`'${name}'`, value])}
  ))).* FROM (SELECT * FROM ${table} WHERE ${where} LIMIT 1) r, generate_series(1, ${ROWS}) i`)

async function many(mutation: string, input: (i: number) => object, times = ROWS) {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`
  for (let i = 0; i < times; i++) {
    const { errors } = await owner.graphql(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`,
      { input: input(i) },
    )
    expect([mutation, errors]).toEqual([mutation, undefined])
  }
}

beforeAll(async () => {
  const customer = await createCustomer(app)
  const { id } = customer
  owner = app.browser()
  owner.cookie = `session=${await app.app.services.sessions.open(id, { ip: '127.0.0.1', userAgent: 'test' })}`
  await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
  for (let i = 0; i < ROWS; i++) await customer.chat({ model: i % 2 ? 'qwen3-max' : 'deepseek-v4-pro' })
  await copy('api_token', { name: `'copy ' || i`, secret_hash: `'\\x' || md5(i::text)` })
  const terms = {
    price: '10',
    quota: '10',
    months: 1,
    requestsPerMinute: 60,
    activeTokensMax: 10,
    discountPpm: 900_000,
    contextTokensMax: null,
  }
  await many('createPlan', (i) => ({ id: `plan-${i}`, name: `Plan ${i}`, terms }))
  await many('createChannel', (i) => ({
    name: `channel ${i}`,
    providerId: 'alibaba',
    keys: ['sk-provider-secret-key'],
    models: [{ modelId: 'qwen3-max', upstreamModel: 'qwen3-max' }],
  }))
  await many('createAnnouncement', (i) => ({
    audience: 'ALL',
    publishedFrom: new Date(),
    level: 'INFO',
    titleEn: `t${i}`,
    titleZh: `t${i}`,
    bodyEn: 'b',
    bodyZh: 'b',
  }))
  await many('createCodeBatch', () => ({ kind: 'WALLET', money: '1', count: 1, idempotencyKey: newId() }))
  const [redeemed] = await sql.query<{ id: string; batch_id: string }>(
    'SELECT id, batch_id FROM redemption_code LIMIT 1',
  )
  await sql.query(
    `INSERT INTO code_redemption (id, code_id, user_id, nth, created_at)
     SELECT gen_random_uuid(), $1, $2, i, now() FROM generate_series(1, ${ROWS}) i`,
    [redeemed!.id, id],
  )
  await many('createTopUpOrder', () => ({ amount: '10', providerId: 'sandbox', idempotencyKey: newId() }), 1)
  await copy('payment_order', {})
  await many('createAccessKey', (i) => ({ name: `key ${i}`, scopes: ['READ_USAGE'] }))
  for (let i = 0; i < ROWS; i++) {
    const invitee = await app.browser().signUp()
    await sql.query(
      'INSERT INTO invitation (id, inviter_id, invitee_id, created_at) VALUES ($1, $2, $3, now())',
      [newId(), id, invitee.id],
    )
    await app.app.services.sessions.open(id, { ip: '127.0.0.1', userAgent: `test ${i}` })
  }
  const now = Date.now()
  variables = {
    id,
    from: new Date(now - 86_400_000),
    to: new Date(now),
    modelId: 'qwen3-max',
    batchId: redeemed!.batch_id,
  }
}, 180_000)

test.each(lists)('%s takes as many statements for twenty rows as for one', async (_name, query) => {
  async function ask(first: number) {
    let fewest = Infinity
    let rows = 0
    // What the server does for itself meanwhile only adds: the fewest of eight is the query's own.
    for (let i = 0; i < 8; i++) {
      statements.length = 0
      const { data, errors } = await owner.graphql(query, { ...variables, first })
      expect(errors).toBeUndefined()
      fewest = Math.min(fewest, statements.length)
      rows = JSON.stringify(data).split('"node":').length - 1
    }
    return { fewest, rows }
  }
  const [one, twenty] = [await ask(1), await ask(ROWS)]
  expect(one.rows).toBeGreaterThan(0)
  expect(twenty.rows).toBeGreaterThanOrEqual(one.rows * MODELS)
  expect(twenty.fewest).toBe(one.fewest)
})
