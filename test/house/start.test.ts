import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { freePort, runServer, type ServerProcess, startServer } from '../support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'pingtoken-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const dataDir = join(folder, 'data')

const ask = ({ url, token }: ServerProcess) =>
  fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: 'deepseek-v4-pro', messages: [{ role: 'user', content: 'Hello' }] }),
  })

const graphql = async (url: string, cookie: string, query: string) => {
  const headers = { 'content-type': 'application/json', cookie }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
  return {
    cookie: response.headers.get('set-cookie')?.split(';')[0],
    ...((await response.json()) as { data: any }),
  }
}

test('a start prints where things are, and the printed request works as it stands', async () => {
  const server = await startServer({ DATA_DIR: dataDir })
  expect(server.output).toContain(`Console: ${server.url}\n`)
  const response = await ask(server)
  expect(response.status).toBe(200)
  expect(response.headers.get('x-pingtoken-sandbox')).toBe('true')
  expect(await server.stop()).toBe(0)
}, 60_000)

test('a second start keeps the data, ends the old demo token and prints a new one', async () => {
  const first = await startServer({ DATA_DIR: dataDir })
  await ask(first)
  await first.stop()
  const second = await startServer({ DATA_DIR: dataDir })
  expect(second.token).not.toBe(first.token)
  expect((await ask({ ...second, token: first.token })).status).toBe(401)
  expect((await ask(second)).status).toBe(200)

  const link = new URL(second.signInLink).hash.slice('#token='.length)
  const { cookie } = await graphql(
    second.url,
    '',
    `mutation { redeemSignInLink(input: {token: "${link}"}) { viewer { id } } }`,
  )
  const { data } = await graphql(
    second.url,
    cookie!,
    '{ viewer { planName usageRecords { edges { node { model } } } } }',
  )
  expect(data.viewer.planName).toBe('Pro')
  expect(data.viewer.usageRecords.edges.length).toBeGreaterThanOrEqual(2)
  expect(await second.stop()).toBe(0)
}, 90_000)

test('what the server keeps is for its owner alone', () => {
  for (const name of ['secret-key', 'postgres']) expect(statSync(join(dataDir, name)).mode & 0o077).toBe(0)
  expect(readdirSync(dataDir)).toContain('journal')
})

test('two servers never share a data directory', async () => {
  const server = await startServer({ DATA_DIR: dataDir })
  const { code, errors } = await runServer({ DATA_DIR: dataDir, PORT: String(await freePort()) })
  expect(code).toBe(1)
  expect(errors.trim()).toBe(
    `The configuration cannot be used:\n  - DATA_DIR: ${join(dataDir, 'postgres')} is in use by another PingToken server`,
  )
  await server.stop()
}, 90_000)

test('a bad configuration is told in one message, with every fault, and nothing listens', async () => {
  const port = await freePort()
  const { code, errors } = await runServer({
    PORT: String(port),
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://x',
    WORKERS: '0',
  })
  expect(code).toBe(1)
  expect(errors).toMatch(/^The configuration cannot be used:\n/)
  expect(errors.match(/^ {2}- /gm)).toHaveLength(3)
  for (const name of ['LOG_LEVEL', 'DATABASE_URL', 'WORKERS']) expect(errors).toContain(`- ${name} `)
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
})

test('an address that is taken is told, and the exit code is 1', async () => {
  const server = await startServer()
  const { code, errors } = await runServer({
    DATA_DIR: join(folder, 'other'),
    PORT: new URL(server.url).port,
  })
  expect(code).toBe(1)
  expect(errors.trim()).toBe(
    `The configuration cannot be used:\n  - HOST, PORT: listen EADDRINUSE: address already in use ${new URL(server.url).host}`,
  )
  await server.stop()
}, 90_000)

test('production has no sandbox, no demo user and no default password', async () => {
  const secret = { NODE_ENV: 'production', SECRET_KEY: 'k'.repeat(40) }
  const admin = { ADMIN_EMAIL: 'boss@example.com', ADMIN_PASSWORD: 'a long enough password' }
  const server = await startServer({ ...secret, ...admin })
  expect(server.token).toBe('')
  expect(server.output).toContain('Sign in: ')
  const guess = (password: string) =>
    graphql(
      server.url,
      '',
      `mutation { signIn(input: {email: "boss@example.com", password: "${password}"}) { viewer { isAdmin } } }`,
    )
  expect((await guess('admin')).data).toBeNull()
  expect((await guess('a long enough password')).data.signIn.viewer).toEqual({ isAdmin: true })
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  await server.stop()
}, 90_000)
