import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Pool } from 'undici'
import { missingPostgres, startPostgres } from '../support/postgres.ts'
import { type ServerProcess, startServer } from '../support/server.ts'

const CONNECTIONS = 32
const SECONDS = 6
const WARM_UP_SECONDS = 2

interface Figures {
  perSecond: number
  p50: number
  p99: number
}

/** Non-streamed requests a second and their latency: direct, through a bare proxy, through the gateway. */
export async function measureRelay() {
  const upstream = await helper('upstream')
  const proxy = await helper('proxy', upstream.url)
  const postgres = missingPostgres() ? undefined : await startPostgres({ fsync: true })
  const url =
    postgres && `postgres://postgres@localhost/postgres?host=${encodeURIComponent(postgres.socketDir)}`
  const gateways: [string, Gateway][] = [
    ['gateway on the embedded database', await gateway(upstream.url, {})],
  ]
  if (url) gateways.push(['gateway on PostgreSQL', await gateway(upstream.url, { DATABASE_URL: url })])

  const rows: [string, Figures][] = []
  try {
    for (const connections of [1, CONNECTIONS]) {
      const measure = async (name: string, base: string, tokens: string[]) =>
        rows.push([`${name}, ${connections} connections`, await load(base, tokens, connections)])
      await measure('upstream itself', upstream.url, [''])
      await measure('bare proxy', proxy.url, [''])
      for (const [name, { server, tokens }] of gateways) await measure(name, `${server.url}/api/v1`, tokens)
    }
  } finally {
    for (const [, { server }] of gateways) await server.stop()
    upstream.process.kill()
    proxy.process.kill()
    await postgres?.stop()
  }

  console.log('| | requests/s | of the bare proxy | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |')
  let base = 1
  for (const [name, { perSecond, p50, p99 }] of rows) {
    if (name.startsWith('bare proxy')) base = perSecond
    const ratio = name.startsWith('upstream') ? '' : `${Math.round((perSecond / base) * 100)} %`
    console.log(`| ${name} | ${Math.round(perSecond)} | ${ratio} | ${p50.toFixed(2)} | ${p99.toFixed(2)} |`)
  }
}

interface Gateway {
  server: ServerProcess
  /** Enough of them that no limit per token is met. */
  tokens: string[]
}

const TOKENS = 90

/** The server with tokens of the demo user, and the mock upstream as its only channel. */
async function gateway(upstreamUrl: string, env: Record<string, string>): Promise<Gateway> {
  const server = await startServer({ ALLOW_PRIVATE_UPSTREAMS: 'true', LOG_LEVEL: 'error', ...env })
  const link = (pattern: RegExp) => pattern.exec(server.output)![1]!
  const demo = await signIn(server, link(/demo user \(once\): \S+#token=(\S+)$/m))
  const tokens: string[] = []
  for (let i = 0; i < TOKENS; i++)
    tokens.push(
      (await demo(`mutation { createApiToken(input: { name: "bench ${i}" }) { secret } }`)).createApiToken
        .secret,
    )
  const admin = await signIn(server, link(/administrator \(once\): \S+#token=(\S+)$/m))
  await admin(
    `mutation { createChannel(input: { name: "bench", providerId: "alibaba", baseUrl: "${upstreamUrl}", keys: ["k"],
       models: [{ modelId: "deepseek-v4-pro", upstreamModel: "deepseek-v4-pro" }] }) { channel { id } } }`,
  )
  return { server, tokens }
}

async function signIn({ url }: ServerProcess, link: string) {
  let cookie = ''
  const graphql = async (query: string): Promise<any> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ query }),
    })
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
    const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown }
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
  await graphql(`mutation { redeemSignInLink(input: { token: "${link}" }) { viewer { id } } }`)
  return graphql
}

async function load(base: string, tokens: string[], connections: number): Promise<Figures> {
  const { origin, pathname } = new URL(base)
  const pool = new Pool(origin, { connections, pipelining: 1 })
  const body = JSON.stringify({
    model: 'deepseek-v4-pro',
    messages: [{ role: 'user', content: 'Hello, how are you?' }],
  })
  const latencies: number[] = []
  let limited = 0
  let turn = 0

  const run = async (seconds: number, keep: boolean) => {
    const end = performance.now() + seconds * 1_000
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (performance.now() < end) {
          const started = performance.now()
          const { statusCode, body: answer } = await pool.request({
            method: 'POST',
            path: `${pathname.replace(/\/$/, '')}/chat/completions`,
            headers: {
              authorization: `Bearer ${tokens[turn++ % tokens.length]}`,
              'content-type': 'application/json',
            },
            body,
          })
          await answer.dump()
          if (statusCode === 429) limited += 1
          else if (statusCode !== 200) throw new Error(`answered ${statusCode}`)
          if (keep) latencies.push(performance.now() - started)
        }
      }),
    )
  }
  await run(WARM_UP_SECONDS, false)
  await run(SECONDS, true)
  await pool.close()
  if (limited > 0) throw new Error(`${limited} requests met the rate limit: this measures refusals`)
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0
  return { perSecond: latencies.length / SECONDS, p50: at(0.5), p99: at(0.99) }
}

async function helper(role: string, target = ''): Promise<{ url: string; process: ChildProcess }> {
  const child = fork(new URL('./helper.mjs', import.meta.url), [role, target])
  const [url] = (await once(child, 'message')) as [string]
  return { url, process: child }
}
