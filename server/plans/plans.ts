import type { EntityManager } from '@mikro-orm/postgresql'
import { PPM_ONE } from '../platform/money.ts'
import { Plan } from './plan.entity.ts'
import { PlanVersion } from './plan-version.entity.ts'
import { Subscription } from './subscription.entity.ts'

/**
 * What a user may do, and at what discount: the terms of the running subscription, else of Free. The
 * folder is named for what is bought, because in a GraphQL server "subscription" is taken.
 */
export interface PlanTerms {
  planId: string
  planName: string
  requestsPerMinute: number
  /** Longest prompt in LLM tokens; null for no limit. */
  contextTokensMax: number | null
  activeTokensMax: number
  /** What the user pays of a model's price, in parts per million. */
  discountPpm(modelId: string): bigint
  /** End of the paid period; null without one. */
  validUntil: Date | null
}

export const FREE = 'free'

/** The terms in force at `now`, with what an operator allowed this user beyond them. A subscription past its period gives nothing any more. */
export async function termsOf(em: EntityManager, userId: string, now: Date): Promise<PlanTerms> {
  const running = await em.findOne(
    Subscription,
    { userId, status: 'active', periodStart: { $lte: now }, periodEnd: { $gt: now } },
    { disableIdentityMap: true },
  )
  const version = running
    ? await em.findOneOrFail(PlanVersion, { id: running.planVersionId }, { disableIdentityMap: true })
    : await currentVersion(em, FREE)
  const plan = await em.findOneOrFail(Plan, { id: version.planId }, { disableIdentityMap: true })
  const own = await limitsOf(em, userId)
  return {
    planId: plan.id,
    planName: plan.name,
    requestsPerMinute: own.requestsPerMinute ?? version.requestsPerMinute,
    contextTokensMax: own.contextUnlimited
      ? null
      : (own.contextTokensMax ?? version.contextTokensMax ?? null),
    activeTokensMax: own.activeTokensMax ?? version.activeTokensMax,
    discountPpm: discountOf(version),
    validUntil: running?.periodEnd ?? null,
  }
}

/** Where an operator departs from the plan for one user; null: as the plan says. */
export interface UserLimits {
  requestsPerMinute: number | null
  activeTokensMax: number | null
  contextTokensMax: number | null
  /** No limit at all, whatever the plan says. */
  contextUnlimited: boolean
}

export const AS_THE_PLAN_SAYS: UserLimits = {
  requestsPerMinute: null,
  activeTokensMax: null,
  contextTokensMax: null,
  contextUnlimited: false,
}

export async function limitsOf(em: EntityManager, userId: string): Promise<UserLimits> {
  const [own] = await em.execute<UserLimits[]>(
    `SELECT requests_per_minute AS "requestsPerMinute", active_tokens_max AS "activeTokensMax",
            context_tokens_max AS "contextTokensMax", context_unlimited AS "contextUnlimited"
     FROM user_limit WHERE user_id = ?`,
    [userId],
  )
  return own ?? AS_THE_PLAN_SAYS
}

/** The version that a purchase now would get. */
export function currentVersion(em: EntityManager, planId: string): Promise<PlanVersion> {
  return em.findOneOrFail(
    PlanVersion,
    { planId },
    { orderBy: { createdAt: 'desc', id: 'desc' }, disableIdentityMap: true },
  )
}

function discountOf(version: PlanVersion) {
  const all = version.discountPpm ?? PPM_ONE
  const byModel = version.modelDiscountPpm
  return (modelId: string) => (byModel[modelId] === undefined ? all : BigInt(byModel[modelId]))
}
