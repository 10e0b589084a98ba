import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { createClient } from 'graphql-ws'
import { ref } from 'vue'
import { sessionExchange } from './session-exchange.ts'

export type Connection = 'idle' | 'live' | 'reconnecting'

/** Whether live data flows; the dot in the top bar shows it. */
export const connection = ref<Connection>('idle')

const KEEP_ALIVE_MS = 10_000
const LAZY_CLOSE_MS = 3_000
const RETRY_MAX_MS = 30_000
const SESSION_ENDED = 4403

export interface ClientOptions {
  /** Resolves when there is a session again; undefined when nobody was signed in or waits for it. */
  sessionOver(): Promise<void> | undefined
}

/** GraphQL over HTTP for queries and mutations, over a WebSocket for what is live; one cache. */
export function createGraphqlClient({ sessionOver }: ClientOptions): Client {
  let resumed: Promise<void> | undefined
  const socket = createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    lazy: true,
    lazyCloseTimeout: LAZY_CLOSE_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: Infinity,
    retryWait: (retries) =>
      resumed ?? wait(Math.min(RETRY_MAX_MS, 500 * 2 ** retries) * (0.5 + Math.random() / 2)),
    // What was subscribed to goes on with the new session; without one there is nothing to listen to.
    shouldRetry: (event) => (event as CloseEvent).code !== SESSION_ENDED || resumed !== undefined,
    on: {
      connected: () => (connection.value = 'live'),
      closed: (event) => {
        const { code, wasClean } = event as CloseEvent
        connection.value = wasClean && code === 1000 ? 'idle' : 'reconnecting'
        resumed = code === SESSION_ENDED ? sessionOver() : undefined
      },
    },
  })

  const client: Client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin' },
    requestPolicy: 'cache-and-network',
    exchanges: [
      cacheExchange({ keys: keylessTypes(), updates: { Mutation: { ...invalidations } } }),
      sessionExchange(() => client, sessionOver),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query: query ?? '', variables: variables as Record<string, unknown> },
              sink,
            ),
          }),
        }),
      }),
    ],
  })
  return client
}

/** Values without an identity of their own, and payloads: a secret in one must never reach the cache. */
function keylessTypes() {
  const types = [
    'ModelPrice',
    'Site',
    'UsageReport',
    'UsageTotals',
    'UsageBucket',
    'UsageByModel',
    'UsageGroup',
    'UsagePoint',
    'UsageAttempt',
    'Receipt',
    'ReceiptLeg',
    'InvitationFunnel',
    'SetLowBalanceAlertPayload',
    'ChargeLeg',
    'CreateApiTokenPayload',
    'UsageRecordedEvent',
    'BalanceChangedEvent',
    'PlanQuote',
    'ModelDiscount',
    'InviteOffer',
    'TopUpOptions',
    'PaymentInstructionType',
    'PoolSummary',
    'Spend',
    'OrderChangedEvent',
    'LedgerCheck',
    'ChannelModel',
    'ModelHealth',
    'ModelRoute',
    'ModelDay',
    'ChannelTimeouts',
    'UpcomingPrice',
    'ModelDeprecation',
    'AuditChange',
    'AuditFact',
  ]
  // A running period keeps the terms it was bought with: two versions of one plan are two things.
  const Plan = ({ versionId }: { versionId?: unknown }) => versionId as string
  return { ...Object.fromEntries(types.map((type) => [type, () => null])), Plan: Plan as () => string }
}

type Update = (
  result: unknown,
  args: unknown,
  cache: {
    inspectFields(entity: string): { fieldName: string; arguments: unknown }[]
    invalidate(...args: never[]): void
    keyOfEntity(entity: never): string | null
    resolve(entity: string, field: string): unknown
  },
) => void

/** A new or revoked token changes lists, whichever filter they have. */
const refreshTokenLists: Update = (_, __, cache) => {
  const viewer = cache.resolve('Query', 'viewer') as string | null
  if (!viewer) return
  for (const { fieldName, arguments: given } of cache.inspectFields(viewer))
    if (fieldName === 'apiTokens') cache.invalidate(viewer as never, fieldName as never, given as never)
}

/** Another session list is asked for with other arguments: all of them are old. */
const refreshSessions: Update = (_, __, cache) => {
  const viewer = cache.resolve('Query', 'viewer') as string | null
  if (!viewer) return
  for (const { fieldName, arguments: given } of cache.inspectFields(viewer))
    if (fieldName === 'sessions') cache.invalidate(viewer as never, fieldName as never, given as never)
}

const invalidations = {
  revokeSessions: refreshSessions,
  changePassword: refreshSessions,
  createApiToken: refreshTokenLists,
  revokeApiToken: refreshTokenLists,
} as never as Record<string, never>

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
