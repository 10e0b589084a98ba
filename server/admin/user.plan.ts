import { audit } from '../platform/audit.ts'
import { administrator } from '../platform/context.ts'
import { once } from '../platform/idempotency.ts'
import type { Sql } from '../platform/sql.ts'
import { noSubscription } from '../plans/plan.errors.ts'
import { endPlan, endPlanWithPeriod, giftPlan, planChanged } from '../plans/subscriptions.ts'
import { findUser, type ManagedUser, type UsersContext } from './users.ts'

export interface GivenPlan {
  userId: string
  planId: string
  /** Whether the unused part of what the wallet paid for the plan before goes back to it. */
  creditUnused: boolean
  reason: string
  idempotencyKey: string
}

/**
 * One period for nothing, from now on; what ran before ends.
 * Errors: admin_required, user_not_found, plan_not_found, plan_not_for_sale; those of `once`.
 */
export function giveUserPlan(ctx: UsersContext, given: GivenPlan): Promise<ManagedUser> {
  const { userId, planId, creditUnused, reason } = given
  return changed(ctx, 'giveUserPlan', given, async (tx) => {
    const before = await endPlan(ctx, tx, { userId, creditUnused })
    await giftPlan(ctx, tx, { userId, planId })
    const detail = before === undefined ? {} : { creditUnused }
    const plans = { before: { plan: before ?? null }, after: { plan: planId } }
    await audit(tx, ctx, { action: 'give_user_plan', target: userId, ...plans, detail, reason })
  })
}

export interface EndedPlan extends Omit<GivenPlan, 'planId'> {
  /** Otherwise with its period. */
  now: boolean
}

/** Errors: admin_required, user_not_found, no_subscription; those of `once`. */
export function endUserPlan(ctx: UsersContext, ended: EndedPlan): Promise<ManagedUser> {
  const { userId, now, creditUnused, reason } = ended
  return changed(ctx, 'endUserPlan', ended, async (tx) => {
    const plan = now ? await endPlan(ctx, tx, { userId, creditUnused }) : await endPlanWithPeriod(tx, userId)
    if (plan === undefined) throw noSubscription()
    const detail = { plan, when: now ? 'now' : 'period end', ...(now && { creditUnused }) }
    await audit(tx, ctx, { action: 'end_user_plan', target: userId, detail, reason })
  })
}

async function changed(
  ctx: UsersContext,
  operation: string,
  { idempotencyKey, ...asked }: { userId: string; idempotencyKey: string },
  work: (tx: Sql) => Promise<void>,
): Promise<ManagedUser> {
  const { id: adminId } = administrator(ctx)
  await findUser(ctx, asked.userId)
  const call = { userId: adminId, key: idempotencyKey, operation, arguments: asked, now: ctx.now() }
  const { repeated } = await once(ctx.sql, call, async (tx) => {
    await work(tx)
    return {}
  })
  if (!repeated) await planChanged(ctx, asked.userId)
  return findUser(ctx, asked.userId)
}
