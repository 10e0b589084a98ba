import { startServer } from '../support/server.ts'
import { signInBy } from '../support/signed-in.ts'
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
  const demo = await signInBy(server.signInLink, server)
  const tokens: string[] = []
  for (let i = 0; i < TOKENS; i++)
    tokens.push(
      (await demo(`mutation { createApiToken(input: { name: "bench ${i}" }) { secret } }`)).createApiToken
        .secret,
    )
  const admin = await signInBy(server.administratorLink, server)
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
