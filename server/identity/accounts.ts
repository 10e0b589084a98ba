import { createHash, randomBytes } from 'node:crypto'
import { invalidField } from '../platform/errors.ts'
import { isTimeZone } from '../platform/calendar.ts'
import { administrator, signedIn } from '../platform/context.ts'
import { newId } from '../platform/ids.ts'
import { isUniqueViolation, type Sql, type SqlPool } from '../platform/sql.ts'
import { sendCode } from './email-codes.ts'
import { credentialsChosen, emailTaken, signInLinkInvalid, wrongCredentials } from './identity.errors.ts'
import { checkPassword, hashPassword, verifyPassword } from './password.ts'
import type { IdentityContext } from './sessions.ts'
import { User } from './user.entity.ts'

export interface SignUp {
  email: string
  password: string
  displayName?: string
  locale?: string
  timeZone?: string
  /** Somebody's invitation code. */
  inviteCode?: string
}

/** Of the sandbox's demo user, who is no customer. */
export const DEMO_EMAIL = 'demo@pingtoken.local'
const LOCALES = ['en', 'zh-CN']
const LINK_LIFE_MS = 24 * 3_600_000

/** Makes the account, signs it in and, where there is mail, sends a code to its address. Errors: email_taken, self_invitation, invalid_request, rate_limit_exceeded. */
export async function signUp(ctx: IdentityContext, input: SignUp): Promise<User> {
  await ctx.attempts.take('sign_up', [ctx.client.ip])
  checkPassword(input.password, input.email)
  const passwordHash = await hashPassword(input.password)
  const id = await ctx.sql.transaction(async (tx) => {
    const userId = await insertUser(tx, {
      ...checkProfile(input),
      email: input.email,
      passwordHash,
      now: ctx.now(),
    })
    await ctx.welcome(tx, userId, { inviteCode: input.inviteCode, ip: ctx.client.ip })
    if (ctx.mailer.enabled) {
      const { email, locale = null } = input
      await sendCode(tx, ctx, { userId, purpose: 'verify', email, locale })
    }
    return userId
  })
  ctx.mailer.wake()
  return beginSession(ctx, id)
}

/** Errors: wrong_credentials, rate_limit_exceeded. */
export async function signIn(ctx: IdentityContext, email: string, password: string): Promise<User> {
  // The address first: one that has used up its own attempts takes none of the account's.
  await ctx.attempts.take('sign_in', [ctx.client.ip])
  await ctx.attempts.take('sign_in_account', [email.trim().toLowerCase()])
  const user = await ctx.em.findOne(User, { emailKey: email.trim().toLowerCase() })
  const matches = await verifyPassword(user?.passwordHash, password)
  if (!user || !matches || user.suspendedAt) throw wrongCredentials()
  return beginSession(ctx, user.id)
}

export async function signOut(ctx: IdentityContext): Promise<void> {
  if (ctx.viewer) await ctx.sessions.close(ctx.viewer.sessionId)
  ctx.sessionCookie.clear()
}

/** Uses a link made by `createSignInLink`, once. Errors: sign_in_link_invalid, rate_limit_exceeded. */
export async function redeemSignInLink(ctx: IdentityContext, token: string): Promise<User> {
  await ctx.attempts.take('sign_in_link', [ctx.client.ip])
  const [link] = await ctx.sql.query<{ user_id: string }>(
    'DELETE FROM sign_in_link WHERE secret_hash = $1 AND expires_at > $2 RETURNING user_id',
    [sha256(token), ctx.now()],
  )
  if (!link) throw signInLinkInvalid()
  return beginSession(ctx, link.user_id)
}

export type Credentials = Pick<SignUp, 'email' | 'password' | 'locale' | 'timeZone'>

/**
 * The first administrator's address and password, chosen after the one-time link; once only. Where there is mail, a
 * code goes to the address. Errors: credentials_chosen, email_taken, invalid_request.
 */
export async function chooseCredentials(ctx: IdentityContext, input: Credentials): Promise<User> {
  const { id: userId } = administrator(ctx)
  const { email, password } = input
  const { locale, timeZone } = checkProfile(input)
  checkPassword(password, email)
  const passwordHash = await hashPassword(password)
  await ctx.sql.transaction(async (tx) => {
    const [chosen] = await setCredentials(tx)
    if (!chosen) throw credentialsChosen()
    if (ctx.mailer.enabled)
      await sendCode(tx, ctx, { userId, purpose: 'verify', email, locale: locale ?? null })
  })
  ctx.mailer.wake()
  return ctx.em.findOneOrFail(User, { id: userId }, { refresh: true })

  async function setCredentials(tx: Sql) {
    try {
      return await tx.query(
        `UPDATE app_user SET email = $2, password_hash = $3, locale = coalesce($4, locale),
                time_zone = coalesce($5, time_zone)
         WHERE id = $1 AND password_hash IS NULL RETURNING 1`,
        [userId, email, passwordHash, locale, timeZone],
      )
    } catch (error) {
      throw isUniqueViolation(error) ? emailTaken() : error
    }
  }
}

/** Errors: invalid_request. */
export async function updateProfile(
  ctx: IdentityContext,
  profile: { displayName?: string | null; locale?: string; timeZone?: string },
): Promise<User> {
  const user = await ctx.em.findOneOrFail(User, { id: signedIn(ctx).id })
  const checked = checkProfile(profile)
  if (checked.timeZone !== undefined && checked.timeZone !== user.timeZone)
    // Spend caps keep to the old zone until its period ends.
    Object.assign(user, { previousTimeZone: user.timeZone, timeZoneChangedAt: ctx.now() })
  for (const [key, value] of Object.entries(checked))
    if (value !== undefined) Object.assign(user, { [key]: value })
  await ctx.em.flush()
  return user
}

/**
 * A secret that signs this user in once, within a day; earlier ones of the user end. For the start
 * output of a server nobody has a password for yet.
 */
export async function createSignInLink(sql: SqlPool, userId: string, now: Date): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  await sql.transaction(async (tx) => {
    await tx.query('DELETE FROM sign_in_link WHERE user_id = $1', [userId])
    await tx.query('INSERT INTO sign_in_link (secret_hash, user_id, expires_at) VALUES ($1, $2, $3)', [
      sha256(secret),
      userId,
      new Date(now.getTime() + LINK_LIFE_MS),
    ])
  })
  return secret
}

export interface NewUser {
  email: string
  passwordHash: string | null
  displayName?: string | null
  locale?: string
  timeZone?: string
  isAdmin?: boolean
  /** For accounts nobody reads mail for. */
  emailVerifiedAt?: Date
  now: Date
}

/** Errors: email_taken. */
export async function insertUser(tx: Sql, user: NewUser): Promise<string> {
  const id = newId()
  const zone = user.timeZone ?? 'Asia/Shanghai'
  const values = [
    id,
    user.email,
    user.passwordHash,
    user.displayName,
    user.locale,
    zone,
    user.isAdmin ?? false,
    user.now,
    user.emailVerifiedAt,
  ]
  try {
    await tx.query(
      `INSERT INTO app_user (id, email, password_hash, display_name, locale, time_zone, is_admin, created_at,
                             email_verified_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values,
    )
  } catch (error) {
    if (isUniqueViolation(error)) throw emailTaken()
    throw error
  }
  return id
}

/** Opens a session in this browser and sets its cookie. */
export async function beginSession(ctx: IdentityContext, userId: string): Promise<User> {
  // A new session at each sign-in, and the old one of this browser ends: nobody can plant one beforehand.
  if (ctx.viewer) await ctx.sessions.close(ctx.viewer.sessionId)
  const cookie = await ctx.sessions.open(userId, ctx.client)
  ctx.viewer = await ctx.sessions.viewerOf(cookie)
  ctx.sessionCookie.set(cookie)
  return ctx.em.findOneOrFail(User, { id: userId }, { refresh: true })
}

function checkProfile<P extends { displayName?: string | null; locale?: string; timeZone?: string }>(
  profile: P,
) {
  const { displayName, locale, timeZone } = profile
  if (locale !== undefined && locale !== null && !LOCALES.includes(locale))
    throw invalidField(
      'locale',
      `The language must be one of ${LOCALES.join(', ')}.`,
      `语言须为 ${LOCALES.join('、')} 之一。`,
    )
  if (timeZone !== undefined && timeZone !== null && !isTimeZone(timeZone))
    throw invalidField(
      'timeZone',
      'The time zone must be an IANA name such as Asia/Shanghai.',
      '时区须为 IANA 名称，例如 Asia/Shanghai。',
    )
  return {
    displayName: displayName === undefined ? undefined : displayName?.trim() || null,
    locale: locale ?? undefined,
    timeZone: timeZone ?? undefined,
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
