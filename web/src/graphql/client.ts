import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import type { Client as Socket } from 'graphql-ws'
import { ref } from 'vue'
import { sessionExchange } from './session-exchange.ts'

/** `full`: the server lets one account listen in so many windows and programs, and this is one more. */
export type Connection = 'idle' | 'live' | 'reconnecting' | 'full'

/** Whether live data flows; the dot in the top bar shows it. */
export const connection = ref<Connection>('idle')

export interface ClientOptions {
  /** Resolves when there is a session again; undefined when nobody was signed in or waits for it. */
  sessionOver(): Promise<void> | undefined
}

/** GraphQL over HTTP for queries and mutations, over a WebSocket for what is live (loaded by the first page that listens); one cache. */
export function createGraphqlClient({ sessionOver }: ClientOptions): Client {
  let live: Promise<Socket> | undefined
  const socket = () =>
    (live ??= import('./socket.ts').then(({ openSocket }) => openSocket(connection, sessionOver)))

  const client: Client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    // What the server says of a field is shown as it is.
    fetchOptions: () => ({
      credentials: 'same-origin',
      headers: { 'accept-language': document.documentElement.lang },
    }),
    requestPolicy: 'cache-and-network',
    exchanges: [
      cacheExchange({ keys: keylessTypes(), updates: { Mutation: { ...invalidations } } }),
      sessionExchange(() => client, sessionOver),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe(sink) {
            let ended = false
            let end = () => {}
            void socket().then(({ subscribe }) => {
              if (ended) return
              end = subscribe({ query: query ?? '', variables: variables as Record<string, unknown> }, sink)
            })
            return { unsubscribe: () => ((ended = true), end()) }
          },
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
    'CreateAccessKeyPayload',
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
    'ChannelError',
    'ChannelHealth',
    'FirstSteps',
    'ModelHealth',
    'ModelRoute',
    'ModelDay',
    'ChannelTimeouts',
    'UpcomingPrice',
    'ModelDeprecation',
    'NotificationFacts',
    'AnnouncementWords',
    'NotificationReceivedEvent',
    'AuditChange',
    'AuditFact',
    'InvitationParties',
    'UserLimits',
    'UserTerms',
    'CreateSignInLinkForUserPayload',
    'RevenueReport',
    'RevenueSums',
    'RevenueRow',
    'MoneyIn',
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

/** Whether the sandbox answers depends on the channels. */
const refreshSite: Update = (_, __, cache) => cache.invalidate('Query' as never, 'site' as never)

const invalidations = {
  createChannel: refreshSite,
  updateChannel: refreshSite,
  deleteChannel: refreshSite,
  revokeSessions: refreshSessions,
  changePassword: refreshSessions,
  createApiToken: refreshTokenLists,
  revokeApiToken: refreshTokenLists,
} as never as Record<string, never>
