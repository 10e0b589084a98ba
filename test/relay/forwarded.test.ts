import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { startUpstream, whole } from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true', TRUSTED_PROXIES: 'loopback,10.0.0.0/8' })
const upstream = await startUpstream()
upstream.answer(whole('Hi'))
await connectChannel(world, upstream)

const OFFICE = ['203.0.113.0/24', '2001:db8:1::/48']

test.each([
  ['203.0.113.9', OFFICE, 200],
  ['203.0.113.9:5678', OFFICE, 200],
  ['198.51.100.1:5678', OFFICE, 403],
  ['2001:db8:1::9', OFFICE, 200],
  ['[2001:db8:1::9]', OFFICE, 200],
  ['[2001:db8:1::9]:443', OFFICE, 200],
  ['[2001:db8:2::9]:443', OFFICE, 403],
  ['[::1]:443', OFFICE, 403],
  ['::ffff:203.0.113.9', OFFICE, 200],
  // The nearest that is no proxy of ours counts: what stands before it was said by the caller.
  ['203.0.113.9, 198.51.100.1:80', OFFICE, 403],
  ['198.51.100.1, 203.0.113.9:80', OFFICE, 200],
  ['203.0.113.9:80, 10.1.2.3:4711', OFFICE, 200],
  // Nobody knows who that is: neither the one that the caller names nor the proxy.
  ['unknown', OFFICE, 403],
  ['unknown', ['127.0.0.1'], 403],
  ['203.0.113.9, unknown', OFFICE, 403],
  ['203.0.113.9, _hidden:80', OFFICE, 403],
  ['203.0.113.9, 10.1.2.3:99x', ['10.0.0.0/8', ...OFFICE], 403],
  ['203.0.113.9:', OFFICE, 403],
  ['0203.0.113.9', OFFICE, 403],
  ['unknown', [], 200],
  ['203.0.113.9, ', OFFICE, 200],
])('X-Forwarded-For: %s, with an allow list of %j, is answered %i', async (told, ipAllowList, status) => {
  const customer = await createCustomer(world, { token: { ipAllowList } })
  const headers = { 'x-forwarded-for': told }
  expect((await customer.chat({}, { headers })).status).toBe(status)
  const key = await fetch(`${world.url}/api/v1/key`, {
    headers: { ...headers, authorization: `Bearer ${customer.secret}` },
  })
  expect(key.status).toBe(status)
})

test('another port is not another caller: who guesses passwords is told to wait all the same', async () => {
  const guess = async (port: number) => {
    const stranger = world.browser()
    stranger.headers['x-forwarded-for'] = `198.51.100.77:${port}`
    const { errors } = await stranger.graphql(
      `mutation { signIn(input: { email: "nobody-${port}@example.com", password: "wrong password" }) { viewer { id } } }`,
    )
    return errors![0]!.extensions.code
  }
  const codes = new Set<string>()
  for (let port = 1; port <= 60 && !codes.has('rate_limit_exceeded'); port++) codes.add(await guess(port))
  expect(codes).toContain('rate_limit_exceeded')
})
