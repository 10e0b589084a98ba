import { type Context, type Scope, SCOPES, signedIn } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import { isId, newId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import { mintAccessKey } from './access-key.secret.ts'
import { accessKeyNotFound, tooManyAccessKeys } from './access-key.errors.ts'
import type { Sql } from '../platform/sql.ts'
import type { KeyRing } from './key-ring.ts'

/** Access keys: made, listed and revoked by their owner. Who calls with one is key-ring.ts. */
export type AccessKeysContext = Context & { keyRing: KeyRing }

export type AccessKeyStatus = 'active' | 'expired' | 'revoked'

export interface AccessKey {
  id: string
  name: string
  scopes: Scope[]
  prefix: string
  lastFour: string
  expiresAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
  createdAt: Date
}

export interface NewAccessKey {
  name: string
  scopes: Scope[]
  expiresAt?: Date | null
}

export const ACCESS_KEYS_MAX = 20

const COLUMNS = `id, name, scopes, prefix, last_four AS "lastFour", expires_at AS "expiresAt",
  revoked_at AS "revokedAt", last_used_at AS "lastUsedAt", created_at AS "createdAt"`

/** Errors: too_many_access_keys, invalid_request. */
export async function createAccessKey(
  ctx: AccessKeysContext,
  { name, scopes, expiresAt = null }: NewAccessKey,
): Promise<{ accessKey: AccessKey; secret: string }> {
  const owner = signedIn(ctx)
  const now = ctx.now()
  if (!name.trim()) throw invalidField('name', 'Give the access key a name.', '请填写访问密钥的名称。')
  if (scopes.length === 0) throw invalidField('scopes', 'Choose at least one scope.', '请至少选择一项权限。')
  if (expiresAt && expiresAt <= now)
    throw invalidField('expiresAt', 'The expiry must lie in the future.', '到期时间须在将来。')
  const { secret, hash, prefix, lastFour } = mintAccessKey()
  const accessKey = await ctx.sql.transaction(async (tx) => {
    // The owner's row is the lock: two requests at once cannot both take the last place.
    await tx.query('SELECT id FROM app_user WHERE id = $1 FOR UPDATE', [owner.id])
    if ((await countAccessKeys(tx, owner.id, now)) >= ACCESS_KEYS_MAX)
      throw tooManyAccessKeys(ACCESS_KEYS_MAX)
    const [made] = await tx.query<AccessKey>(
      `INSERT INTO access_key (id, user_id, name, scopes, secret_hash, prefix, last_four, expires_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${COLUMNS}`,
      [
        newId(),
        owner.id,
        name.trim(),
        SCOPES.filter((scope) => scopes.includes(scope)),
        hash,
        prefix,
        lastFour,
        expiresAt,
        now,
      ],
    )
    return made!
  })
  return { accessKey, secret }
}

/** The viewer's keys, newest first. */
export async function listAccessKeys(ctx: Context, page: PageArgs): Promise<Connection<AccessKey>> {
  const query = pageQueryById(page)
  const rows = await ctx.sql.query<AccessKey>(
    `SELECT ${COLUMNS} FROM access_key
      WHERE user_id = $1 AND ($2::uuid IS NULL OR CASE WHEN $3 THEN id > $2 ELSE id < $2 END)
      ORDER BY id ${query.backwards ? 'ASC' : 'DESC'} LIMIT $4`,
    [signedIn(ctx).id, query.cursor, query.backwards, query.limit + 1],
  )
  return toConnection(rows, query, ({ id }) => id)
}

/** At once, in every process. Revoking twice is not an error. Errors: access_key_not_found. */
export async function revokeAccessKey(ctx: AccessKeysContext, id: string): Promise<AccessKey> {
  const owner = signedIn(ctx)
  const [revoked] = isId(id)
    ? await ctx.sql.query<AccessKey>(
        `UPDATE access_key SET revoked_at = coalesce(revoked_at, $3) WHERE id = $1 AND user_id = $2
         RETURNING ${COLUMNS}`,
        [id, owner.id, ctx.now()],
      )
    : []
  if (!revoked) throw accessKeyNotFound()
  ctx.keyRing.forgetKey(id)
  return revoked
}

const ACTIVE = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)'

/** Those of a user that work. */
export async function countAccessKeys(sql: Sql, userId: string, now: Date): Promise<number> {
  const [count] = await sql.query<{ active: bigint }>(
    `SELECT count(*) AS active FROM access_key WHERE user_id = $1 AND ${ACTIVE}`,
    [userId, now],
  )
  return Number(count!.active)
}

/**
 * Ends all of a user's keys, in the caller's transaction; answers how many worked until then. After its commit the caller
 * says `forgetUser`, which makes the key ring read anew.
 */
export async function revokeAccessKeysOf(tx: Sql, userId: string, now: Date): Promise<number> {
  const revoked = await tx.query(
    `UPDATE access_key SET revoked_at = $2 WHERE user_id = $1 AND ${ACTIVE} RETURNING 1`,
    [userId, now],
  )
  return revoked.length
}

export function statusOf({ revokedAt, expiresAt }: AccessKey, now: Date): AccessKeyStatus {
  if (revokedAt) return 'revoked'
  return expiresAt && expiresAt <= now ? 'expired' : 'active'
}
