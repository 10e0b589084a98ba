import type { FastifyInstance } from 'fastify'
import type { Redis } from 'ioredis'
import { join } from 'node:path'
import { countAccessKeys, revokeAccessKeysOf } from './access-keys/access-keys.ts'
import { createKeyRing } from './access-keys/key-ring.ts'
import { createCatalog } from './catalog/catalog.ts'
import { seedCatalog } from './catalog/catalog.seed.ts'
import { type Database, openConfiguredDatabase } from './database.ts'
import type { Services } from './graphql/context.ts'
import { createSessionCookie } from './identity/session.cookie.ts'
import { createSessions } from './identity/sessions.ts'
import { registerGauges } from './gauges.ts'
import { farewell } from './farewell.ts'
import { startJobs } from './jobs.ts'
import { createRewards } from './invitations/rewards.ts'
import { createNoticeWatch } from './notices/watch.ts'
import type { SettlementListener } from './ledger/billing.ts'
import { createLedger, type Ledger } from './ledger/ledger.ts'
import { createSandboxProvider } from './payments/sandbox.provider.ts'
import { createAddressReader } from './platform/addresses.ts'
import { createAttempts } from './platform/attempts.ts'
import { type Bus, createBus } from './platform/bus.ts'
import type { Config } from './platform/config.ts'
import { createEvents } from './platform/events.ts'
import { newId } from './platform/ids.ts'
import { createMetrics } from './platform/metrics.ts'
import { createPoints } from './platform/points.ts'
import { openRedis } from './platform/redis.ts'
import { createLog, type Log } from './platform/log.ts'
import { createMailer } from './platform/mail/mailer.ts'
import { createSealer } from './platform/sealed.ts'
import { deriveKey, secretKeyIn } from './platform/secret-key.ts'
import { createSettings } from './platform/settings.ts'
import type { SqlPool } from './platform/sql.ts'
import { seedPlans } from './plans/plan.seed.ts'
import { termsOf } from './plans/plans.ts'
import { planChanged } from './plans/subscriptions.ts'
import { createInferenceKeys } from './relay/inference-keys.ts'
import { createChannelHealth } from './relay/channel-health.ts'
import { createRelay } from './relay/relay.ts'
import { startSandbox } from './relay/sandbox.ts'
import type { RelayTiming } from './relay/timing.ts'
import { serve } from './serve.ts'
import { createTokenBook } from './tokens/token.book.ts'
import { createModelHealth } from './usage/model-health.ts'
import { createSpendCaps } from './usage/spend-caps.ts'
import { createUsageListener } from './usage/record.ts'
import { grantSignUpBonus, welcome } from './welcome.ts'

export interface App {
  services: Services
  database: Database
  fastify: FastifyInstance
  /** Resolves with the address people use: PUBLIC_URL, or the real port when PORT is 0. */
  listen(): Promise<string>
  /** Stops taking requests, lets streams finish for `drainSeconds`, flushes the ledger, closes everything. */
  close(): Promise<void>
}

export interface Overrides {
  database?: Database
  /** The built console; without it only the API is served. */
  clientDir?: string
  /** The articles of the documentation. */
  articlesDir?: string
  now?: () => Date
  log?: Log
  /** How long the relay waits, for tests that do not. */
  relayTiming?: Partial<RelayTiming>
}

/** The only place where things are joined. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const log = overrides.log ?? createLog(config.logLevel)
  const now = overrides.now ?? (() => new Date())
  const closers: (() => Promise<unknown>)[] = []
  const closing = async () => {
    for (const close of closers.reverse()) await close()
  }

  try {
    const database = overrides.database ?? (await openConfiguredDatabase(config, closers))
    const { em, sql } = database
    await seed(sql, now())

    const bus = createBus({ redisUrl: config.redisUrl, instanceId: newId(), log })
    closers.push(() => bus.close())
    const redis = config.redisUrl === undefined ? undefined : openRedis(config.redisUrl, log)
    closers.push(async () => redis?.disconnect())
    const services = await createServices(config, { em, sql, log, now, closers, bus, redis })
    const keys = createInferenceKeys(services)
    const jobs = startJobs({ ...services, keys })
    closers.push(() => jobs.stop())
    const timing = overrides.relayTiming
    const relay = createRelay({
      ...services,
      tokens: services.tokenBook,
      billing: services.ledger,
      spendCaps: createSpendCaps(services),
      keys,
      redis,
      timing,
    })
    closers.push(() => relay.close())
    registerGauges(services.metrics, { ...services, relay })
    const { fastify, drain } = await serve(services, {
      relay,
      database,
      clientDir: overrides.clientDir,
      articlesDir: overrides.articlesDir,
    })

    return {
      services,
      database,
      fastify,
      async listen() {
        const address = await fastify.listen({ host: config.host, port: config.port })
        return config.port === 0 ? address : config.publicUrl
      },
      async close() {
        await drain()
        await closing()
      },
    }
  } catch (error) {
    await closing()
    throw error
  }
}

interface Ground {
  em: Services['em']
  sql: SqlPool
  log: Log
  now: () => Date
  bus: Bus
  redis: Redis | undefined
  /** What has to be stopped at the end, in the order it was started. */
  closers: (() => Promise<unknown>)[]
}

async function createServices(config: Config, ground: Ground): Promise<Services> {
  const { em, sql, log, now, closers, bus, redis } = ground
  const sandbox = config.sandbox ? await startSandbox() : undefined
  if (sandbox) closers.push(() => sandbox.stop())
  const events = createEvents(bus)
  const metrics = createMetrics()
  const settings = await createSettings(sql, { bus, log })
  const secretKey = config.secretKey ?? secretKeyIn(config.dataDir)
  const sealer = createSealer(secretKey)
  const sandboxUrl = sandbox?.url
  const catalog = await createCatalog({ em, now, bus, log, unseal: sealer.unseal, sandboxUrl })
  const terms = (userId: string) => termsOf(em.fork(), userId, now())
  const tokenBook = createTokenBook({ sql, now, bus, termsOf: terms })
  const mailer = createMailer({ ...config, sql, log, now, sealer, siteName: () => settings.values.siteName })
  closers.push(() => mailer.stop())
  const notices = createNoticeWatch({ config, sql, events, settings, mailer, log, now })
  closers.push(() => notices.stop())
  const ledger = await startLedger(config, ground, {
    usage: createUsageListener({ events, metrics }),
    settled: (accountIds) => rewards.consider(accountIds),
    changed: (accountId) => {
      events.publish('balanceChanged', accountId, {})
      notices.consider([accountId])
    },
  })
  const rewards = createRewards({ sql, ledger, settings, now, log })
  const channelHealth = createChannelHealth({ sql, bus, log, now })
  closers.push(() => channelHealth.stop())
  const gifts = { ledger, settings, mailer, now }
  const sessions = createSessions({ sql, now, bus })
  const paymentSandbox = config.production ? undefined : openPaymentSandbox(config, secretKey, ground)

  return {
    config,
    em,
    sql,
    now,
    events,
    metrics,
    log,
    settings,
    sealer,
    catalog,
    channelHealth,
    modelHealth: createModelHealth({ sql, now }),
    ledger,
    tokenBook,
    sessions,
    keyRing: createKeyRing({ sql, now, bus, sessions }),
    points: createPoints(redis),
    sessionCookie: createSessionCookie(config.publicUrl),
    addressOf: createAddressReader(config.trustedProxies),
    attempts: createAttempts(redis),
    mailer,
    emailCodeKey: deriveKey(secretKey, 'e-mail codes'),
    welcome: (tx, userId, arrival) => welcome(tx, gifts, userId, arrival),
    rewardVerified: (tx, userId, ip) => grantSignUpBonus(tx, gifts, userId, ip),
    farewell: (tx, userId) => farewell(tx, { ledger, now }, userId),
    accessKeys: {
      count: (tx, userId) => countAccessKeys(tx, userId, now()),
      revokeAll: (tx, userId) => revokeAccessKeysOf(tx, userId, now()),
    },
    accountChanged: (userId) => planChanged({ ledger, tokenBook }, userId),
    codeKey: deriveKey(secretKey, 'redemption codes'),
    providers: new Map(paymentSandbox && [[paymentSandbox.id, paymentSandbox]]),
    paymentSandbox,
    rewards,
    notices,
    onRealTopUp: (userId) => rewards.consider([userId]),
  }
}

interface LedgerHooks {
  usage: SettlementListener
  /** After the commit of settlements. */
  settled(accountIds: string[]): void
  changed(accountId: string): void
}

async function startLedger(
  config: Config,
  { sql, log, now, closers }: Ground,
  { usage, settled, changed }: LedgerHooks,
): Promise<Ledger> {
  const ledger = createLedger({
    sql,
    log,
    now,
    instanceId: newId(),
    dataDir: join(config.dataDir, 'journal'),
    listener: {
      record: usage.record,
      committed(charges) {
        usage.committed(charges)
        settled(charges.map(({ accountId }) => accountId))
      },
    },
    onBalanceChanged: changed,
  })
  await ledger.start()
  closers.push(() => ledger.stop())
  return ledger
}

const openPaymentSandbox = ({ publicUrl }: Config, secretKey: string, { sql, now }: Ground) =>
  createSandboxProvider({ sql, now, publicUrl, key: deriveKey(secretKey, 'sandbox payments') })

async function seed(sql: SqlPool, now: Date): Promise<void> {
  await seedPlans(sql, now)
  await seedCatalog(sql, now)
}
