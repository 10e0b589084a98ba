import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createEvents } from '../../server/platform/events.ts'
import { startApp } from '../support/app.ts'
import { createCustomer } from '../support/customer.ts'
import { listen } from '../support/live.ts'

const server = await startApp({ SANDBOX: 'true' })
const { app, url, browser } = server

const TICKS = `subscription { usageTick(bucketSeconds: 3600) { sequence deltas {
  start model apiTokenId requests succeeded promptTokens completionTokens cost } } }`

async function person() {
  const one = browser()
  const { id } = await one.signUp()
  return { one, id }
}

const sumOf = (events: any[], field: string) =>
  events.flatMap(({ data }) => data.usageTick.deltas).reduce((sum, delta) => sum + Number(delta[field]), 0)

test('ticks add up to what was used, are numbered without a gap, and are nobody else’s', async () => {
  const customer = await createCustomer(server)
  const eve = await person()
  const cookie = `session=${await app.services.sessions.open(customer.id, { ip: undefined, userAgent: undefined })}`
  const [hers, strangers] = [{ cookie }, eve.one].map((who) => listen(server, { cookie: who.cookie }))
  for (const listener of [hers!, strangers!]) {
    await listener.ready
    listener.subscribe(TICKS)
  }
  // A tick from the outside, so that the subscription is known to run before the requests.
  const asked = 12
  await expect
    .poll(() => {
      app.services.events.publish('usageRecorded', customer.id, { requestId: customer.id })
      return hers!.heard.length
    })
    .toBeGreaterThan(0)
  await Promise.all(Array.from({ length: asked }, () => customer.chat({ max_tokens: 5 })))
  await expect.poll(() => sumOf(hers!.heard, 'requests'), { timeout: 10_000 }).toBe(asked)

  const numbers = hers!.heard.map(({ data }) => Number(data.usageTick.sequence))
  expect(numbers).toEqual(numbers.map((_, i) => i + 1))
  const records = await customer.records()
  for (const field of ['promptTokens', 'completionTokens'])
    expect(sumOf(hers!.heard, field)).toBe(records.reduce((sum, record) => sum + Number(record[field]), 0))
  const delta = hers!.heard.flatMap(({ data }) => data.usageTick.deltas)[0]
  expect(delta).toMatchObject({ model: 'qwen3-max', apiTokenId: customer.tokenId })
  expect(new Date(delta.start).getTime() % 3_600_000).toBe(0)
  expect(strangers!.heard).toEqual([])
})

test('a user has five sockets; one that closes makes room', async () => {
  const { one } = await person()
  const open = Array.from({ length: 5 }, () => listen(server, one))
  await Promise.all(open.map(({ ready }) => ready))
  expect(await listen(server, one).closed).toBe(4420)
  await open[0]!.close()
  await open[0]!.closed
  await listen(server, one).ready
})

test('a socket runs twenty subscriptions; the twenty-first is refused, the others go on', async () => {
  const { one, id } = await person()
  const listener = listen(server, one)
  await listener.ready
  for (let i = 0; i < 21; i++) listener.subscribe('subscription { balanceChanged { sequence } }')
  await expect
    .poll(() => listener.heard.flat())
    .toMatchObject([{ extensions: { code: 'too_many_subscriptions' } }])
  await expect
    .poll(() => {
      app.services.events.publish('balanceChanged', id, {})
      return listener.heard.filter(({ data }) => data).length
    })
    .toBeGreaterThanOrEqual(20)
})

test('a session that ends takes its sockets along', async () => {
  const { one } = await person()
  const listener = listen(server, one)
  await listener.ready
  await one.graphql('mutation { signOut { ok } }')
  expect(await listener.closed).toBe(4403)
})

test('a message of more than 64 KB closes the socket', async () => {
  const { one } = await person()
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    origin: url,
    headers: { cookie: one.cookie },
  })
  const code = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.once('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: 'x'.repeat(65_536) })),
  )
  expect(await code).toBe(1009)
})

test.each([
  ['subscription { balanceChanged { nowhere } }', /Cannot query field "nowhere"/],
  ['subscription {', /Syntax Error/],
  [
    'subscription ($bucketSeconds: Int!) { usageTick(bucketSeconds: $bucketSeconds) { sequence } }',
    /bucketSeconds/,
  ],
])('over a socket too a mistake in the operation is the caller’s: %s', async (query, message) => {
  const { one } = await person()
  const listener = listen(server, one)
  await listener.ready
  listener.subscribe(query)
  await expect.poll(() => listener.heard).toHaveLength(1)
  const [error] = [listener.heard[0].errors ?? listener.heard[0]].flat()
  expect(error).toMatchObject({ extensions: { code: 'invalid_request' } })
  expect(error.message).toMatch(message)
})

test('over a socket the same rules hold as over HTTP', async () => {
  const { one } = await person()
  const listener = listen(server, one)
  await listener.ready
  const page = 'usageRecords(first: 100) { edges { node { receipt { legs { pool } } } } }'
  listener.subscribe(`{ viewer { a: ${page} b: ${page} c: ${page} d: ${page} } }`)
  await expect.poll(() => listener.heard).toHaveLength(1)
  expect(listener.heard[0][0].extensions).toMatchObject({ code: 'invalid_request', limit: 1000 })
  listener.subscribe('{ viewer { id } }')
  await expect.poll(() => listener.heard).toHaveLength(2)
  expect(listener.heard[1]).toMatchObject({ extensions: { cost: { points: 1, perOperation: 1000 } } })
})

test('whoever does not read keeps the latest 256 events and no more', async () => {
  const events = createEvents()
  const subscription = events.pubSub.subscribe('orderChanged', 'ada')
  const first = subscription.next()
  for (let i = 0; i < 10_000; i++) events.publish('orderChanged', 'ada', { orderId: String(i) })
  expect((await first).value.orderId).toBe('0')
  const heard: string[] = []
  for (let i = 0; i < 256; i++) heard.push((await subscription.next()).value.orderId)
  expect([heard[0], heard.at(-1)]).toEqual(['9744', '9999'])
  await subscription.return!()
})
