import { audit } from '../platform/audit.ts'
import { administrator } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import { limitsOf, type UserLimits } from '../plans/plans.ts'
import { findUser, type ManagedUser, type UsersContext } from './users.ts'

/**
 * What a user may do beyond the plan, or short of it; admission obeys at once, in every process.
 * Errors: admin_required, user_not_found, invalid_request.
 */
export async function setUserLimits(
  ctx: UsersContext,
  userId: string,
  { reason, ...limits }: UserLimits & { reason: string },
): Promise<ManagedUser> {
  administrator(ctx)
  if (limits.contextUnlimited && limits.contextTokensMax !== null)
    throw invalidField(
      'contextTokensMax',
      'Give a limit, or say that there is none, not both.',
      '请填写上限或选择不限，二者取一。',
    )
  await findUser(ctx, userId)
  const before = await limitsOf(ctx.em, userId)
  await ctx.sql.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO user_limit (user_id, requests_per_minute, active_tokens_max, context_tokens_max, context_unlimited,
                               updated_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (user_id) DO UPDATE SET requests_per_minute = $2, active_tokens_max = $3, context_tokens_max = $4,
                                           context_unlimited = $5, updated_at = $6`,
      [
        userId,
        limits.requestsPerMinute,
        limits.activeTokensMax,
        limits.contextTokensMax,
        limits.contextUnlimited,
        ctx.now(),
      ],
    )
    await audit(tx, ctx, { action: 'set_user_limits', target: userId, before, after: limits, reason })
  })
  ctx.tokenBook.forgetUser(userId)
  return findUser(ctx, userId)
}
