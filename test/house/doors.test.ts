import { describe, expect, inject, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

const { app, url, browser } = await startApp({ PUBLIC_URL: 'https://tokens.example' })

test('every answer carries the headers that keep browsers from guessing and framing', async () => {
  for (const path of ['/healthz', '/api/v1/models', '/graphql/schema.graphql']) {
    const { headers } = await fetch(`${url}${path}`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('strict-transport-security')).toMatch(/max-age=31536000/)
  }
})

test('behind https the session cookie is __Host-, HttpOnly, Secure and Lax', async () => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query:
        'mutation { signUp(input: {email: "ada@example.com", password: "correct horse battery"}) { viewer { id } } }',
    }),
  })
  expect(response.headers.get('set-cookie')).toMatch(
    /^__Host-session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=\d+$/,
  )
})

test('the contract can be read as text, and is the committed one', async () => {
  const text = await (await fetch(`${url}/graphql/schema.graphql`)).text()
  expect(text).toContain('type Viewer')
})

test('health and readiness tell a dead database from a dead process', async () => {
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' })
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
})

test('a key written to a channel is sealed in the database and never read back', async () => {
  const admin = browser()
  const { id } = await admin.signUp()
  await app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
  const made = await admin.graphql(
    `mutation { createChannel(input: { name: "c", providerId: "deepseek", keys: ["sk-very-secret"],
       models: [{ modelId: "deepseek-r1", upstreamModel: "deepseek-reasoner" }] }) { channel { id baseUrl keyCount } } }`,
  )
  expect(made.data.createChannel.channel).toMatchObject({ baseUrl: 'https://api.deepseek.com', keyCount: 1 })
  const rows = await app.services.sql.query('SELECT c::text AS row FROM channel c')
  expect(JSON.stringify(rows)).not.toContain('very-secret')
  const refused = await admin.graphql(
    `mutation { createChannel(input: { name: "d", providerId: "deepseek", baseUrl: "http://10.0.0.1/v1", keys: ["k"], models: [] }) { channel { id } } }`,
  )
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'invalid_request', param: 'baseUrl' })
})

const postgres = inject('postgres')
const missing = 'missing' in postgres ? postgres.missing : undefined
describe.skipIf(missing)(`the server on PostgreSQL (${missing ?? 'real'})`, () => {
  test('starts, answers, charges and keeps what it wrote', async () => {
    const { socketDir } = postgres as { socketDir: string }
    await createPostgresDatabase(socketDir, 'whole_server')
    const address = `postgres://postgres@localhost/whole_server?host=${encodeURIComponent(socketDir)}`
    const server = await startServer({ DATABASE_URL: address })
    const ask = (path: string, body?: object) =>
      fetch(`${server.url}/api/v1/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${server.token}` },
        body: body && JSON.stringify(body),
      })
    const answer = await ask('chat/completions', {
      model: 'kimi-k2',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(answer.status).toBe(200)
    const id = answer.headers.get('x-request-id')
    await expect.poll(() => ask(`generation?id=${id}`).then(({ status }) => status)).toBe(200)
    expect(await server.stop()).toBe(0)

    const again = await startServer({ DATABASE_URL: address, DATA_DIR: `${server.dataDir}-again` })
    const kept = await fetch(`${again.url}/api/v1/generation?id=${id}`, {
      headers: { 'x-api-key': again.token },
    })
    expect(await kept.json()).toMatchObject({ data: { id, model: 'kimi-k2' } })
    expect(await again.stop()).toBe(0)
  }, 60_000)
})
