import type { Sessions } from '../identity/sessions.ts'
import type { Bus } from '../platform/bus.ts'
import type { Scope, Viewer } from '../platform/context.ts'
import { hashSecret } from '../platform/secret.ts'
import type { SqlPool } from '../platform/sql.ts'
import { accessKeyInvalid } from './access-key.errors.ts'
import { isWellFormed } from './access-key.secret.ts'

/**
 * The access keys in memory, by the SHA-256 of their whole secret: two that begin alike are strangers. A revoked one
 * is forgotten at once in this process, and in the others when they hear of it; who hears nothing believes nothing.
 */
export interface KeyRing {
  /** Errors: access_key_invalid (malformed, unknown, expired, revoked, or its owner is suspended). */
  viewerOf(secret: string): Promise<Viewer>
  forgetKey(keyId: string): void
  /** Called when keys may have ended, here or elsewhere. Answers how to stop listening. */
  onForgotten(listener: () => void): () => void
}

/** How long a key is believed without asking the database again. */
const CACHE_MS = 10_000
const CACHE_MAX = 10_000
/** `last_used_at` is for people; writing it on every request would be for nobody. */
const USED_MS = 60_000

interface Row {
  id: string
  user_id: string
  scopes: Scope[]
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
  suspended_at: Date | null
}

interface Known {
  viewer: Viewer
  expiresAt: Date | null
  until: number
}

interface KeyRingOptions {
  sql: SqlPool
  now: () => Date
  bus: Bus
  sessions: Pick<Sessions, 'onForgotten'>
}

export function createKeyRing({ sql, now, bus, sessions }: KeyRingOptions): KeyRing {
  const cache = new Map<string, Known>()
  const listeners = new Set<() => void>()
  /** Counts forgettings: what was read before one must not be kept after it. */
  let generation = 0

  function forget(matches: (viewer: Viewer) => boolean) {
    generation += 1
    for (const [hash, { viewer }] of cache) if (matches(viewer)) cache.delete(hash)
    for (const listener of listeners) listener()
  }
  bus.hear('accessKeyEnded', ({ keyId }) => forget(({ accessKey }) => accessKey?.id === keyId))
  // A suspended user, a silent bus: whatever makes sessions doubtful makes keys doubtful.
  sessions.onForgotten(() => forget(() => true))

  async function read(hash: Buffer): Promise<Row> {
    const [row] = await sql.query<Row>(
      `SELECT k.id, k.user_id, k.scopes, k.expires_at, k.revoked_at, k.last_used_at, u.suspended_at
         FROM access_key k JOIN app_user u ON u.id = k.user_id WHERE k.secret_hash = $1`,
      [hash],
    )
    if (!row) throw accessKeyInvalid('unknown')
    if (row.revoked_at || row.suspended_at) throw accessKeyInvalid('revoked')
    if (row.expires_at && row.expires_at <= now()) throw accessKeyInvalid('expired')
    return row
  }

  return {
    async viewerOf(secret) {
      if (secret.startsWith('sk-pt-')) throw accessKeyInvalid('api_token')
      if (!isWellFormed(secret)) throw accessKeyInvalid('malformed')
      const hash = hashSecret(secret)
      const key = hash.toString('base64')
      const known = cache.get(key)
      if (known && known.until > now().getTime() && bus.sure) {
        if (known.expiresAt && known.expiresAt <= now()) throw accessKeyInvalid('expired')
        return known.viewer
      }

      const started = generation
      cache.delete(key)
      const row = await read(hash)
      if (now().getTime() - (row.last_used_at?.getTime() ?? 0) > USED_MS)
        await sql.query('UPDATE access_key SET last_used_at = $2 WHERE id = $1', [row.id, now()])
      const viewer = viewerFrom(row)
      if (started !== generation) return viewer
      if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value!)
      cache.set(key, { viewer, expiresAt: row.expires_at, until: now().getTime() + CACHE_MS })
      return viewer
    },

    forgetKey(keyId) {
      forget(({ accessKey }) => accessKey?.id === keyId)
      bus.tell('accessKeyEnded', { keyId })
    },

    onForgotten(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** An administrator's key is a customer's key: nothing of theirs is open to it. */
const viewerFrom = ({ id, user_id, scopes }: Row): Viewer => ({
  id: user_id,
  isAdmin: false,
  sessionId: '',
  accessKey: { id, scopes: new Set(scopes) },
})
