import { IsUUID, Length } from 'class-validator'
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import { type Context, signedIn } from '../platform/context.ts'
import { offerOf, offerOfVersion } from './offers.ts'
import { readSubscription } from './periods.ts'
import {
  type PlanChangeEffect,
  PlanQuoteType,
  type PlanSubscriptionStatus,
  PlanSubscriptionType,
} from './plan.type.ts'
import { planType } from './plan.view.ts'
import { quoteFor } from './quotes.ts'
import { retryUntil } from './renewals.ts'
import { buyPlan, cancelPlan, changePlan, resumePlan, type SubscriptionsContext } from './subscriptions.ts'

@InputType({ description: 'What to buy.' })
class BuyPlanInput {
  @Field(() => ID, { description: 'The id of one of `plans`, but not Free.' }) @Length(1, 40) planId!: string
  @Field(() => String, { description: 'A UUID of your own: the same call again answers the same.' })
  @IsUUID()
  idempotencyKey!: string
}

@InputType({ description: 'What to change to.' })
class ChangePlanInput extends BuyPlanInput {}

@ObjectType({ description: 'The subscription after the change.' })
class SubscriptionPayload {
  @Field(() => PlanSubscriptionType, { nullable: true, description: 'As it is now; null: Free is in force.' })
  subscription!: PlanSubscriptionType | null
}

@Resolver(() => PlanSubscriptionType)
export class PlanSubscriptionResolver {
  @Query(() => PlanQuoteType, { description: 'What buying or changing to a plan would cost and do now.' })
  async previewPlanChange(
    @Ctx() ctx: SubscriptionsContext,
    @Arg('planId', () => ID, {
      description: 'One of `plans`. Errors: plan_not_found, plan_not_for_sale, plan_unchanged.',
    })
    planId: string,
  ) {
    const { offer, effect, ...quote } = await quoteFor(ctx, planId)
    return { ...quote, plan: planType(offer), effect: effect as PlanChangeEffect }
  }

  @Mutation(() => SubscriptionPayload, {
    description:
      'Pays the first period from the wallet and starts it at once. Errors: plan_not_found, plan_not_for_sale, subscription_running, insufficient_balance.',
  })
  async buyPlan(@Ctx() ctx: SubscriptionsContext, @Arg('input', () => BuyPlanInput) input: BuyPlanInput) {
    await buyPlan(ctx, input)
    return { subscription: await shown(ctx) }
  }

  @Mutation(() => SubscriptionPayload, {
    description:
      'To a dearer plan at once, crediting the unused time; to any other at the end of the period. Errors: plan_not_found, plan_not_for_sale, no_subscription, plan_unchanged, insufficient_balance.',
  })
  async changePlan(
    @Ctx() ctx: SubscriptionsContext,
    @Arg('input', () => ChangePlanInput) input: ChangePlanInput,
  ) {
    await changePlan(ctx, input)
    return { subscription: await shown(ctx) }
  }

  @Mutation(() => SubscriptionPayload, {
    description:
      'Ends the subscription with its period; one that is past due, at once. Error: no_subscription.',
  })
  async cancelPlan(@Ctx() ctx: SubscriptionsContext) {
    await cancelPlan(ctx)
    return { subscription: await shown(ctx) }
  }

  @Mutation(() => SubscriptionPayload, {
    description:
      'Takes back a cancellation or a planned change while the period runs. Error: no_subscription.',
  })
  async resumePlan(@Ctx() ctx: SubscriptionsContext) {
    await resumePlan(ctx)
    return { subscription: await shown(ctx) }
  }
}

@Resolver(() => ViewerType)
export class ViewerSubscriptionResolver {
  @FieldResolver(() => PlanSubscriptionType, {
    nullable: true,
    description: 'The running one, also while past due; null: Free is in force.',
  })
  subscription(@Ctx() ctx: Context) {
    return shown(ctx)
  }
}

const shown = (ctx: Context) => subscriptionOf(ctx, signedIn(ctx).id)

/** A user's subscription as GraphQL shows it; whose it may be is the caller's to check. */
export async function subscriptionOf(ctx: Context, userId: string): Promise<PlanSubscriptionType | null> {
  const running = await readSubscription(ctx.sql, userId)
  if (!running) return null
  const { versionId, planId, nextPlanId, status, ...rest } = running
  const next = running.cancelAtPeriodEnd ? null : await offerOf(ctx.sql, nextPlanId ?? planId)
  return {
    ...rest,
    plan: planType(await offerOfVersion(ctx.sql, versionId)),
    status: status as PlanSubscriptionStatus,
    nextPlan: next && planType(next),
    retryUntil: retryUntil(running),
  }
}
