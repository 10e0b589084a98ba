import { audit } from '../platform/audit.ts'
import { administrator, type Context } from '../platform/context.ts'
import { isId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import { ApiToken } from '../tokens/token.entity.ts'
import { apiTokenNotFound, apiTokenRevoked } from '../tokens/token.errors.ts'
import { findUser, type ManagedUser, type UsersContext } from './users.ts'

/** Signs the user out everywhere, at once. Errors: admin_required, user_not_found. */
export async function endUserSessions(
  ctx: UsersContext,
  userId: string,
  reason: string,
): Promise<ManagedUser> {
  administrator(ctx)
  await findUser(ctx, userId)
  await ctx.sql.transaction(async (tx) => {
    const ended = await tx.query('DELETE FROM user_session WHERE user_id = $1 RETURNING id', [userId])
    const detail = { sessions: ended.length }
    await audit(tx, ctx, { action: 'end_user_sessions', target: userId, detail, reason })
  })
  ctx.sessions.forgetUser(userId)
  return findUser(ctx, userId)
}

export type TokenDeed = 'pause' | 'resume' | 'revoke'

/** Of anybody's API token; the next request obeys. Errors: admin_required, api_token_not_found, api_token_revoked. */
export async function stopApiToken(
  ctx: UsersContext,
  id: string,
  { deed, reason }: { deed: TokenDeed; reason: string },
): Promise<ApiToken> {
  administrator(ctx)
  const token = isId(id) ? await ctx.em.findOne(ApiToken, { id }) : null
  if (!token) throw apiTokenNotFound()
  if (token.revokedAt) throw apiTokenRevoked()
  const before = stateOf(token)
  if (deed === 'revoke') token.revokedAt = ctx.now()
  else token.pausedAt = deed === 'pause' ? (token.pausedAt ?? ctx.now()) : null
  await ctx.sql.transaction(async (tx) => {
    await tx.query('UPDATE api_token SET paused_at = $2, revoked_at = $3 WHERE id = $1', [
      id,
      token.pausedAt ?? null,
      token.revokedAt ?? null,
    ])
    const detail = { name: token.name, lastFour: token.lastFour }
    const change = { before, after: stateOf(token), detail, reason }
    await audit(tx, ctx, { action: `${deed}_api_token`, target: token.userId, ...change })
  })
  ctx.tokenBook.forgetToken(id)
  return token
}

const stateOf = ({ pausedAt, revokedAt }: ApiToken) => ({
  paused: Boolean(pausedAt),
  revoked: Boolean(revokedAt),
})

/** Newest first, revoked ones too. Errors: admin_required. */
export async function tokensOfUser(
  ctx: Context,
  userId: string,
  page: PageArgs,
): Promise<Connection<ApiToken>> {
  administrator(ctx)
  const query = pageQueryById(page)
  const past = query.cursor && { id: query.backwards ? { $gt: query.cursor } : { $lt: query.cursor } }
  const rows = await ctx.em.find(
    ApiToken,
    { userId, ...past },
    { orderBy: { id: query.backwards ? 'asc' : 'desc' }, limit: query.limit + 1 },
  )
  return toConnection(rows, query, ({ id }) => id)
}
