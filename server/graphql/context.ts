import type { IncomingMessage } from 'node:http'
import type { EntityManager } from '@mikro-orm/postgresql'
import type { AccessKeysContext } from '../access-keys/access-keys.ts'
import type { KeyRing } from '../access-keys/key-ring.ts'
import type { CatalogContext } from '../catalog/catalog.resolver.ts'
import type { ChannelsContext } from '../admin/channels.ts'
import type { Arrival, Client, IdentityContext, Sessions } from '../identity/sessions.ts'
import type { SessionCookie } from '../identity/session.cookie.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Viewer } from '../platform/context.ts'
import type { Rewards } from '../invitations/rewards.ts'
import type { SandboxProvider } from '../payments/sandbox.provider.ts'
import type { PaymentProvider } from '../payments/provider.ts'
import type { PaymentsContext } from '../payments/orders.ts'
import type { InvitationsContext } from '../invitations/invitations.ts'
import type { CodesContext } from '../codes/codes.ts'
import type { Attempts } from '../platform/attempts.ts'
import type { Config } from '../platform/config.ts'
import type { Events } from '../platform/events.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Log } from '../platform/log.ts'
import type { Mailer } from '../platform/mail/mailer.ts'
import type { Points } from '../platform/points.ts'
import type { Sealer } from '../platform/sealed.ts'
import type { NoticeWatch } from '../notices/watch.ts'
import type { Settings } from '../platform/settings.ts'
import type { Sql, SqlPool } from '../platform/sql.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { termsOf } from '../plans/plans.ts'
import type { TokenBook } from '../tokens/token.book.ts'
import type { TokensContext } from '../tokens/tokens.ts'
import type { ChannelHealth } from '../relay/channel-health.ts'
import type { ModelHealth } from '../usage/model-health.ts'
import { createDeadline, type Deadline } from './deadline.ts'

/** What lives as long as the process; app.ts makes it once. */
export interface Services {
  config: Config
  em: EntityManager
  sql: SqlPool
  now: () => Date
  events: Events
  log: Log
  metrics: Metrics
  settings: Settings
  sealer: Sealer
  catalog: Catalog
  channelHealth: ChannelHealth
  modelHealth: ModelHealth
  sessions: Sessions
  sessionCookie: SessionCookie
  /** Who asks, behind the proxies that are trusted. */
  addressOf(request: IncomingMessage): string
  keyRing: KeyRing
  points: Points
  attempts: Attempts
  tokenBook: TokenBook
  ledger: Ledger
  welcome(tx: Sql, userId: string, arrival?: Arrival): Promise<void>
  rewardVerified(tx: Sql, userId: string, ip: string | undefined): Promise<void>
  farewell(tx: Sql, userId: string): Promise<void>
  accessKeys: IdentityContext['accessKeys']
  accountChanged(userId: string): Promise<void>
  mailer: Mailer
  /** Codes sent by mail are hashed under it. */
  emailCodeKey: Buffer
  /** Redemption codes are hashed under it. */
  codeKey: Buffer
  providers: ReadonlyMap<string, PaymentProvider>
  /** Only outside production. */
  paymentSandbox: SandboxProvider | undefined
  rewards: Rewards
  notices: NoticeWatch
  onRealTopUp(userId: string): void
}

/** Everything a resolver may touch: each takes the part it needs. */
export type GraphQLContext = IdentityContext &
  TokensContext &
  CatalogContext &
  ChannelsContext &
  CodesContext &
  PaymentsContext &
  InvitationsContext & {
    ledger: Ledger
    settings: Settings
    modelHealth: ModelHealth
  } & AccessKeysContext & {
    deadline: Deadline
  }

export interface Caller {
  viewer: Viewer | undefined
  client: Client
  /** Where an HTTP answer takes its Set-Cookie; a WebSocket has none. */
  setCookie(header: string): void
}

/** One operation's context: its own entity manager, nothing else of its own. */
export function createContext(services: Services, { viewer, client, setCookie }: Caller): GraphQLContext {
  const em = services.em.fork()
  const { sessionCookie, catalog, now, ...rest } = services
  return {
    ...rest,
    em,
    catalog,
    now,
    deadline: createDeadline(),
    viewer,
    client,
    sessionCookie: {
      set: (value) => setCookie(sessionCookie.set(value)),
      clear: () => setCookie(sessionCookie.clear()),
    },
    activeTokensMax: async (userId) => (await termsOf(em, userId, now())).activeTokensMax,
    modelExists: (id) => catalog.findModel(id)?.id === id,
    viewerDiscount: once(async () => viewer && (await termsOf(em, viewer.id, now())).discountPpm),
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
