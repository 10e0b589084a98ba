import type { lookup, LookupAddress } from 'node:dns'
import { expect, test } from 'vitest'
import type { CatalogChannel } from '../../server/catalog/catalog.ts'
import { createUpstream, publicOnly } from '../../server/relay/upstream.ts'
import { startApp } from '../support/app.ts'
import { connectChannel } from '../support/customer.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

/** SECURITY.md §4: a base URL that leads into our own network is never followed, whenever its name comes to lead there. */

const PUBLIC = { address: '8.8.8.8', family: 4 }
const HERE = { address: '127.0.0.1', family: 4 }

/** A name server of somebody else's: its answers, one after another, and how often it was asked. */
function nameServer(...answers: LookupAddress[][]) {
  const asked: string[] = []
  const resolve = ((name: string, _: unknown, done: (error: null, addresses: LookupAddress[]) => void) => {
    asked.push(name)
    done(null, answers[Math.min(asked.length, answers.length) - 1]!)
  }) as typeof lookup
  return { resolve, asked }
}

test.each([
  ['here', [HERE]],
  ['to the internet and here', [PUBLIC, HERE]],
  ['here, written as IPv6', [{ address: '::ffff:7f00:1', family: 6 }]],
  ['to the metadata of a cloud', [{ address: '169.254.169.254', family: 4 }]],
] as [string, LookupAddress[]][])('a name that leads %s is not connected to', async (_, addresses) => {
  const upstream = await startUpstream()
  const { resolve, asked } = nameServer(addresses)
  const { post, close } = createUpstream({ allowPrivate: false, connect: 2_000, resolve })
  const baseUrl = `http://rebind.example:${new URL(upstream.url).port}/v1`
  const channel = { baseUrl, timeouts: {}, sandbox: false } as CatalogChannel
  const call = {
    channel,
    key: 'k',
    path: '/chat/completions',
    body: '{}',
    signal: AbortSignal.timeout(5_000),
  }
  await expect(post(call)).rejects.toThrow(/private address/)
  expect(asked).toEqual(['rebind.example'])
  expect(upstream.connections).toBe(0)
  await close()
})

test('the address that was checked is the one that is connected to, whatever the name leads to a moment later', () => {
  const { resolve, asked } = nameServer([PUBLIC], [HERE])
  const look = publicOnly(resolve)
  const answers: unknown[] = []
  look('rebind.example', { all: true }, (error, addresses) => answers.push(error ?? addresses))
  expect([answers, asked.length]).toEqual([[[PUBLIC]], 1])
  look('rebind.example', {}, (error) => answers.push(error?.message))
  expect(answers[1]).toBe('the channel points to a private address')
})

test('a test call of an administrator is no way into our own network either', async () => {
  const world = await startApp()
  const upstream = await startUpstream()
  const id = await connectChannel(world, { url: 'https://provider.example/v1' } as Upstream)
  const admin = world.browser()
  const { id: adminId } = await admin.signUp()
  const { sql } = world.app.services
  await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [adminId])
  for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]']) {
    const url = `http://${host}:${new URL(upstream.url).port}/v1`
    await sql.query('UPDATE channel SET base_url = $2 WHERE id = $1', [id, url])
    const { data } = await admin.graphql(
      'mutation ($input: TestChannelInput!) { testChannel(input: $input) { ok httpStatus errorMessage } }',
      { input: { id } },
    )
    expect(data.testChannel).toMatchObject({ ok: false, httpStatus: null })
    expect(data.testChannel.errorMessage).not.toContain(host)
  }
  expect(upstream.connections).toBe(0)
})

test.each([
  'https://localhost/v1',
  'https://api.localhost./v1',
  'https://127.0.0.1/v1',
  'https://2130706433/v1',
  'https://0x7f.1/v1',
  'https://[::1]/v1',
  'https://[::ffff:10.0.0.1]/v1',
  'https://169.254.169.254/latest',
  'http://api.example.com/v1',
  'https://:secret@api.example.com/v1',
  'https://api.example.com/v1?key=1',
  'file:///etc/passwd',
  'not a URL',
])('%s is no base URL', async (url) => {
  const world = await app()
  const made = await connectChannel(world, { url } as Upstream).catch((error: Error) => error.message)
  expect(JSON.parse(made)[0].extensions).toMatchObject({ code: 'invalid_request', param: 'baseUrl' })
})

let shared: ReturnType<typeof startApp> | undefined
const app = () => (shared ??= startApp())
