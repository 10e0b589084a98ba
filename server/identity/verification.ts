import { signedIn } from '../platform/context.ts'
import { isUniqueViolation, type Sql } from '../platform/sql.ts'
import { forgetCode, RESEND_SECONDS, sendCode, tryCode } from './email-codes.ts'
import { emailTaken, mailUnavailable, wrongPassword } from './identity.errors.ts'
import { lettersIn } from './letters/letters.ts'
import { verifyPassword } from './password.ts'
import type { IdentityContext } from './sessions.ts'
import { User } from './user.entity.ts'

/** That an address is its account's: proved by a code that was sent to it. */

/** Whether this account has still to prove its address. Without mail nobody can, so nobody must; nor who has to choose it yet. */
export const mustVerify = ({ mailer }: IdentityContext, user: User) =>
  mailer.enabled && !user.emailVerifiedAt && !mustChoose(user)

/** The first administrator, until an address and a password are chosen. */
export const mustChoose = ({ isAdmin, passwordHash }: User) => isAdmin && !passwordHash

export interface CodeSent {
  resendAfterSeconds: number
  viewer: User
}

/** A new code to the viewer's address. Errors: mail_unavailable, rate_limit_exceeded. */
export async function sendVerificationCode(ctx: IdentityContext, locale?: string): Promise<CodeSent> {
  const user = await viewerOf(ctx)
  if (!ctx.mailer.enabled) throw mailUnavailable()
  if (!mustVerify(ctx, user)) return { resendAfterSeconds: 0, viewer: user }
  await ctx.attempts.take('send_code', [user.id, user.email.toLowerCase(), ctx.client.ip])
  const addressee = { userId: user.id, email: user.email, locale: locale ?? user.locale ?? null }
  await ctx.sql.transaction((tx) => sendCode(tx, ctx, { ...addressee, purpose: 'verify' }))
  ctx.mailer.wake()
  return { resendAfterSeconds: RESEND_SECONDS, viewer: user }
}

/** Proves the address, once; again is not an error. Errors: code_wrong, code_expired, rate_limit_exceeded. */
export async function verifyEmail(ctx: IdentityContext, code: string): Promise<User> {
  const { id: userId } = signedIn(ctx)
  await ctx.attempts.take('check_code', [userId])
  const refusal = await ctx.sql.transaction(async (tx) => {
    const verdict = await tryCode(tx, ctx, { userId, purpose: 'verify' }, code)
    if ('refusal' in verdict) return verdict.refusal
    const [first] = await tx.query(
      `UPDATE app_user SET email_verified_at = $3
       WHERE id = $1 AND email = $2 AND email_verified_at IS NULL RETURNING id`,
      [userId, verdict.email, ctx.now()],
    )
    if (first) await ctx.rewardVerified(tx, userId, ctx.client.ip)
    return undefined
  })
  const user = await viewerOf(ctx)
  if (refusal && !user.emailVerifiedAt) throw refusal
  await ctx.accountChanged(userId)
  return user
}

/**
 * Sends a code to the address that is to replace the account's; nothing changes before it comes back.
 * Errors: mail_unavailable, wrong_password, email_taken, rate_limit_exceeded.
 */
export async function requestEmailChange(
  ctx: IdentityContext,
  email: string,
  password: string,
): Promise<CodeSent> {
  const user = await viewerOf(ctx)
  if (!ctx.mailer.enabled) throw mailUnavailable()
  await confirmPassword(ctx, user, password)
  await ctx.attempts.take('send_code', [user.id, email.toLowerCase(), ctx.client.ip])
  await ctx.sql.transaction(async (tx) => {
    const taken = await tx.query('SELECT 1 FROM app_user WHERE email_key = lower($1)', [email])
    if (taken.length > 0) throw emailTaken()
    await sendCode(tx, ctx, { userId: user.id, purpose: 'change', email, locale: user.locale ?? null })
  })
  ctx.mailer.wake()
  return { resendAfterSeconds: RESEND_SECONDS, viewer: user }
}

/**
 * The new address is the account's from now on, and proved; the old one is told.
 * Errors: code_wrong, code_expired, email_taken, rate_limit_exceeded.
 */
export async function confirmEmailChange(ctx: IdentityContext, code: string): Promise<User> {
  const { id: userId } = signedIn(ctx)
  await ctx.attempts.take('check_code', [userId])
  const refusal = await ctx.sql.transaction(async (tx) => {
    const verdict = await tryCode(tx, ctx, { userId, purpose: 'change' }, code)
    if ('refusal' in verdict) return verdict.refusal
    const [old] = await tx.query<{ email: string; locale: string | null; verified: Date | null }>(
      'SELECT email, locale, email_verified_at AS verified FROM app_user WHERE id = $1 FOR UPDATE',
      [userId],
    )
    await setEmail(tx, userId, verdict.email, ctx.now())
    if (!old!.verified) await ctx.rewardVerified(tx, userId, ctx.client.ip)
    const site = ctx.settings.values.siteName
    const letter = lettersIn(old!.locale).emailChanged({ email: verdict.email, site })
    await ctx.mailer.queue(tx, { kind: 'email_changed', to: old!.email, letter })
    return undefined
  })
  if (refusal) throw refusal
  ctx.mailer.wake()
  await ctx.accountChanged(userId)
  return viewerOf(ctx)
}

/** The address that waits for its code. */
export async function pendingEmailOf({ sql, now }: IdentityContext, userId: string): Promise<string | null> {
  const [row] = await sql.query<{ email: string }>(
    "SELECT email FROM email_code WHERE user_id = $1 AND purpose = 'change' AND expires_at > $2",
    [userId, now()],
  )
  return row?.email ?? null
}

async function setEmail(tx: Sql, userId: string, email: string, now: Date): Promise<void> {
  try {
    await tx.query('UPDATE app_user SET email = $2, email_verified_at = $3 WHERE id = $1', [
      userId,
      email,
      now,
    ])
  } catch (error) {
    throw isUniqueViolation(error) ? emailTaken() : error
  }
  await forgetCode(tx, { userId, purpose: 'verify' })
}

/** Before what cannot be undone. Errors: wrong_password, rate_limit_exceeded. */
export async function confirmPassword(
  ctx: IdentityContext,
  user: User,
  password: string,
  param = 'password',
): Promise<void> {
  // Who never had a password has nothing to confirm it with but the session.
  if (!user.passwordHash) return
  await ctx.attempts.take('confirm_password', [user.id])
  if (!(await verifyPassword(user.passwordHash, password))) throw wrongPassword(param)
}

export const viewerOf = (ctx: IdentityContext): Promise<User> =>
  ctx.em.findOneOrFail(User, { id: signedIn(ctx).id }, { refresh: true })
