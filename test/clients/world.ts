import { startServer } from '../support/server.ts'

/** The real server on loopback, and API tokens that meet each of its answers. */
export interface World {
  baseUrl: string
  /** A user's on the Pro plan. */
  good: string
  /** Of nobody. */
  bad: string
  /** Of an account without a balance. */
  empty: string
  /** A new one that may make one request a minute, and has made it. */
  limited(): Promise<string>
  stop(): Promise<unknown>
}

export const MODEL = 'deepseek-v4-pro'

type GraphQL = (query: string, input?: object) => Promise<any>

/** Prompts of agents are longer than what the free plan takes: the account without a balance gets the limit lifted. */
export async function openWorld(): Promise<World> {
  const server = await startServer({ LOG_LEVEL: 'fatal' })
  const demo = await signedIn(server.url, server.signInLink)
  const admin = await signedIn(server.url, server.administratorLink)
  await liftContextLimit(admin)
  const baseUrl = `${server.url}/api/v1`
  return {
    baseUrl,
    good: server.token,
    bad: `${server.token.slice(0, -4)}AAAA`,
    empty: await createToken(await withoutBalance(server.url, admin)),
    async limited() {
      const secret = await createToken(demo, { requestsPerMinute: 1 })
      await fetch(`${baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'Hello' }] }),
      })
      return secret
    },
    stop: () => server.stop(),
  }
}

async function liftContextLimit(admin: GraphQL) {
  const { plans } = await admin(
    '{ plans(first: 20) { edges { node { id activeTokensMax requestsPerMinute } } } }',
  )
  const free = plans.edges.map(({ node }: any) => node).find(({ id }: { id: string }) => id === 'free')
  const { activeTokensMax, requestsPerMinute } = free
  const terms = { price: '0', quota: '0', activeTokensMax, requestsPerMinute, contextTokensMax: null }
  await admin(
    'mutation ($input: CreatePlanVersionInput!) { createPlanVersion(input: $input) { plan { id } } }',
    {
      planId: 'free',
      terms,
    },
  )
}

async function withoutBalance(url: string, admin: GraphQL): Promise<GraphQL> {
  const { settings } = await admin('{ settings { key value } }')
  const { value } = settings.find(({ key }: { key: string }) => key === 'signUpBonusTokens')
  const changes = [{ key: 'signUpBonusTokens', seen: value, value: '0' }]
  await admin(
    'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { settings { key } } }',
    { changes },
  )
  const person = visitor(url)
  await person('mutation ($input: SignUpInput!) { signUp(input: $input) { viewer { id } } }', {
    email: 'empty@example.com',
    password: 'correct horse battery',
  })
  return person
}

let made = 0

async function createToken(person: GraphQL, more: object = {}): Promise<string> {
  const { createApiToken } = await person(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }',
    { name: `agents ${++made}`, ...more },
  )
  return createApiToken.secret
}

async function signedIn(url: string, link: string): Promise<GraphQL> {
  const person = visitor(url)
  const token = new URL(link).hash.slice('#token='.length)
  await person(
    'mutation ($input: RedeemSignInLinkInput!) { redeemSignInLink(input: $input) { viewer { id } } }',
    { token },
  )
  return person
}

function visitor(url: string): GraphQL {
  let cookie = ''
  return async (query, input) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ query, variables: { input } }),
    })
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
    const { data, errors } = (await response.json()) as { data: any; errors?: unknown }
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
}
