import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { newId } from '../../server/platform/ids.ts'
import {
  browser,
  chat,
  connect,
  createToken,
  missing,
  sharedEnv,
  signIn,
  statusOf,
  until,
} from '../support/cluster.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { startUpstream, whole } from '../support/upstream.ts'

describe.skipIf(missing)(`two servers on one PostgreSQL and Redis${missing ? `: ${missing}` : ''}`, () => {
  let redis: RedisServer
  let [one, two] = [undefined, undefined] as unknown as [ServerProcess, ServerProcess]
  let demo: Awaited<ReturnType<typeof signIn>>
  let admin: Awaited<ReturnType<typeof signIn>>

  beforeAll(async () => {
    redis = await startRedis()
    const env = await sharedEnv(redis)
    one = await startServer(env)
    two = await startServer(env)
    // The links of the second: each start makes new ones.
    demo = await signIn(two, two.signInLink)
    admin = await signIn(two, two.administratorLink)
  })
  afterAll(async () => {
    await Promise.all([one?.stop(), two?.stop()])
    await redis?.stop()
  })

  test('of 200 requests at once with a limit of 60, exactly 60 are served', async () => {
    const { secret } = await createToken(demo.graphql, one, 60)
    const statuses = await Promise.all(
      Array.from({ length: 200 }, (_, i) => statusOf(i % 2 === 0 ? one : two, secret)),
    )
    expect(statuses.filter((status) => status === 200)).toHaveLength(60)
    expect(statuses.filter((status) => status === 429)).toHaveLength(140)
  })

  test('of twenty requests at once by an API token that may run three, three run, over both', async () => {
    const { secret } = await createToken(demo.graphql, one, 600, 'concurrency: 3')
    const asked = Array.from({ length: 20 }, (_, i) => chat(i % 2 ? one : two, secret, { stream: true }))
    const answers = await Promise.all(asked)
    const running = answers.filter(({ status }) => status === 200)
    await Promise.all(answers.map((answer) => answer.arrayBuffer()))
    expect(running).toHaveLength(3)
  })

  test('a minute of LLM tokens is one minute over both', async () => {
    const { secret } = await createToken(demo.graphql, one, 600, 'tokensPerMinute: 10')
    await untilShared()
    expect(await statusOf(one, secret)).toBe(200)
    expect(await until(429, () => statusOf(two, secret))).toBeLessThan(1_000)
  })

  test('an API token revoked at one is refused by the other within a second', async () => {
    const { id, secret } = await createToken(demo.graphql, one)
    expect(await statusOf(two, secret)).toBe(200)
    await demo.graphql(one, `mutation { revokeApiToken(input: { id: "${id}" }) { apiToken { id } } }`)
    expect(await until(401, () => statusOf(two, secret))).toBeLessThan(1_000)
  })

  test('who signs out at one is signed out at the other within a second', async () => {
    const name = `${newId()}@example.com`
    const person = browser()
    await person.graphql(
      one,
      `mutation { signUp(input: { email: "${name}", password: "correct horse battery" }) { viewer { id } } }`,
    )
    const cookie = person.cookie()
    const viewerAtTwo = async () => {
      const response = await fetch(`${two.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: '{"query":"{ viewer { id } }"}',
      })
      return Boolean(((await response.json()) as any).data?.viewer)
    }
    expect(await viewerAtTwo()).toBe(true)
    await person.graphql(one, 'mutation { signOut { __typename } }')
    expect(await until(false, viewerAtTwo)).toBeLessThan(1_000)
  })

  test('a request settled by one is told on the WebSocket of the other', async () => {
    const { secret } = await createToken(demo.graphql, one)
    const client = createClient({
      url: `${two.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocol: string) {
          super(address, protocol, { origin: two.url, headers: { cookie: demo.cookie() } })
        }
      },
    })
    const heard = new Promise<any>((next, error) =>
      client.subscribe(
        { query: 'subscription { usageRecorded { sequence record { id status } } }' },
        { next, error, complete: () => undefined },
      ),
    )
    await new Promise((resolve) => client.on('connected', resolve))
    // Subscribed or not yet: the next request is told in any case.
    const ids: string[] = []
    let told: any
    void heard.then((event) => (told = event))
    while (!told) ids.push((await chat(one, secret)).headers.get('x-request-id')!)
    expect(ids).toContain(told.data.usageRecorded.record.id)
    expect(told.data.usageRecorded.record.status).toBe('SUCCEEDED')
    await client.dispose()
  })

  test('both tell the same balance', async () => {
    const { secret } = await createToken(demo.graphql, one)
    await Promise.all([chat(one, secret), chat(two, secret)])
    const pools = async (server: ServerProcess) =>
      JSON.stringify(
        (await demo.graphql(server, '{ viewer { wallet { bonusTokens quota wallet } } }')).viewer,
      )
    await until(true, async () => (await pools(one)) === (await pools(two)))
  })

  test('while Redis is killed and started again under load, no request fails', async () => {
    const { secret } = await createToken(demo.graphql, one)
    const statuses: number[] = []
    let loading = true
    const client = async (server: ServerProcess) => {
      while (loading && statuses.length < 550) statuses.push(await statusOf(server, secret))
    }
    const answered = (more: number) => {
      const goal = statuses.length + more
      return until(true, async () => {
        await new Promise(setImmediate)
        return statuses.length >= goal
      })
    }
    const clients = [one, two, one, two].map(client)
    await answered(60)
    await redis.kill()
    await answered(60)
    await redis.start()
    await answered(60)
    loading = false
    await Promise.all(clients)
    expect(statuses.filter((status) => status !== 200)).toEqual([])

    const later = await createToken(demo.graphql, one)
    expect(await statusOf(two, later.secret)).toBe(200)
    await demo.graphql(one, `mutation { revokeApiToken(input: { id: "${later.id}" }) { apiToken { id } } }`)
    expect(await until(401, () => statusOf(two, later.secret))).toBeLessThan(1_000)
  })

  /** Both count in Redis, so both hear it. */
  async function untilShared() {
    await until('598', async () => {
      const { secret } = await createToken(demo.graphql, one)
      await chat(one, secret)
      return (await chat(two, secret)).headers.get('x-ratelimit-remaining-requests')
    })
  }

  test('while Redis is away a revoked API token is refused by the other all the same', async () => {
    const { id, secret } = await createToken(demo.graphql, one)
    await untilShared()
    expect(await statusOf(two, secret)).toBe(200)
    await redis.kill()
    await demo.graphql(one, `mutation { revokeApiToken(input: { id: "${id}" }) { apiToken { id } } }`)
    expect(await until(401, () => statusOf(two, secret))).toBeLessThan(1_000)
    await redis.start()
  })

  test('a Redis that does not answer delays requests, but fails none, and nothing revoked is believed', async () => {
    const { id, secret } = await createToken(demo.graphql, one)
    await untilShared()
    expect(await statusOf(two, secret)).toBe(200)
    redis.freeze()
    expect(await statusOf(one, secret)).toBe(200)
    await demo.graphql(one, `mutation { revokeApiToken(input: { id: "${id}" }) { apiToken { id } } }`)
    expect(await until(401, () => statusOf(two, secret))).toBeLessThan(4_000)
    redis.thaw()
  })

  // Last: from here on the sandbox stands back.
  test('a channel connected at one serves at the other', async () => {
    const upstream = await startUpstream()
    upstream.answer(whole('From the new channel'))
    const { secret } = await createToken(demo.graphql, one)
    await admin.graphql(one, connect(upstream.url))
    await until(true, async () => {
      await statusOf(two, secret)
      return upstream.heard.length > 0
    })
  })
})
