import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startApp } from '../support/app.ts'
import { listen } from '../support/live.ts'

const { app, url, browser } = await startApp()
const production = await startApp({ NODE_ENV: 'production', SECRET_KEY: 'k'.repeat(40) })

const post = (body: string, headers: Record<string, string>) =>
  fetch(`${url}/graphql`, { method: 'POST', headers, body })

test('a form of another site cannot send a mutation: simple requests are refused', async () => {
  const body = JSON.stringify({ query: 'mutation { signOut { ok } }' })
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    const response = await post(body, { 'content-type': type })
    expect(response.status).toBeGreaterThanOrEqual(400)
  }
})

test.each(['OPTIONS', 'GET', 'POST'])(
  'what a page of another site sends by %s is refused in our words',
  async (method) => {
    const response = await fetch(`${url}/graphql?query={__typename}`, {
      method,
      headers: { origin: 'https://elsewhere.example' },
      ...(method === 'POST' && { body: '{"query":"{ __typename }"}' }),
    })
    expect(response.status).toBeGreaterThanOrEqual(400)
    const text = await response.text()
    expect(text).toContain('"invalid_request"')
    expect(text).toMatch(/application\/json.*not from a page/)
    expect(text).not.toMatch(/apollo/i)
  },
)

test('a mutation by GET is refused', async () => {
  const query = encodeURIComponent('mutation { signOut { ok } }')
  const response = await fetch(`${url}/graphql?query=${query}`, {
    headers: { 'apollo-require-preflight': '1' },
  })
  expect(response.status).toBe(405)
})

test('operations in an array are refused', async () => {
  const response = await post(JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]), {
    'content-type': 'application/json',
  })
  expect(response.status).toBe(400)
})

test('sixty sign-ins under aliases are not even begun', async () => {
  const guesses = Array.from(
    { length: 60 },
    (_, i) => `a${i}: signIn(input: {email: "x@example.com", password: "g${i}"}) { viewer { id } }`,
  )
  const { errors } = await browser().graphql(`mutation { ${guesses.join('\n')} }`)
  expect(errors?.[0]).toMatchObject({
    message: expect.stringContaining('aliases'),
    extensions: { code: 'invalid_request' },
  })
})

test('a query of eleven levels is refused, one of ten is not', async () => {
  const type = (levels: number) =>
    `{ __type(name: "Query") { fields { type ${'{ ofType '.repeat(levels - 4)} { name } ${'}'.repeat(levels - 4)} } } }`
  expect((await browser().graphql(type(10))).errors).toBeUndefined()
  expect((await browser().graphql(type(11))).errors?.[0]?.message).toMatch(/levels deep/)
})

test('fragments that spread each other twice are refused in no time', async () => {
  const fragments = Array.from(
    { length: 60 },
    (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`,
  ).join('\n')
  const { errors } = await browser().graphql(`{ ...F0 } ${fragments} fragment F60 on Query { __typename }`)
  expect(errors?.[0]?.extensions.code).toBe('invalid_request')
})

test('a document of more than 2,000 tokens is refused', async () => {
  const { errors } = await browser().graphql(`{ ${'__typename '.repeat(2_001)} }`)
  expect(errors?.[0]?.extensions.code).toBe('invalid_request')
})

test('in production the schema is neither told nor guessed at', async () => {
  const introspection = await production.browser().graphql('{ __schema { types { name } } }')
  expect(introspection.errors?.[0]).toBeTruthy()
  const typo = await production.browser().graphql('{ viewr { id } }')
  expect(JSON.stringify(typo)).not.toMatch(/did you mean/i)
})

test('a bug tells the caller nothing', async () => {
  const person = browser()
  await person.signUp()
  await app.database.sql.query('ALTER TABLE usage_record RENAME COLUMN model_id TO hidden_column')
  const { errors } = await person.graphql('{ viewer { usageRecords(first: 1) { edges { node { id } } } } }')
  await app.database.sql.query('ALTER TABLE usage_record RENAME COLUMN hidden_column TO model_id')
  expect(errors).toEqual([
    {
      message: 'Something went wrong on our side.',
      path: ['viewer', 'usageRecords'],
      extensions: { code: 'internal_error' },
    },
  ])
})

test('a bad field is named', async () => {
  const { errors } = await browser().graphql(
    `mutation { signUp(input: { email: "not an address", password: "correct horse battery" }) { viewer { id } } }`,
  )
  expect(errors?.[0]?.extensions).toEqual({ code: 'invalid_request', param: 'email' })
})

test('a field that would make one an administrator does not exist in any input', async () => {
  const person = browser()
  const { id } = await person.signUp()
  for (const smuggled of ['isAdmin: true', 'userId: "x"', 'wallet: "1000"', 'passwordHash: "x"']) {
    const { errors } = await person.graphql(
      `mutation { updateProfile(input: { displayName: "x", ${smuggled} }) { viewer { id } } }`,
    )
    expect(errors?.[0]?.extensions.code).toBe('invalid_request')
  }
  const { data } = await person.graphql('{ viewer { id isAdmin } }')
  expect(data.viewer).toEqual({ id, isAdmin: false })
})

function connect(origin: string | undefined, cookie: string): Promise<number | 'open'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      origin,
      headers: { cookie },
    })
    socket.once('open', () => {
      resolve('open')
      socket.close()
    })
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode!))
    socket.once('error', () => undefined)
  })
}

test('a WebSocket is opened from our own pages only, whatever cookie comes with it', async () => {
  const person = browser()
  await person.signUp()
  expect(await connect('https://evil.example', person.cookie)).toBe(403)
  expect(await connect(url, person.cookie)).toBe('open')
})

test('a subscription hears its own user and nobody else', async () => {
  const [ada, eve] = [browser(), browser()]
  const { id } = await ada.signUp()
  await eve.signUp()
  const [hers, strangers] = [ada, eve].map(({ cookie }) => listen({ url }, { cookie }))
  for (const listener of [hers!, strangers!]) {
    await listener.ready
    listener.subscribe('subscription { balanceChanged { sequence wallet { bonusTokens } } }')
  }
  await expect
    .poll(() => {
      app.services.events.publish('balanceChanged', id, {})
      return hers!.heard[0]
    })
    .toMatchObject({ data: { balanceChanged: { wallet: { bonusTokens: expect.any(String) } } } })
  expect(strangers!.heard).toEqual([])
  await Promise.all([hers!.close(), strangers!.close()])
})
