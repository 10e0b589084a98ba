import { afterAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { databases } from '../support/databases.ts'
import { listen } from '../support/live.ts'
import { missingRedis, startRedis } from '../support/redis.ts'
import { chunk, hang, refuse, startUpstream } from '../support/upstream.ts'

const server = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const FIELDS = 'start requests errors promptTokens completionTokens cost'
const TICKS = `subscription { trafficTick(bucketSeconds: 60) {
  sequence runningRequests liveStreams deltas { ${FIELDS} } } }`
const TRAFFIC = `query ($from: DateTimeISO!, $to: DateTimeISO!) {
  traffic(from: $from, to: $to) { runningRequests liveStreams points { ${FIELDS} } } }`

async function operator({ app, browser }: TestApp = server) {
  const one = browser()
  const { id } = await one.signUp()
  await app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
  return one
}

/** Resolves when the subscription is known to run. */
async function listening(testApp: TestApp, who: { cookie: string }) {
  const { heard, ready, closed, subscribe } = listen(testApp, who)
  await ready
  subscribe(TICKS)
  const ticks = () => heard.flatMap(({ data }) => data?.trafficTick ?? [])
  await expect.poll(() => ticks().length).toBeGreaterThan(0)
  const sum = (field: string) =>
    ticks()
      .flatMap(({ deltas }) => deltas)
      .reduce((total, delta) => total + Number(delta[field]), 0)
  return { ticks, sum, closed }
}

const sumOf = (records: any[], field: string) =>
  records.reduce((sum, record) => sum + Number(record[field]), 0)

test('an operator hears of everybody’s requests, each once, numbered without a gap; a reading says the same', async () => {
  const one = await operator()
  const { ticks, sum } = await listening(server, one)
  const customers = [await createCustomer(server), await createCustomer(server)]
  await Promise.all(customers.flatMap((customer) => [1, 2, 3].map(() => customer.chat({ max_tokens: 5 }))))
  await expect.poll(() => sum('requests'), { timeout: 10_000 }).toBe(6)
  const records = (await Promise.all(customers.map((customer) => customer.records()))).flat()
  for (const field of ['promptTokens', 'completionTokens']) expect(sum(field)).toBe(sumOf(records, field))
  const numbers = ticks().map(({ sequence }) => Number(sequence))
  expect(numbers).toEqual(numbers.map((_, i) => i + 1))

  const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 60_000)]
  const { data } = await one.graphql(TRAFFIC, { from, to })
  for (const field of ['requests', 'errors', 'promptTokens', 'completionTokens', 'cost'])
    expect(sumOf(data.traffic.points, field)).toBe(sum(field))
})

test('what runs and what is streamed is counted while it runs, and what fails is an error', async () => {
  const upstream = await startUpstream()
  const apart = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
  await connectChannel(apart, upstream)
  const { ticks, sum } = await listening(apart, await operator(apart))
  const customer = await createCustomer(apart)
  upstream.answer(hang(chunk({ content: 'Hi' })))
  const leaving = new AbortController()
  await customer.chat({ stream: true }, { signal: leaving.signal })
  const running = () => [ticks().at(-1).runningRequests, ticks().at(-1).liveStreams]
  await expect.poll(running, { timeout: 10_000 }).toEqual([1, 1])
  leaving.abort()
  await expect.poll(running, { timeout: 10_000 }).toEqual([0, 0])
  await expect.poll(() => [sum('requests'), sum('errors')]).toEqual([1, 0])
  upstream.answer(refuse(400, 'no'))
  await customer.chat()
  await expect.poll(() => [sum('requests'), sum('errors')], { timeout: 10_000 }).toEqual([2, 1])
})

test('the ticks end with the operator’s session', async () => {
  const one = await operator()
  const { closed } = await listening(server, one)
  await one.graphql('mutation { signOut { ok } }')
  expect(await closed).toBe(4403)
})

const missing = missingRedis()
describe.skipIf(missing)(
  `two servers on one database and Redis${missing ? `: ${missing}` : ''}`,
  async () => {
    const redis = missing ? undefined : await startRedis()
    afterAll(() => redis?.stop())

    test('an operator at one hears of requests at the other', async () => {
      const database = await databases[0]!.open()
      const [here, there] = [
        await startApp({ REDIS_URL: redis!.url }, { database }),
        await startApp({ REDIS_URL: redis!.url }, { database }),
      ]
      const { sum } = await listening(here, await operator(here))
      await (await createCustomer(there)).chat({ max_tokens: 5 })
      await expect.poll(() => sum('requests'), { timeout: 10_000 }).toBe(1)
    })
  },
)
