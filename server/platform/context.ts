import type { EntityManager } from '@mikro-orm/postgresql'
import type { Config } from './config.ts'
import { adminRequired, signInRequired } from './errors.ts'
import type { Events } from './events.ts'
import type { Log } from './log.ts'
import type { SqlPool } from './sql.ts'

export interface Viewer {
  id: string
  /** Never with an access key. */
  isAdmin: boolean
  /** Empty with an access key, which is no session. */
  sessionId: string
  /** Who calls with an access key may do what its scopes say (graphql/scopes.ts), not all that is theirs. */
  accessKey?: { id: string; scopes: ReadonlySet<Scope> }
}

/** What an access key may be good for. */
export const SCOPES = ['read_usage', 'manage_tokens', 'read_money', 'buy'] as const
export type Scope = (typeof SCOPES)[number]

/** What one request may touch. Every domain function takes it first and reaches for nothing else. */
export interface Context {
  config: Config
  /** Forked for this request. */
  em: EntityManager
  sql: SqlPool
  viewer: Viewer | undefined
  /** Where the call came from; undefined when nobody called. */
  client?: { ip: string | undefined }
  now: () => Date
  events: Events
  log: Log
}

export function signedIn({ viewer }: Pick<Context, 'viewer'>): Viewer {
  if (!viewer) throw signInRequired()
  return viewer
}

export function administrator(ctx: Pick<Context, 'viewer'>): Viewer {
  const viewer = signedIn(ctx)
  if (!viewer.isAdmin) throw adminRequired()
  return viewer
}
