import { defineEntity, p } from '@mikro-orm/core'

export type SubscriptionStatus = 'active' | 'past_due' | 'ended'

/** One user's running purchase of a plan. Periods are half-open: [periodStart, periodEnd). */
export const SubscriptionSchema = defineEntity({
  name: 'Subscription',
  tableName: 'plan_subscription',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    planVersionId: p.uuid(),
    status: p.text().$type<SubscriptionStatus>(),
    /** The instant whose local day every period keeps: Jan 31 → Feb 28 → Mar 31. */
    anchor: p.datetime(),
    timeZone: p.text(),
    /** Calendar months from the anchor to the end of the running period. */
    monthsElapsed: p.integer().default(1),
    periodStart: p.datetime(),
    periodEnd: p.datetime(),
    cancelAtPeriodEnd: p.boolean().default(false),
    nextPlanId: p.text().nullable(),
    createdAt: p.datetime(),
    endedAt: p.datetime().nullable(),
  },
})

export class Subscription extends SubscriptionSchema.class {}
SubscriptionSchema.setClass(Subscription)
