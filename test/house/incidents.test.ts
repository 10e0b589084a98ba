import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { startUpstream, whole } from '../support/upstream.ts'

/** SECURITY.md §4: what happened to others, and has no place of its own among our tests. */

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)

const models = (authorization: string) =>
  fetch(`${world.url}/api/v1/models`, { headers: { authorization } }).then(({ status }) => status)

const graphql = (body: string, type = 'application/json') =>
  fetch(`${world.url}/graphql`, { method: 'POST', headers: { 'content-type': type }, body })

test('what is stored of a secret opens nothing: hashes are no API tokens, no access keys and no sessions', async () => {
  const { secret, id } = await createCustomer(world)
  const { sql } = world.app.services
  const stored = createHash('sha256').update(secret).digest()
  const [row] = await sql.query<{ known: boolean }>(
    "SELECT EXISTS (SELECT FROM api_token t WHERE t.user_id = $1 AND t::text LIKE '%' || $2 || '%') AS known",
    [id, stored.toString('hex')],
  )
  expect(row!.known).toBe(true)
  for (const guess of [stored.toString('hex'), stored.toString('base64'), stored.toString('base64url')])
    for (const prefix of ['', 'sk-pt-', 'ak-pt-']) expect(await models(`Bearer ${prefix}${guess}`)).toBe(401)
  const [session] = await sql.query<{ id: string; secret_hash: Buffer }>(
    'SELECT id, secret_hash FROM user_session WHERE user_id = $1',
    [id],
  )
  const thief = world.browser()
  for (const encoding of ['hex', 'base64url'] as const) {
    thief.cookie = `session=${session!.id}.${session!.secret_hash.toString(encoding)}`
    expect((await thief.graphql('{ viewer { id } }')).data).toEqual({ viewer: null })
  }
  const shown = await world.browser().graphql('{ __type(name: "ApiToken") { fields { name } } }')
  expect(JSON.stringify(shown)).not.toMatch(/hash/i)
})

test('a key is a text that is looked up: quotes, SQL, other alphabets and the keys of others are 401 and nothing else', async () => {
  const { secret } = await createCustomer(world)
  const [first, second] = [await createCustomer(world), await createCustomer(world)]
  expect(first.secret.slice(0, 6)).toBe(second.secret.slice(0, 6))
  const odd = [
    "' OR '1'='1",
    `${secret}' --`,
    `${secret.slice(0, -1)}"`,
    `${secret}; DROP TABLE api_token`,
    secret.toUpperCase(),
    secret.slice(0, 20),
    `${secret}${secret}`,
    Buffer.from('ключ-钥匙').toString('latin1'),
    `sk-pt-${'0'.repeat(20_000)}`,
    '{"$ne":null}',
    '%',
  ]
  for (const key of odd)
    expect([key.slice(0, 40), await models(`Bearer ${key}`)]).toEqual([key.slice(0, 40), 401])
  expect(await models(`Bearer ${secret}`)).toBe(200)
})

test('a caller cannot say where a request goes or with which key', async () => {
  const elsewhere = await startUpstream()
  elsewhere.answer(whole('stolen'))
  upstream.answer(whole('Hi'))
  const customer = await createCustomer(world)
  const steer = {
    api_base: elsewhere.url,
    base_url: elsewhere.url,
    api_key: 'sk-mine',
    channel: 'other',
    channel_id: '1',
  }
  const answer = await customer.chat(steer, {
    headers: { 'x-api-base': elsewhere.url, 'x-base-url': elsewhere.url, 'x-channel-id': '1' },
  })
  expect(answer.status).toBe(200)
  expect(elsewhere.connections).toBe(0)
  expect(upstream.heard.at(-1)!.headers.authorization).toBe('Bearer sk-provider-secret-key')
  expect(upstream.heard.at(-1)!.headers).not.toHaveProperty('x-api-base')
})

test('objects where a text belongs, and names of prototypes, change nothing and reach no query', async () => {
  const person = world.browser()
  const { id } = await person.signUp()
  const signIn = (email: unknown) =>
    person.graphql('mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id } } }', {
      input: { email, password: { $ne: null } },
    })
  for (const email of [{ $ne: null }, ['a@example.com'], true, 7, { $like: '%' }])
    expect((await signIn(email)).errors?.[0]?.extensions.code).toBe('invalid_request')
  const rename =
    'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { viewer { displayName isAdmin } } }'
  for (const input of [
    '{"displayName":"x","__proto__":{"isAdmin":true}}',
    '{"displayName":"x","constructor":{"prototype":{"isAdmin":true}}}',
  ]) {
    const answer = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: person.cookie },
      body: `{"query":${JSON.stringify(rename)},"variables":{"input":${input}}}`,
    })
    const { data } = (await answer.json()) as any
    if (answer.status !== 400) expect(data?.updateProfile.viewer.isAdmin ?? false).toBe(false)
  }
  expect(({} as any).isAdmin).toBeUndefined()
  const [row] = await world.app.services.sql.query('SELECT is_admin FROM app_user WHERE id = $1', [id])
  expect(row).toEqual({ is_admin: false })
})

test('a NUL is refused wherever a text goes, in words and before any query', async () => {
  const person = world.browser()
  await person.signUp()
  const inputs: [mutation: string, type: string, input: object, fields: string][] = [
    ['updateProfile', 'UpdateProfileInput', { displayName: 'a\u0000b' }, 'viewer { id }'],
    ['createApiToken', 'CreateApiTokenInput', { name: 'a\u0000b' }, 'apiToken { id }'],
    ['signIn', 'SignInInput', { email: 'a\u0000@example.com', password: 'x' }, 'viewer { id }'],
    ['countInvitationVisit', 'CountInvitationVisitInput', { code: 'A\u0000' }, 'ok'],
  ]
  for (const [mutation, type, input, fields] of inputs) {
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${fields} } }`
    const { errors } = await person.graphql(query, { input })
    expect([mutation, errors?.[0]?.extensions.code]).toEqual([mutation, 'invalid_request'])
  }
  const written = await person.graphql(
    '{ viewer { usageRecords(filter: { model: "\\u0000" }) { edges { node { id } } } } }',
  )
  expect(written.errors?.[0]?.extensions.code).toBe('invalid_request')
  for (const path of ['usage.csv?model=%00', 'usage.csv?status=%00', 'entries.csv?kind=%00']) {
    const answer = await fetch(`${world.url}/export/${path}`, { headers: { cookie: person.cookie } })
    expect([path, answer.status]).toEqual([path, 400])
  }
})

test('an id that is none is nobody’s API token', async () => {
  const person = world.browser()
  await person.signUp()
  for (const tokenId of ["' or 1=1", 'x', '00000000-0000-0000-0000-00000000000g']) {
    const answer = await fetch(`${world.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { cookie: person.cookie, origin: world.url, 'x-pingtoken-token-id': tokenId },
      body: '{}',
    })
    expect([answer.status, ((await answer.json()) as any).error.code]).toEqual([401, 'invalid_api_key'])
  }
})

test('a GraphQL body of an odd alphabet, of a hundred thousand levels, or of five thousand equal fields is refused at once', async () => {
  for (const charset of ['utf-7', 'x'.repeat(1_000), '"', 'utf-32'])
    expect(
      (await graphql('{"query":"{ __typename }"}', `application/json; charset=${charset}`)).status,
    ).toBeLessThan(500)
  const deep = `{"query":"{ __typename }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`
  expect((await graphql(deep)).status).toBeLessThan(500)
  const started = performance.now()
  const equal = await graphql(JSON.stringify({ query: `{ ${'site { name } '.repeat(490)} }` }))
  expect(equal.status).toBeLessThan(500)
  const inline = `{ ${'... on Query { site { name } '.repeat(150)} ${'}'.repeat(150)} }`
  expect((await graphql(JSON.stringify({ query: inline }))).status).toBeLessThan(500)
  const many = await graphql(JSON.stringify({ query: `{ ${'site { name } '.repeat(5_000)} }` }))
  expect(((await many.json()) as any).errors[0].extensions.code).toBe('invalid_request')
  expect(performance.now() - started).toBeLessThan(5_000)
  expect((await graphql(JSON.stringify({ query: '{ viewer { id } }' }))).status).toBe(200)
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200)
})

test.each([
  'first: 0',
  'first: 101',
  'first: -1',
  'first: 2147483647',
  'last: 101',
  'first: 1, last: 1',
  'first: 1.5',
])('a page is 1 to 100 rows: %s is refused', async (page) => {
  const person = world.browser()
  await person.signUp()
  const { errors } = await person.graphql(`{ viewer { apiTokens(${page}) { edges { node { id } } } } }`)
  expect(errors?.[0]?.extensions.code).toBe('invalid_request')
})

test('a cursor that is made up ends at an error or an empty page, not in the database', async () => {
  const person = world.browser()
  await person.signUp()
  for (const after of [
    "' OR 1=1 --",
    '%',
    '{}',
    'x'.repeat(5_000),
    Buffer.from('[1,2]').toString('base64'),
    '\u0000',
  ])
    for (const list of [
      'apiTokens',
      'usageRecords',
      'paymentOrders',
      'codeRedemptions',
      'invitations',
      'notifications',
    ]) {
      const { errors } = await person.graphql(
        `query ($after: String) { viewer { ${list}(first: 2, after: $after) { edges { node { id } } } } }`,
        { after },
      )
      expect([list, after.slice(0, 10), errors?.[0]?.extensions.code ?? 'fine']).toEqual([
        list,
        after.slice(0, 10),
        expect.stringMatching(/^(fine|invalid_request)$/),
      ])
    }
})

const sources = readdirSync('server', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

test('the server starts no program, evaluates no text and takes no chance from a predictable source', () => {
  const forbidden = /from 'node:(child_process|vm)'|\bMath\.random\(|\bnew Function\(|(?<![.\w])eval\(/
  expect(sources.filter((file) => forbidden.test(readFileSync(join('server', file), 'utf8')))).toEqual([])
})

test('what had a known hole is newer than its repair', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { version: string; integrity?: string; link?: boolean; inBundle?: boolean }>
  }
  const repaired: Record<string, string> = {
    '@mikro-orm/core': '7.0.6',
    '@apollo/server': '5.4.0',
    graphql: '16.8.1',
    node: '24.17.0',
    undici: '7.24.0',
  }
  const number = (version: string) =>
    version.split('.').reduce((sum, part) => sum * 10_000 + parseInt(part, 10), 0)
  for (const [name, version] of Object.entries(repaired))
    expect([name, number(packages[`node_modules/${name}`]!.version) >= number(version)]).toEqual([name, true])
  const unproved = Object.entries(packages).filter(
    ([path, one]) => path && !one.link && !one.inBundle && !one.integrity,
  )
  expect(unproved.map(([path]) => path)).toEqual([])
})
