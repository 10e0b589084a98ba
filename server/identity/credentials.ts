import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { signedIn } from '../platform/context.ts'
import type { Sql } from '../platform/sql.ts'
import { beginSession } from './accounts.ts'
import { mailUnavailable, passwordLinkInvalid } from './identity.errors.ts'
import { lettersIn } from './letters/letters.ts'
import { checkPassword, hashPassword } from './password.ts'
import { endSessions, type IdentityContext, renewSession } from './sessions.ts'
import type { User } from './user.entity.ts'
import { confirmPassword, viewerOf } from './verification.ts'

const LINK_MINUTES = 30
/** An address without an account takes as long as one with. */
const ANSWER_MS = 250

/**
 * Ends every other session, gives this one a new cookie and tells the owner; access keys go on working, and their number is told. Who never had a
 * password (a sign-in link's user) chooses the first.
 * Errors: wrong_password, invalid_request (newPassword), rate_limit_exceeded.
 */
export async function changePassword(
  ctx: IdentityContext,
  current: string,
  wanted: string,
): Promise<{ viewer: User; activeAccessKeys: number }> {
  const user = await viewerOf(ctx)
  const { sessionId } = signedIn(ctx)
  await confirmPassword(ctx, user, current, 'currentPassword')
  const hash = await checkedHash(wanted, user.email)
  const { activeAccessKeys, cookie } = await ctx.sql.transaction(async (tx) => {
    const accessKeys = await ctx.accessKeys.count(tx, user.id)
    await setPassword(tx, ctx, { userId: user.id, hash, byLink: false, accessKeys })
    await endSessions(tx, user.id, sessionId)
    return { activeAccessKeys: accessKeys, cookie: await renewSession(tx, sessionId) }
  })
  ctx.mailer.wake()
  ctx.sessions.forgetUser(user.id)
  ctx.sessionCookie.set(cookie)
  return { viewer: await viewerOf(ctx), activeAccessKeys }
}

/**
 * A link by mail with which a new password can be chosen, if there is an account. The answer is the same if not, and where
 * a mailbox has got enough letters: a stranger who asks for its owner's links must not keep the owner from one.
 * Errors: mail_unavailable, rate_limit_exceeded (of the one who asks).
 */
export async function requestPasswordReset(ctx: IdentityContext, email: string): Promise<void> {
  if (!ctx.mailer.enabled) throw mailUnavailable()
  await ctx.attempts.take('password_reset', [ctx.client.ip])
  await Promise.all([sendPasswordLink(ctx, email.trim()), sleep(ANSWER_MS)])
}

async function sendPasswordLink(ctx: IdentityContext, email: string): Promise<void> {
  const isUsual = await ctx.attempts.allows('password_reset_letter', email.toLowerCase())
  await ctx.sql.transaction(async (tx) => {
    const [user] = await tx.query<{ id: string; email: string; locale: string | null }>(
      'SELECT id, email, locale FROM app_user WHERE email_key = lower($1) AND suspended_at IS NULL',
      [email],
    )
    if (!user || (!isUsual && (await hasPasswordLink(tx, ctx, user.id)))) return
    const usefulUntil = new Date(ctx.now().getTime() + LINK_MINUTES * 60_000)
    const url = await mintPasswordLink(tx, ctx, user.id, usefulUntil)
    const site = ctx.settings.values.siteName
    const letter = lettersIn(user.locale).resetPassword({ url, minutes: LINK_MINUTES, site })
    await ctx.mailer.queue(tx, { kind: 'reset_password', to: user.email, letter, usefulUntil })
  })
  ctx.mailer.wake()
}

/** Whether the last link still works: then it stays, and another letter can wait. */
async function hasPasswordLink(tx: Sql, ctx: IdentityContext, userId: string): Promise<boolean> {
  const links = await tx.query('SELECT 1 FROM password_link WHERE user_id = $1 AND expires_at > $2', [
    userId,
    ctx.now(),
  ])
  return links.length > 0
}

/** Works once; earlier links of the user end. Its secret is in the fragment, which no server is ever told. */
export async function mintPasswordLink(
  tx: Sql,
  { config }: Pick<IdentityContext, 'config'>,
  userId: string,
  expiresAt: Date,
): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  await tx.query('DELETE FROM password_link WHERE user_id = $1', [userId])
  await tx.query('INSERT INTO password_link (secret_hash, user_id, expires_at) VALUES ($1, $2, $3)', [
    sha256(secret),
    userId,
    expiresAt,
  ])
  return `${config.publicUrl}/reset#token=${secret}`
}

/**
 * The new password of whoever holds the link; every session and access key ends, for somebody else may have had the
 * account and made themselves a way back. A new session begins here.
 * Errors: password_link_invalid, invalid_request (newPassword), rate_limit_exceeded.
 */
export async function resetPassword(
  ctx: IdentityContext,
  token: string,
  wanted: string,
): Promise<{ viewer: User; revokedAccessKeys: number }> {
  await ctx.attempts.take('sign_in_link', [ctx.client.ip])
  const link = [sha256(token), ctx.now()]
  // Looked at before the costly hash, and used up with the change: a password that is refused costs no link.
  const [holder] = await ctx.sql.query<{ email: string }>(
    `SELECT u.email FROM password_link l JOIN app_user u ON u.id = l.user_id
     WHERE l.secret_hash = $1 AND l.expires_at > $2 AND u.suspended_at IS NULL`,
    link,
  )
  if (!holder) throw passwordLinkInvalid()
  const hash = await checkedHash(wanted, holder.email)
  const [userId, revokedAccessKeys] = await ctx.sql.transaction(async (tx) => {
    const [used] = await tx.query<{ user_id: string }>(
      'DELETE FROM password_link WHERE secret_hash = $1 AND expires_at > $2 RETURNING user_id',
      link,
    )
    if (!used) throw passwordLinkInvalid()
    const accessKeys = await ctx.accessKeys.revokeAll(tx, used.user_id)
    await setPassword(tx, ctx, { userId: used.user_id, hash, byLink: true, accessKeys })
    await endSessions(tx, used.user_id)
    return [used.user_id, accessKeys] as const
  })
  ctx.mailer.wake()
  ctx.sessions.forgetUser(userId)
  return { viewer: await beginSession(ctx, userId), revokedAccessKeys }
}

interface NewPassword {
  userId: string
  hash: string
  byLink: boolean
  /** As the letter tells it. */
  accessKeys: number
}

async function setPassword(
  tx: Sql,
  ctx: IdentityContext,
  { userId, hash, byLink, accessKeys }: NewPassword,
): Promise<void> {
  const [user] = await tx.query<{ email: string; locale: string | null }>(
    'UPDATE app_user SET password_hash = $2 WHERE id = $1 RETURNING email, locale',
    [userId, hash],
  )
  // Whatever else opens the account without the new password ends with the old one.
  await tx.query('DELETE FROM password_link WHERE user_id = $1', [userId])
  await tx.query('DELETE FROM sign_in_link WHERE user_id = $1', [userId])
  const letter = lettersIn(user!.locale).passwordChanged({
    site: ctx.settings.values.siteName,
    byLink,
    accessKeys,
  })
  await ctx.mailer.queue(tx, { kind: 'password_changed', to: user!.email, letter })
}

async function checkedHash(wanted: string, email: string): Promise<string> {
  checkPassword(wanted, email, 'newPassword')
  return hashPassword(wanted)
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
