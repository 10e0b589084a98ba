import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startApp } from '../support/app.ts'

/** Who may speak for a browser: our own pages. What a request says of its host is never believed. */

const PUBLIC_URL = 'http://tokens.example'
/** A console to be served: whoever asks for a page that is none must not get one for an answer. */
const clientDir = mkdtempSync(join(tmpdir(), 'pingtoken-client-'))
writeFileSync(join(clientDir, 'index.html'), '<!doctype html><title>PingToken</title>')
afterAll(() => rmSync(clientDir, { recursive: true, force: true }))
const { url, app, browser } = await startApp({ PUBLIC_URL }, { clientDir })
const { host } = new URL(url)

const RENAME = 'mutation { updateProfile(input: { displayName: "owned" }) { viewer { displayName } } }'

test.each([
  'https://evil.example',
  'null',
  `http://${host}.evil.example`,
  'http://tokens.example.evil.example',
])('a page of %s does nothing with our cookie, whatever it sends', async (origin) => {
  const person = browser()
  const { id } = await person.signUp()
  person.headers = { origin, 'apollo-require-preflight': '1' }
  const { status, errors } = await person.graphql(RENAME)
  expect([status, errors?.[0]?.extensions.code]).toEqual([403, 'origin_not_allowed'])
  const read = await person.graphql('{ viewer { id } }')
  expect([read.status, read.data?.viewer]).toEqual([403, undefined])
  const [row] = await app.services.sql.query('SELECT display_name FROM app_user WHERE id = $1', [id])
  expect(row).toEqual({ display_name: null })
})

test.each([PUBLIC_URL, url])(
  'our own pages at %s do, and so do programs without an origin',
  async (origin) => {
    const person = browser()
    await person.signUp()
    expect((await person.graphql(RENAME)).errors).toBeUndefined()
    person.headers = { origin }
    expect((await person.graphql(RENAME)).errors).toBeUndefined()
  },
)

test('a foreign page may send an access key: that is no cookie', async () => {
  const person = browser()
  await person.signUp()
  const made = await person.graphql(
    'mutation { createAccessKey(input: { name: "k", scopes: [READ_USAGE] }) { secret } }',
  )
  expect(made.errors).toBeUndefined()
  const other = browser()
  other.headers = {
    origin: 'https://evil.example',
    authorization: `Bearer ${made.data.createAccessKey.secret}`,
  }
  expect((await other.graphql('{ viewer { id } }')).data.viewer.id).toBeTruthy()
})

test.each(['/graphql', '/api/v1/chat/completions', '/export/entries.csv'])(
  'no other page may read %s with our cookie: no answer allows credentials',
  async (path) => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    for (const method of ['OPTIONS', 'POST', 'GET']) {
      const answer = await fetch(`${url}${path}`, { method, headers })
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      if (!path.startsWith('/api')) expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      else expect([null, '*']).toContain(answer.headers.get('access-control-allow-origin'))
    }
  },
)

/** With a Host of the caller's choice, which `fetch` does not allow. */
function read(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get(`${url}${path}`, { headers }, (answer) => {
      let body = ''
      answer.on('data', (part) => (body += part))
      answer.on('end', () => resolve({ status: answer.statusCode!, body }))
    }).on('error', reject)
  })
}

test('a page whose name was made to lead to this machine reads no metrics', async () => {
  for (const name of ['rebind.evil.example', 'localhost.evil.example', '127.0.0.1.evil.example'])
    expect([name, (await read('/metrics', { host: name, accept: '*/*' })).status]).toEqual([name, 404])
  for (const name of ['localhost', '127.0.0.1:3000', '[::1]:3000'])
    expect([name, (await read('/metrics', { host: name, accept: '*/*' })).status]).toEqual([name, 200])
})

test('addresses that we tell come from PUBLIC_URL, whatever Host or X-Forwarded-Host say', async () => {
  const person = browser()
  await person.signUp()
  person.headers = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example',
  }
  const { data } = await person.graphql('{ viewer { inviteOffer { url } } }')
  expect(data.viewer.inviteOffer.url).toMatch(/^http:\/\/tokens\.example\/register/)
  const { status, body } = await read('/api/v1/openapi.json', { host: 'evil.example' })
  expect([status, body.includes('evil.example')]).toEqual([200, false])
})
