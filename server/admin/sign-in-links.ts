import { mintPasswordLink } from '../identity/credentials.ts'
import { administrator, type Context } from '../platform/context.ts'
import { DomainError } from '../platform/errors.ts'
import { audit } from '../platform/audit.ts'
import { findUser } from './users.ts'

export interface SignInLink {
  /** Shown to the administrator now and never again. */
  url: string
  expiresAt: Date
}

const LINK_HOURS = 24

/**
 * For somebody who cannot sign in and gets no mail: whoever opens it chooses a new password and is signed in. So it
 * cannot be used unnoticed: the old password no longer works afterwards, and the owner is told where there is mail.
 * Errors: admin_required, user_not_found, user_suspended.
 */
export async function createSignInLinkForUser(ctx: Context, userId: string): Promise<SignInLink> {
  administrator(ctx)
  const user = await findUser(ctx, userId)
  if (user.suspendedAt) throw userSuspended()
  const expiresAt = new Date(ctx.now().getTime() + LINK_HOURS * 3_600_000)
  const url = await ctx.sql.transaction(async (tx) => {
    await audit(tx, ctx, { action: 'create_sign_in_link', target: user.id, detail: { expiresAt } })
    return mintPasswordLink(tx, ctx, user.id, expiresAt)
  })
  return { url, expiresAt }
}

const userSuspended = () =>
  new DomainError(
    'conflict',
    'user_suspended',
    'This account is suspended or deleted: nobody can sign in to it.',
  )
