import { expect, test } from 'vitest'
import { type Browser, startApp } from '../support/app.ts'
import { listen } from '../support/live.ts'

const clock = { now: () => new Date(Date.now() + ahead) }
let ahead = 0
const server = await startApp({}, { now: clock.now })
const { app } = server
const production = await startApp({ NODE_ENV: 'production', SECRET_KEY: 'k'.repeat(40) })

const CREATE = `mutation ($input: CreateAccessKeyInput!) {
  createAccessKey(input: $input) { secret accessKey { id status prefix lastFour } } }`

async function makeKey(owner: Browser, scopes: string[], expiresAt?: Date) {
  const { data, errors } = await owner.graphql(CREATE, { input: { name: 'script', scopes, expiresAt } })
  if (errors) throw new Error(JSON.stringify(errors))
  return data.createAccessKey as { secret: string; accessKey: { id: string; [field: string]: string } }
}

function script(secret: string, { browser: open } = server): Browser {
  const caller = open()
  caller.headers = { authorization: `Bearer ${secret}` }
  return caller
}

async function person(world = server) {
  const one = world.browser()
  const { id } = await one.signUp()
  return { one, id }
}

test('a key is shown once, and only its hash is kept', async () => {
  const { one, id } = await person()
  const { secret, accessKey } = await makeKey(one, ['READ_USAGE'])
  expect(secret).toMatch(/^pk-pt-[0-9A-Za-z]{38}$/)
  expect(accessKey).toMatchObject({
    status: 'ACTIVE',
    prefix: secret.slice(0, 10),
    lastFour: secret.slice(-4),
  })
  const rows = await app.database.sql.query('SELECT * FROM access_key WHERE user_id = $1', [id])
  expect(JSON.stringify(rows)).not.toContain(secret.slice(10, -4))
  expect((await script(secret).graphql('{ viewer { id } }')).data.viewer).toEqual({ id })
})

test('a key opens what its scopes say, and says which scope is lacking', async () => {
  const { one } = await person()
  const reader = script((await makeKey(one, ['READ_USAGE'])).secret)
  expect(
    (await reader.graphql('{ viewer { usageRecords { edges { node { id } } } } }')).errors,
  ).toBeUndefined()
  const money = await reader.graphql(
    '{ viewer { id ...Money } } fragment Money on Viewer { wallet { wallet } }',
  )
  expect(money.data).toBeUndefined()
  expect(money.errors![0]!.extensions).toEqual({
    code: 'scope_missing',
    scope: 'READ_MONEY',
    field: 'Viewer.wallet',
  })
})

test('a key that reads usage learns which API token was used, not what it may do', async () => {
  const { one } = await person()
  const reader = script((await makeKey(one, ['READ_USAGE'])).secret)
  const asked = (fields: string) =>
    reader.graphql(`{ viewer { usageRecords { edges { node { apiToken { ${fields} } } } } } }`)
  expect((await asked('id name prefix lastFour')).errors).toBeUndefined()
  for (const field of ['note', 'ipAllowList', 'capDay', 'models', 'status'])
    expect((await asked(`... { ${field} }`)).errors![0]!.extensions).toEqual({
      code: 'scope_missing',
      scope: 'MANAGE_TOKENS',
      field: `ApiToken.${field}`,
    })
})

test('a mutation that lacks a scope does nothing, not even the half that has it', async () => {
  const { one } = await person()
  const manager = script((await makeKey(one, ['MANAGE_TOKENS'])).secret)
  const { errors } = await manager.graphql(
    'mutation { createApiToken(input: { name: "half" }) { secret } cancelPlan { subscription { id } } }',
  )
  expect(errors![0]!.extensions).toMatchObject({ code: 'scope_missing', scope: 'BUY' })
  const { data } = await one.graphql('{ viewer { apiTokens { edges { node { name } } } } }')
  expect(data.viewer.apiTokens.edges).toEqual([])
})

test('no key makes keys, whatever its scopes; an administrator’s key is a customer’s', async () => {
  const { one, id } = await person()
  await app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
  const all = script((await makeKey(one, ['READ_USAGE', 'MANAGE_TOKENS', 'READ_MONEY', 'BUY'])).secret)
  for (const [query, field] of [
    [
      'mutation { createAccessKey(input: { name: "x", scopes: [BUY] }) { secret } }',
      'Mutation.createAccessKey',
    ],
    ['{ viewer { accessKeys { edges { node { id } } } } }', 'Viewer.accessKeys'],
    ['{ viewer { email } }', 'Viewer.email'],
    ['mutation { signOut { ok } }', 'Mutation.signOut'],
    ['{ users { edges { node { id } } } }', 'Query.users'],
  ])
    expect((await all.graphql(query!)).errors![0]!.extensions).toEqual({
      code: 'scope_missing',
      scope: null,
      field,
    })
})

test.each([
  ['nonsense', 'x'],
  ['one changed character', 'changed'],
  ['an API token', `sk-pt-${'a'.repeat(38)}`],
  ['SQL', "' OR 1=1 --"],
])('%s is no key: 401 access_key_invalid, even with a valid cookie', async (_, given) => {
  const { one } = await person()
  const { secret } = await makeKey(one, ['READ_USAGE'])
  const sent = given === 'changed' ? secret.slice(0, -1) + (secret.endsWith('a') ? 'b' : 'a') : given
  one.headers = { authorization: `Bearer ${sent}` }
  const answer = await one.graphql('{ viewer { id } }')
  expect(answer.status).toBe(401)
  expect(answer.errors![0]!.extensions.code).toBe('access_key_invalid')
})

test('with a key the cookie is not looked at', async () => {
  const [{ one: ada, id }, { one: eve }] = [await person(), await person()]
  eve.headers = { authorization: `Bearer ${(await makeKey(ada, ['READ_USAGE'])).secret}` }
  expect((await eve.graphql('{ viewer { id } }')).data.viewer).toEqual({ id })
  expect((await eve.graphql('{ viewer { email } }')).errors![0]!.extensions.code).toBe('scope_missing')
})

test('an expired key opens nothing, to the moment', async () => {
  const { one } = await person()
  const { secret } = await makeKey(one, ['READ_USAGE'], new Date(clock.now().getTime() + 5_000))
  expect((await script(secret).graphql('{ viewer { id } }')).status).toBe(200)
  ahead += 5_001
  expect((await script(secret).graphql('{ viewer { id } }')).status).toBe(401)
})

test('a revoked key opens nothing at once, and only its owner can revoke it', async () => {
  const [{ one }, { one: eve }] = [await person(), await person()]
  const { secret, accessKey } = await makeKey(one, ['READ_USAGE'])
  const revoke = `mutation { revokeAccessKey(input: { id: "${accessKey.id}" }) { accessKey { status } } }`
  expect((await eve.graphql(revoke)).errors![0]!.extensions.code).toBe('access_key_not_found')
  expect((await script(secret).graphql('{ viewer { id } }')).status).toBe(200)
  expect((await one.graphql(revoke)).data.revokeAccessKey.accessKey.status).toBe('REVOKED')
  expect((await script(secret).graphql('{ viewer { id } }')).status).toBe(401)
})

test('the keys of a suspended user open nothing', async () => {
  const { one, id } = await person()
  const { secret } = await makeKey(one, ['READ_USAGE'])
  expect((await script(secret).graphql('{ viewer { id } }')).status).toBe(200)
  const admin = await person()
  await app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [admin.id])
  app.services.sessions.forgetUser(admin.id)
  const { errors } = await admin.one.graphql(
    `mutation { setUserSuspended(input: { userId: "${id}", suspended: true, reason: "test" }) { user { id } } }`,
  )
  expect(errors).toBeUndefined()
  expect((await script(secret).graphql('{ viewer { id } }')).status).toBe(401)
})

test('two keys that begin alike are two people’s', async () => {
  const { keyRing, sql } = app.services
  const [{ one: ada, id }, { one: eve, id: evesId }] = [await person(), await person()]
  const [a, b] = [await makeKey(ada, ['READ_USAGE']), await makeKey(eve, ['READ_USAGE'])]
  await sql.query('UPDATE access_key SET prefix = $1', [a.secret.slice(0, 10)])
  expect((await keyRing.viewerOf(a.secret)).id).toBe(id)
  expect((await keyRing.viewerOf(b.secret)).id).toBe(evesId)
})

test('twenty keys are enough, even when forty are asked for at once', async () => {
  const { one } = await person()
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => one.graphql(CREATE, { input: { name: 'many', scopes: ['BUY'] } })),
  )
  expect(answers.filter(({ errors }) => !errors)).toHaveLength(20)
  expect(answers.find(({ errors }) => errors)!.errors![0]!.extensions.code).toBe('too_many_access_keys')
})

test('in production introspection needs a key, and then works as tools ask for it', async () => {
  const { getIntrospectionQuery } = await import('graphql')
  const { one } = await person(production)
  const query = getIntrospectionQuery()
  expect((await one.graphql(query)).errors![0]!.extensions.code).toBe('invalid_request')
  const { secret } = await makeKey(one, ['READ_USAGE'])
  const { data, errors } = await script(secret, production).graphql(query)
  expect(errors).toBeUndefined()
  expect(data.__schema.types.length).toBeGreaterThan(50)
})

test('a program subscribes with a key; the socket ends when the key is revoked', async () => {
  const { one, id } = await person()
  const { secret, accessKey } = await makeKey(one, ['READ_MONEY'])
  const program = listen(server, { key: secret })
  await program.ready
  program.subscribe('subscription { balanceChanged { sequence wallet { wallet } } }')
  program.subscribe('subscription { usageRecorded { sequence } }')
  await expect
    .poll(() => {
      app.services.events.publish('balanceChanged', id, {})
      return program.heard.find(({ data }) => data)
    })
    .toMatchObject({ data: { balanceChanged: { wallet: { wallet: expect.any(String) } } } })
  expect(program.heard.flat()).toContainEqual(
    expect.objectContaining({
      extensions: expect.objectContaining({ code: 'scope_missing', scope: 'READ_USAGE' }),
    }),
  )
  await one.graphql(`mutation { revokeAccessKey(input: { id: "${accessKey.id}" }) { accessKey { id } } }`)
  expect(await program.closed).toBe(4403)
})

test('a socket without a valid key or session is refused; a program’s cookie does not count', async () => {
  const { one } = await person()
  expect(await listen(server, { key: `pk-pt-${'a'.repeat(38)}` }).closed).toBe(4403)
  expect(await listen(server, {}).closed).toBe(4403)
  expect(await listen(server, { cookie: one.cookie, origin: '' }).closed).toBe(4403)
})
