import { execFileSync } from 'node:child_process'
import { createClient } from 'graphql-ws'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { WebSocket } from 'ws'
import { newId } from '../../server/platform/ids.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { missingRedis, type RedisServer, startRedis } from '../support/redis.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { chunk, hang, startUpstream, whole } from '../support/upstream.ts'

const postgres = inject('postgres')
const missing = 'missing' in postgres ? postgres.missing : missingRedis()
const SECRET_KEY = 'k'.repeat(40)

type GraphQL = (server: ServerProcess, query: string) => Promise<Record<string, any>>

/** One person's browser: the same cookie at every server. */
function browser(): { graphql: GraphQL; cookie(): string } {
  let cookie = ''
  return {
    cookie: () => cookie,
    async graphql({ url }, query) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie },
        body: JSON.stringify({ query }),
      })
      cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
      const { data, errors } = (await response.json()) as { data: any; errors?: unknown }
      if (errors) throw new Error(JSON.stringify(errors))
      return data
    },
  }
}

async function signIn(server: ServerProcess, link: string) {
  const person = browser()
  const token = link.slice(link.indexOf('#token=') + '#token='.length)
  await person.graphql(
    server,
    `mutation { redeemSignInLink(input: { token: "${token}" }) { viewer { id } } }`,
  )
  return person
}

async function createToken(graphql: GraphQL, server: ServerProcess, requestsPerMinute = 600, more = '') {
  const input = `{ name: "${newId()}", requestsPerMinute: ${requestsPerMinute} ${more} }`
  const { createApiToken } = await graphql(
    server,
    `mutation { createApiToken(input: ${input}) { secret apiToken { id } } }`,
  )
  return { id: createApiToken.apiToken.id as string, secret: createApiToken.secret as string }
}

async function chat({ url }: ServerProcess, secret: string, body: object = {}): Promise<Response> {
  const response = await fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'deepseek-v4-pro', messages: [{ role: 'user', content: 'Hi' }], ...body }),
  })
  if (!('stream' in body)) await response.arrayBuffer()
  return response
}

const statusOf = async (server: ServerProcess, secret: string) => (await chat(server, secret)).status

/** Asks again until the answer is the wanted one; answers how many ms that took. */
async function until(wanted: unknown, ask: () => Promise<unknown>, ms = 10_000): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const answer = await ask().catch((error: unknown) => error)
    if (answer === wanted) return performance.now() - begun
    if (performance.now() - begun > ms) throw new Error(`still ${String(answer)}, not ${String(wanted)}`)
  }
}

async function sharedEnv(redis: RedisServer) {
  const name = `cluster_${newId().replaceAll('-', '')}`
  const { socketDir } = postgres as { socketDir: string }
  await createPostgresDatabase(socketDir, name)
  const host = encodeURIComponent(socketDir)
  return {
    DATABASE_URL: `postgres://postgres@localhost/${name}?host=${host}`,
    REDIS_URL: redis.url,
    SECRET_KEY,
    ALLOW_PRIVATE_UPSTREAMS: 'true',
    LOG_LEVEL: 'fatal',
  }
}

const connect = (upstreamUrl: string) =>
  `mutation { createChannel(input: { name: "${newId()}", providerId: "deepseek", baseUrl: "${upstreamUrl}", keys: ["k"],
     models: [{ modelId: "deepseek-v4-pro", upstreamModel: "upstream-name" }] }) { channel { id } } }`

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

describe.skipIf(missing)(`WORKERS=2${missing ? `: ${missing}` : ''}`, () => {
  const workersOf = ({ process }: ServerProcess) =>
    execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' })
      .split('\n')
      .map(Number)
      .filter(Boolean)

  test('serves; killed workers are replaced, their journals adopted; SIGTERM ends all with 0', async () => {
    const redis = await startRedis()
    const server = await startServer({ ...(await sharedEnv(redis)), WORKERS: '2' })
    try {
      const before = workersOf(server)
      expect(before).toHaveLength(2)
      expect(await statusOf(server, server.token)).toBe(200)
      // Whichever worker is asked answers for both.
      const metrics = () => fetch(`${server.url}/metrics`).then((answer) => answer.text())
      const served = /^pingtoken_answers_total\{code="200"\} 1$/m
      for (let i = 0; i < 4; i++) expect(await metrics()).toMatch(served)
      expect(await metrics()).toMatch(/^pingtoken_instances 2$/m)

      const upstream = await startUpstream()
      upstream.answer(hang(chunk({ content: 'and then' })))
      const admin = await signIn(server, server.administratorLink)
      await admin.graphql(server, connect(upstream.url))
      let running: Response
      await until(true, async () => {
        running = await chat(server, server.token, { stream: true })
        if (upstream.heard.length === 0) await running.arrayBuffer()
        return upstream.heard.length > 0
      })
      const reader = running!.body!.getReader()
      await reader.read()
      const journals = readdirSync(join(server.dataDir, 'journal')).filter((name) => !name.endsWith('.lock'))
      for (const pid of before) process.kill(pid, 'SIGKILL')
      await reader.read().catch(() => undefined)

      await until(true, async () => {
        const after = workersOf(server)
        return after.length === 2 && after.every((pid) => !before.includes(pid))
      })
      const demo = await untilSignedIn(server)
      const id = running!.headers.get('x-request-id')
      await until(
        'INTERRUPTED',
        async () => {
          const { viewer } = await demo.graphql(server, `{ viewer { usageRecord(id: "${id}") { status } } }`)
          return viewer.usageRecord?.status
        },
        20_000,
      )
      await until(
        true,
        async () => {
          const now = readdirSync(join(server.dataDir, 'journal'))
          return journals.every((name) => !now.includes(name))
        },
        20_000,
      )
    } finally {
      expect(await server.stop()).toBe(0)
      expect(server.process.signalCode).toBeNull()
      await redis.stop()
    }
  }, 60_000)

  test('a fault that all workers have is told once, and ends the start', async () => {
    const redis = await startRedis()
    const env = await sharedEnv(redis)
    const first = await startServer({ ...env, WORKERS: '2' })
    try {
      const { port } = new URL(first.url)
      const second = startServer({ ...env, WORKERS: '2', PORT: port })
      await expect(second).rejects.toThrow(/ended with 1: [^]*EADDRINUSE/)
    } finally {
      expect(await first.stop()).toBe(0)
      await redis.stop()
    }
  }, 60_000)
})

/** Right after the workers were killed nobody may listen for a moment. */
async function untilSignedIn(server: ServerProcess) {
  let demo: Awaited<ReturnType<typeof signIn>> | undefined
  await until(true, async () => {
    demo = await signIn(server, server.signInLink)
    return true
  })
  return demo!
}
