import { MikroORM, type Options } from '@mikro-orm/core'
import { Migrator } from '@mikro-orm/migrations'
import { defineConfig, type EntityManager, type PostgreSqlDriver } from '@mikro-orm/postgresql'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { migrations } from '../schema/migrations/list.ts'
import { Channel } from './catalog/channel.entity.ts'
import { Model } from './catalog/model.entity.ts'
import { PriceVersion } from './catalog/price-version.entity.ts'
import { Provider } from './catalog/provider.entity.ts'
import { Session } from './identity/session.entity.ts'
import { User } from './identity/user.entity.ts'
import { type EmbeddedDatabase, startEmbeddedDatabase } from './platform/embedded/embedded-database.ts'
import type { Config } from './platform/config.ts'
import { createSql, type SqlPool } from './platform/sql.ts'
import { Plan } from './plans/plan.entity.ts'
import { PlanVersion } from './plans/plan-version.entity.ts'
import { Subscription } from './plans/subscription.entity.ts'
import { ApiToken } from './tokens/token.entity.ts'

export interface Database {
  em: EntityManager
  sql: SqlPool
  pool: Pool
  orm: MikroORM<PostgreSqlDriver>
  close(): Promise<void>
}

export type DatabaseSource =
  { url: string } | { embedded: EmbeddedDatabase } | { socketDir: string; name: string }

const POOL_SIZE = 10
const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 15_000

/** Opens the database and brings its schema up to date. The same entities and migrations on both kinds. */
export async function openDatabase(source: DatabaseSource): Promise<Database> {
  const orm = await MikroORM.init<PostgreSqlDriver>(ormOptions(source))
  try {
    await migrate(orm, source)
  } catch (error) {
    await orm.close(true)
    throw error
  }
  const pool = await poolOf(orm)
  return { orm, em: orm.em as EntityManager, pool, sql: createSql(pool), close: () => orm.close(true) }
}

/** The one of DATABASE_URL, or the embedded one in the data folder; what has to be stopped at the end goes to `closers`. */
export async function openConfiguredDatabase(
  config: Config,
  closers: (() => Promise<unknown>)[],
): Promise<Database> {
  if (config.databaseUrl) {
    const database = await openDatabase({ url: config.databaseUrl })
    closers.push(() => database.close())
    return database
  }
  const embedded = await startEmbeddedDatabase({ dataDir: join(config.dataDir, 'postgres') })
  closers.push(() => embedded.stop())
  const database = await openDatabase({ embedded })
  closers.push(() => database.close())
  return database
}

const poolOf = (orm: MikroORM<PostgreSqlDriver>) =>
  (orm.em.getConnection() as unknown as { getNativeClient(): Promise<Pool> }).getNativeClient()

/** Any number. */
const MIGRATION_LOCK = 20_261_124

/** Servers that start at the same moment migrate one after another. The embedded database has one server. */
async function migrate(orm: MikroORM<PostgreSqlDriver>, source: DatabaseSource): Promise<void> {
  if ('embedded' in source) return void (await orm.migrator.up())
  const client = await (await poolOf(orm)).connect()
  try {
    await client.query('BEGIN')
    await client.query('SET LOCAL statement_timeout = 0')
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await orm.migrator.up()
    await client.query('COMMIT')
  } finally {
    // Closed, not reused: after a failure its transaction is still open.
    client.release(true)
  }
}

export function ormOptions(source: DatabaseSource): Options<PostgreSqlDriver> {
  return defineConfig({
    ...address(source),
    entities: [
      User,
      Session,
      Provider,
      Model,
      PriceVersion,
      Channel,
      ApiToken,
      Plan,
      PlanVersion,
      Subscription,
    ],
    extensions: [Migrator],
    forceUtcTimezone: true,
    logger: () => undefined, // Errors reach their caller; the rest is for nobody.
    // The embedded database has one connection: whoever asks for a second inside a transaction gets an
    // error after the time-out instead of waiting for ever.
    pool: { min: 0, max: 'embedded' in source ? 1 : POOL_SIZE },
    driverOptions: {
      connectionTimeoutMillis: 'embedded' in source ? 2 * STATEMENT_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
      statement_timeout: 'embedded' in source ? undefined : STATEMENT_TIMEOUT_MS,
    },
    migrations: { migrationsList: migrations, disableForeignKeys: false, snapshot: false },
    schemaGenerator: { disableForeignKeys: false },
  }) as Options<PostgreSqlDriver>
}

function address(source: DatabaseSource) {
  if ('url' in source) return { clientUrl: source.url, ...socketOf(source.url) }
  const [host, dbName] =
    'embedded' in source ? [source.embedded.socketDir, 'postgres'] : [source.socketDir, source.name]
  return { host, port: 5432, user: 'postgres', dbName }
}

/** MikroORM ignores `?host=/socket/folder`, the usual way to name a unix socket in a URL. */
function socketOf(url: string) {
  const host = new URL(url).searchParams.get('host')
  return host ? { host } : {}
}
