import { type ServerProcess, startServer } from '../support/server.ts'
import type { Target } from './load.ts'
import { MEASURED_CORE, pin } from './pin.ts'

const TOKENS = 10
/** So many that none is refused: that would measure refusals. */
const REQUESTS_PER_MINUTE = 1_000_000

export interface Gateway extends Target {
  pid: number
  stop(): Promise<unknown>
}

/** The server on its core, with tokens of the demo user, and the mock upstream as its only channel. */
export async function startGateway(upstreamUrl: string, env: Record<string, string>): Promise<Gateway> {
  const server = await startServer({ ALLOW_PRIVATE_UPSTREAMS: 'true', LOG_LEVEL: 'error', ...env })
  pin(server.process.pid!, MEASURED_CORE)
  const demo = await signIn(server, server.signInLink)
  const tokens: string[] = []
  for (let i = 0; i < TOKENS; i++)
    tokens.push(
      (await demo(`mutation { createApiToken(input: { name: "bench ${i}" }) { secret } }`)).createApiToken
        .secret,
    )
  const admin = await signIn(server, server.administratorLink)
  const { viewer } = await demo('{ viewer { id } }')
  await admin(
    `mutation { setUserLimits(input: { userId: "${viewer.id}", requestsPerMinute: ${REQUESTS_PER_MINUTE},
       reason: "bench" }) { user { id } } }`,
  )
  await admin(
    `mutation { createChannel(input: { name: "bench", providerId: "alibaba", baseUrl: "${upstreamUrl}", keys: ["k"],
       models: [{ modelId: "deepseek-v4-pro", upstreamModel: "deepseek-v4-pro" }] }) { channel { id } } }`,
  )
  return { url: `${server.url}/api/v1`, tokens, pid: server.process.pid!, stop: () => server.stop() }
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
  const token = new URL(link).hash.slice('#token='.length)
  await graphql(`mutation { redeemSignInLink(input: { token: "${token}" }) { viewer { id } } }`)
  return graphql
}
