import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Attempts } from '../platform/attempts.ts'
import type { Bus } from '../platform/bus.ts'
import type { Context, Viewer } from '../platform/context.ts'
import { isId, newId } from '../platform/ids.ts'
import type { Mailer } from '../platform/mail/mailer.ts'
import type { Settings } from '../platform/settings.ts'
import type { Sql, SqlPool } from '../platform/sql.ts'

/**
 * Sessions are opaque: the cookie carries `id.secret`, the table the secret's SHA-256. A session ends by
 * sign-out, after a fortnight without use, or after LIFE_DAYS, whichever comes first; an administrator's after eight
 * hours and a day.
 */
export interface Sessions {
  /** The cookie's value for a new session of this user. */
  open(userId: string, client: Client): Promise<string>
  viewerOf(cookie: string | undefined): Promise<Viewer | undefined>
  /** Whether there is such a session still, whoever has its cookie. */
  lives(sessionId: string): Promise<boolean>
  close(sessionId: string): Promise<void>
  /** After a change of the account (suspended, no longer an administrator): its sessions are read anew, everywhere. */
  forgetUser(userId: string): void
  /** Called when sessions may have ended, here or elsewhere. Answers how to stop listening. */
  onForgotten(listener: () => void): () => void
}

export interface Client {
  ip: string | undefined
  userAgent: string | undefined
}

export const LIFE_DAYS = 30
const DAY_MS = 86_400_000

/** SQL over `user_session s JOIN app_user u`, with the time as $1. Whoever becomes an administrator has less at once. */
export const ALIVE = `s.expires_at > $1 AND u.suspended_at IS NULL
  AND s.last_seen_at > $1::timestamptz - CASE WHEN u.is_admin THEN interval '8 hours' ELSE interval '14 days' END
  AND (NOT u.is_admin OR s.created_at > $1::timestamptz - interval '24 hours')`

/** How long a session is believed without asking the database again. */
const CACHE_MS = 10_000
const CACHE_MAX = 10_000
/** `last_seen_at` is for people; writing it on every request would be for nobody. */
const SEEN_MS = 60_000

interface Row {
  id: string
  user_id: string
  secret_hash: Buffer
  last_seen_at: Date
  is_admin: boolean
}

export function createSessions({ sql, now, bus }: { sql: SqlPool; now: () => Date; bus: Bus }): Sessions {
  const cache = new Map<string, { viewer: Viewer; until: number }>()
  const listeners = new Set<() => void>()
  /** Counts forgettings: what was read before one must not be kept after it. */
  let generation = 0

  function forget(matches: (viewer: Viewer) => boolean) {
    generation += 1
    for (const [cookie, { viewer }] of cache) if (matches(viewer)) cache.delete(cookie)
    for (const listener of listeners) listener()
  }
  bus.hear('sessionEnded', ({ sessionId }) => forget((viewer) => viewer.sessionId === sessionId))
  bus.hear('userChanged', ({ userId }) => forget(({ id }) => id === userId))
  bus.onDoubt(() => forget(() => true))

  return {
    async open(userId, { ip, userAgent }) {
      const id = newId()
      const secret = newSecret()
      const at = now()
      await sql.query(
        `INSERT INTO user_session (id, user_id, secret_hash, created_at, last_seen_at, expires_at, ip, user_agent)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7)`,
        [
          id,
          userId,
          sha256(secret),
          at,
          new Date(at.getTime() + LIFE_DAYS * DAY_MS),
          ip,
          userAgent?.slice(0, 300),
        ],
      )
      return `${id}.${secret}`
    },

    async viewerOf(cookie) {
      const [id, secret] = cookie?.split('.') ?? []
      if (!id || !secret || !isId(id)) return undefined
      const known = cache.get(cookie!)
      if (known && known.until > now().getTime() && bus.sure) return known.viewer

      const started = generation
      const row = await find(sql, id, now())
      if (!row || !timingSafeEqual(row.secret_hash, sha256(secret))) {
        cache.delete(cookie!)
        return undefined
      }
      if (now().getTime() - row.last_seen_at.getTime() > SEEN_MS)
        await sql.query('UPDATE user_session SET last_seen_at = $2 WHERE id = $1', [id, now()])
      const viewer = { id: row.user_id, isAdmin: row.is_admin, sessionId: id }
      if (started !== generation) return viewer
      if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value!)
      cache.set(cookie!, { viewer, until: now().getTime() + CACHE_MS })
      return viewer
    },

    async lives(sessionId) {
      return isId(sessionId) && (await find(sql, sessionId, now())) !== undefined
    },

    async close(sessionId) {
      await sql.query('DELETE FROM user_session WHERE id = $1', [sessionId])
      forget((viewer) => viewer.sessionId === sessionId)
      bus.tell('sessionEnded', { sessionId })
    },

    forgetUser(userId) {
      forget(({ id }) => id === userId)
      bus.tell('userChanged', { userId })
    },

    onForgotten(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

async function find(sql: SqlPool, id: string, now: Date): Promise<Row | undefined> {
  const rows = await sql.query<Row>(
    `SELECT s.id, s.user_id, s.secret_hash, s.last_seen_at, u.is_admin
       FROM user_session s JOIN app_user u ON u.id = s.user_id
      WHERE ${ALIVE} AND s.id = $2`,
    [now, id],
  )
  return rows[0]
}

const newSecret = () => randomBytes(32).toString('base64url')
const sha256 = (text: string) => createHash('sha256').update(text).digest()

/** How a new account came. */
export interface Arrival {
  /** Somebody's invitation code. */
  inviteCode?: string
  ip?: string
}

/** Ends a user's sessions, but one, in the caller's transaction; after its commit the caller says `forgetUser`. */
export async function endSessions(tx: Sql, userId: string, except?: string): Promise<number> {
  const ended = await tx.query(
    'DELETE FROM user_session WHERE user_id = $1 AND id IS DISTINCT FROM $2::uuid RETURNING 1',
    [userId, except ?? null],
  )
  return ended.length
}

/**
 * Gives a session another secret, in the caller's transaction; answers the new cookie's value. After its commit the caller
 * says `forgetUser`: whoever has a copy of the old cookie is out.
 */
export async function renewSession(tx: Sql, sessionId: string): Promise<string> {
  const secret = newSecret()
  await tx.query('UPDATE user_session SET secret_hash = $2 WHERE id = $1', [sessionId, sha256(secret)])
  return `${sessionId}.${secret}`
}

/** What the identity verbs need besides the common context. */
export type IdentityContext = Context & {
  sessions: Sessions
  client: Client
  /** Sets or clears the session cookie on the answer. */
  sessionCookie: { set(value: string): void; clear(): void }
  /** What every new account gets, in the transaction that makes it. */
  welcome(tx: Sql, userId: string, arrival?: Arrival): Promise<void>
  /** What a proved address brings, in the transaction that notes it: once for each account. */
  rewardVerified(tx: Sql, userId: string, ip: string | undefined): Promise<void>
  /** Ends what a deleted account had running elsewhere, in the transaction that deletes it. */
  farewell(tx: Sql, userId: string): Promise<void>
  /** The owner's access keys: how many work, and the end of all of them in the caller's transaction. */
  accessKeys: {
    count(tx: Sql, userId: string): Promise<number>
    revokeAll(tx: Sql, userId: string): Promise<number>
  }
  /** After the commit of what touched balance, plan or standing. */
  accountChanged(userId: string): Promise<void>
  attempts: Attempts
  settings: Settings
  mailer: Mailer
  /** Codes sent by mail are hashed under it. */
  emailCodeKey: Buffer
}
