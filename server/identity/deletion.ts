import type { Sql } from '../platform/sql.ts'
import { lastAdministrator } from './identity.errors.ts'
import { lettersIn } from './letters/letters.ts'
import { endSessions, type IdentityContext } from './sessions.ts'
import { confirmPassword, viewerOf } from './verification.ts'

/**
 * Deletes the viewer's account: name and address go, everything that could act for it ends, and nobody signs in to it
 * again. Charges and entries stay, under a pseudonym: the books must add up.
 * Errors: wrong_password, last_administrator, rate_limit_exceeded.
 */
export async function deleteAccount(ctx: IdentityContext, password: string): Promise<void> {
  const user = await viewerOf(ctx)
  await confirmPassword(ctx, user, password)
  await ctx.sql.transaction(async (tx) => {
    if (user.isAdmin) await refuseLastAdministrator(tx, user.id)
    await ctx.farewell(tx, user.id)
    await pseudonymise(tx, user.id, ctx.now())
    await endSessions(tx, user.id)
    const letter = lettersIn(user.locale).accountDeleted({ site: ctx.settings.values.siteName })
    await ctx.mailer.queue(tx, { kind: 'account_deleted', to: user.email, letter })
  })
  ctx.mailer.wake()
  ctx.sessions.forgetUser(user.id)
  ctx.sessionCookie.clear()
  await ctx.accountChanged(user.id)
}

/** The rows are the lock: of two who are the last, one stays. */
async function refuseLastAdministrator(tx: Sql, userId: string): Promise<void> {
  const administrators = await tx.query<{ id: string }>(
    'SELECT id FROM app_user WHERE is_admin AND suspended_at IS NULL ORDER BY id FOR UPDATE',
  )
  if (!administrators.some(({ id }) => id !== userId)) throw lastAdministrator()
}

async function pseudonymise(tx: Sql, userId: string, now: Date): Promise<void> {
  await tx.query(
    `UPDATE app_user SET email = 'deleted-' || id || '@deleted.invalid', password_hash = NULL, display_name = NULL,
            locale = NULL, is_admin = false, email_verified_at = NULL, suspended_at = $2, deleted_at = $2
     WHERE id = $1`,
    [userId, now],
  )
  for (const table of ['email_code', 'password_link', 'sign_in_link'])
    await tx.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId])
}
