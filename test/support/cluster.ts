import { inject } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { createPostgresDatabase } from './postgres.ts'
import { missingRedis, type RedisServer } from './redis.ts'
import type { ServerProcess } from './server.ts'

/** Several processes on one PostgreSQL and Redis, and who uses them. */

const postgres = inject('postgres')
/** Why there cannot be any here. */
export const missing = 'missing' in postgres ? postgres.missing : missingRedis()
const SECRET_KEY = 'k'.repeat(40)

export type GraphQL = (server: ServerProcess, query: string) => Promise<Record<string, any>>

/** One person's browser: the same cookie at every server. */
export function browser(): { graphql: GraphQL; cookie(): string } {
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

export async function signIn(server: ServerProcess, link: string) {
  const person = browser()
  const token = link.slice(link.indexOf('#token=') + '#token='.length)
  await person.graphql(
    server,
    `mutation { redeemSignInLink(input: { token: "${token}" }) { viewer { id } } }`,
  )
  return person
}

export async function createToken(
  graphql: GraphQL,
  server: ServerProcess,
  requestsPerMinute = 600,
  more = '',
) {
  const input = `{ name: "${newId()}", requestsPerMinute: ${requestsPerMinute} ${more} }`
  const { createApiToken } = await graphql(
    server,
    `mutation { createApiToken(input: ${input}) { secret apiToken { id } } }`,
  )
  return { id: createApiToken.apiToken.id as string, secret: createApiToken.secret as string }
}

export async function chat({ url }: ServerProcess, secret: string, body: object = {}): Promise<Response> {
  const response = await fetch(`${url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'deepseek-v4-pro', messages: [{ role: 'user', content: 'Hi' }], ...body }),
  })
  if (!('stream' in body)) await response.arrayBuffer()
  return response
}

export const statusOf = async (server: ServerProcess, secret: string) => (await chat(server, secret)).status

/** Asks again until the answer is the wanted one; answers how many ms that took. */
export async function until(wanted: unknown, ask: () => Promise<unknown>, ms = 10_000): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const answer = await ask().catch((error: unknown) => error)
    if (answer === wanted) return performance.now() - begun
    if (performance.now() - begun > ms) throw new Error(`still ${String(answer)}, not ${String(wanted)}`)
  }
}

export async function sharedEnv(redis: RedisServer) {
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

export const connect = (upstreamUrl: string) =>
  `mutation { createChannel(input: { name: "${newId()}", providerId: "deepseek", baseUrl: "${upstreamUrl}", keys: ["k"],
     models: [{ modelId: "deepseek-v4-pro", upstreamModel: "upstream-name" }] }) { channel { id } } }`
