import type { TestApp } from './app.ts'
import type { Upstream } from './upstream.ts'

export interface Customer {
  id: string
  tokenId: string
  secret: string
  chat(body?: object, init?: RequestInit): Promise<Response>
  /** What the books and the usage list say of this customer's requests, newest first. */
  records(): Promise<any[]>
  wallet(): Promise<any>
}

/** A signed-up person with an API token. The sign-up bonus pays, unless `money` replaces it. */
export async function createCustomer(
  { app, url, browser }: TestApp,
  settings: { money?: bigint; token?: object } = {},
): Promise<Customer> {
  const person = browser()
  const { id } = await person.signUp()
  const { ledger, sql } = app.services
  if (settings.money !== undefined) {
    await sql.transaction(async (tx) => {
      const [bucket] = await tx.query<{ id: bigint; remaining: bigint }>(
        'SELECT id, remaining FROM bucket WHERE account_id = $1',
        [id],
      )
      const source = { accountId: id, sourceType: 'test', note: null }
      await ledger.adjust(tx, {
        ...source,
        sourceId: `bonus ${id}`,
        kind: 'adjustment',
        bucketId: bucket!.id,
        amount: -bucket!.remaining,
      })
      if (settings.money! > 0n)
        await ledger.creditWallet(tx, { ...source, sourceId: id, amount: settings.money!, kind: 'top_up' })
    })
    await ledger.balanceChanged(id)
  }
  const { data, errors } = await person.graphql(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret apiToken { id } } }',
    { input: { name: 'test', ...settings.token } },
  )
  if (errors) throw new Error(JSON.stringify(errors))
  const { secret, apiToken } = data.createApiToken
  return {
    id,
    tokenId: apiToken.id,
    secret,
    chat: (body = {}, init = {}) =>
      fetch(`${url}/api/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }], ...body }),
        ...init,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}`, ...init.headers },
      }),
    async records() {
      const answer = await person.graphql(
        `{ viewer { usageRecords(first: 20) { edges { node { id model status errorCode streamed promptTokens cachedTokens
           completionTokens reasoningTokens source cost receipt { notCharged legs { pool tokens money } } } } } } }`,
      )
      return answer.data.viewer.usageRecords.edges.map(({ node }: any) => node)
    },
    async wallet() {
      const answer = await person.graphql('{ viewer { wallet { bonusTokens quota wallet } } }')
      return answer.data.viewer.wallet
    },
  }
}

/** From now on the operator says of a model that it can do this. */
export async function teach({ app }: TestApp, modelId: string, ...capabilities: string[]): Promise<void> {
  const { sql, catalog } = app.services
  await sql.query('UPDATE model SET capabilities = $2 WHERE id = $1', [modelId, capabilities])
  await catalog.reload()
}

/** Connects one scripted upstream for a model, as an administrator would; answers the channel's id. */
export async function connectChannel(
  { app, browser }: TestApp,
  upstream: Upstream,
  settings: { name?: string; modelId?: string; priority?: number; keys?: string[]; timeouts?: object } = {},
): Promise<string> {
  const admin = browser()
  const { id } = await admin.signUp()
  await app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
  const made = await admin.graphql(
    'mutation ($input: CreateChannelInput!) { createChannel(input: $input) { channel { id keyCount } } }',
    {
      input: {
        name: settings.name ?? `channel ${upstream.url}`,
        providerId: 'alibaba',
        baseUrl: upstream.url,
        keys: settings.keys ?? ['sk-provider-secret-key'],
        models: [{ modelId: settings.modelId ?? 'qwen3-max', upstreamModel: 'upstream-name' }],
        priority: settings.priority ?? 0,
        timeouts: settings.timeouts,
      },
    },
  )
  if (made.errors) throw new Error(JSON.stringify(made.errors))
  return made.data.createChannel.channel.id
}
