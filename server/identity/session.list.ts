import { type Context, signedIn } from '../platform/context.ts'
import { notFound } from '../platform/errors.ts'
import { isId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import { ALIVE, endSessions, type IdentityContext } from './sessions.ts'

/** A signed-in browser as its owner sees it. */
export interface OpenSession {
  id: string
  createdAt: Date
  lastSeenAt: Date
  ip: string | null
  userAgent: string | null
}

/** Where the viewer is signed in, newest first. */
export const listSessions = (ctx: IdentityContext, page: PageArgs) => sessionsOf(ctx, signedIn(ctx).id, page)

/** Where a user is signed in, newest first, for whoever may know that. */
export async function sessionsOf(
  ctx: Pick<Context, 'sql' | 'now'>,
  userId: string,
  page: PageArgs,
): Promise<Connection<OpenSession>> {
  const query = pageQueryById(page)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const rows = await ctx.sql.query<OpenSession & object>(
    `SELECT s.id, s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt", s.ip, s.user_agent AS "userAgent"
     FROM user_session s JOIN app_user u ON u.id = s.user_id
     WHERE ${ALIVE} AND s.user_id = $2 AND ($3::uuid IS NULL OR s.id ${past} $3)
     ORDER BY s.id ${order} LIMIT $4`,
    [ctx.now(), userId, query.cursor ?? null, query.limit + 1],
  )
  return toConnection(rows, query, ({ id }) => id)
}

/** Ends one of the viewer's sessions, here and at its sockets at once. Errors: session_not_found. */
export async function revokeSession(ctx: IdentityContext, sessionId: string): Promise<number> {
  const { id: userId } = signedIn(ctx)
  const own = isId(sessionId)
    ? await ctx.sql.query('SELECT 1 FROM user_session WHERE id = $1 AND user_id = $2', [sessionId, userId])
    : []
  if (own.length === 0) throw notFound('session')
  await ctx.sessions.close(sessionId)
  return 1
}

/** Ends all but the session that asks; answers how many. */
export async function revokeOtherSessions(ctx: IdentityContext): Promise<number> {
  const { id: userId, sessionId } = signedIn(ctx)
  const ended = await endSessions(ctx.sql, userId, sessionId)
  ctx.sessions.forgetUser(userId)
  return ended
}
