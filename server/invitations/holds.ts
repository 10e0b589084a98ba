import { audit } from '../platform/audit.ts'
import { administrator } from '../platform/context.ts'
import { isId } from '../platform/ids.ts'
import { invitationNotFound, invitationNotHeld, invitationNotPending } from './invitation.errors.ts'
import { INVITATION, type Invitation, type InvitationsContext } from './invitations.ts'

/** Which invitation, and the administrator's own words. */
export interface Decision {
  id: string
  reason: string
}

/**
 * A reward that is not paid yet waits until it is released, whatever the guest does; the inviter sees that it is held, the
 * reason stays with the operators. Errors: admin_required, invitation_not_found, invitation_not_pending.
 */
export const holdInvitation = (ctx: InvitationsContext, decision: Decision) =>
  decide(ctx, decision, {
    action: 'hold_invitation',
    held: { at: ctx.now(), because: decision.reason },
    refusal: invitationNotPending,
  })

/** What is due by now is paid at once. Errors: admin_required, invitation_not_found, invitation_not_held. */
export async function releaseInvitation(ctx: InvitationsContext, decision: Decision): Promise<Invitation> {
  const released = await decide(ctx, decision, {
    action: 'release_invitation',
    held: { at: null, because: null },
    refusal: invitationNotHeld,
  })
  ctx.rewards.consider([released.inviteeId])
  await ctx.rewards.settled()
  return (await find(ctx, released.id))!
}

interface Step {
  action: string
  held: { at: Date | null; because: string | null }
  refusal: () => Error
}

/** One statement decides: a reward that is being paid meanwhile is paid or held, never both. */
async function decide(
  ctx: InvitationsContext,
  { id, reason }: Decision,
  { action, held, refusal }: Step,
): Promise<Invitation> {
  administrator(ctx)
  if (!isId(id) || !(await find(ctx, id))) throw invitationNotFound()
  await ctx.sql.transaction(async (tx) => {
    const [changed] = await tx.query(
      `UPDATE invitation SET held_at = $2, held_because = $3
       WHERE id = $1 AND rewarded_at IS NULL AND refused IS NULL
         AND (held_at IS NULL) = ($2::timestamptz IS NOT NULL) RETURNING id`,
      [id, held.at, held.because],
    )
    if (!changed) throw refusal()
    await audit(tx, ctx, { action, target: id, reason })
  })
  return (await find(ctx, id))!
}

const find = async ({ sql }: InvitationsContext, id: string) =>
  (await sql.query<Invitation>(`${INVITATION} WHERE i.id = $1`, [id]))[0]
