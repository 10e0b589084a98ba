import { ArrayMaxSize, Length, Matches, Max, Min, ValidateNested } from 'class-validator'
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { PageArgs } from '../platform/page.ts'
import { Money } from '../platform/scalars.ts'
import { createPlan, createPlanVersion, listPlans, type Terms, updatePlan } from './offers.ts'
import { subscribersLoader } from './plan.loaders.ts'
import { PlanConnection, PlanType } from './plan.type.ts'
import { planConnection, planType } from './plan.view.ts'

type OffersContext = Context & { modelExists(id: string): boolean }

const MILLION = 1_000_000
const LIST_MAX = 200

@InputType({ description: 'A model with a share of its own.' })
class ModelDiscountInput {
  @Field(() => ID, { description: "The model's id in the catalogue." }) @Length(1, 100) modelId!: string
  @Field(() => Int, {
    description: 'Share of the list price that is paid: 800000 for 80 %, at most 1,000,000.',
  })
  @Min(0)
  @Max(MILLION)
  discountPpm!: number
}

@InputType({ description: 'What a purchase gets and costs.' })
class PlanTermsInput implements Terms {
  @Field(() => Money, { description: 'For one period, from the wallet.' }) price!: bigint
  @Field(() => Money, { description: 'What requests of one period may use; ends with it.' }) quota!: bigint
  @Field(() => Int, { defaultValue: 1, description: 'Length of a period in calendar months.' })
  @Min(1)
  @Max(36)
  months!: number
  @Field(() => Int, { description: 'Requests a minute, for each API token; 1 to 1,000,000.' })
  @Min(1)
  @Max(MILLION)
  requestsPerMinute!: number
  @Field(() => Int, {
    nullable: true,
    defaultValue: null,
    description: 'Longest prompt in LLM tokens; null for no limit.',
  })
  @Min(1)
  @Max(100 * MILLION)
  contextTokensMax!: number | null
  @Field(() => Int, { description: 'API tokens a user may have at a time, 1 to 10,000.' })
  @Min(1)
  @Max(10_000)
  activeTokensMax!: number
  @Field(() => Int, { defaultValue: MILLION, description: 'Share of the list price that is paid.' })
  @Min(0)
  @Max(MILLION)
  discountPpm!: number
  @Field(() => [ModelDiscountInput], {
    defaultValue: [],
    description: 'At most 200; replaces those of the version before.',
  })
  @ArrayMaxSize(LIST_MAX)
  @ValidateNested({ each: true })
  modelDiscounts!: ModelDiscountInput[]
}

@InputType({ description: 'A new plan with its first terms.' })
class CreatePlanInput {
  @Field(() => ID, { description: 'Lower-case letters, digits and hyphens.' })
  @Matches(/^[a-z][a-z0-9-]{0,39}$/)
  id!: string
  @Field(() => String, { description: 'As the shop shows it, 1 to 60 characters.' })
  @Length(1, 60)
  name!: string
  @Field(() => Int, { nullable: true, description: 'Lower is shown first; absent: last.' })
  @Min(0)
  @Max(MILLION)
  position?: number
  @Field(() => PlanTermsInput, { description: 'Of its first version.' })
  @ValidateNested()
  terms!: PlanTermsInput
}

@InputType({ description: 'Which plan gets which terms.' })
class CreatePlanVersionInput {
  @Field(() => ID, { description: 'Of the plan. Error: plan_not_found.' }) @Length(1, 40) planId!: string
  @Field(() => PlanTermsInput, { description: 'All of them; nothing is taken over from the version before.' })
  @ValidateNested()
  terms!: PlanTermsInput
}

@InputType({ description: 'Absent fields stay as they are.' })
class UpdatePlanInput {
  @Field(() => ID, { description: 'Of the plan. Error: plan_not_found.' }) @Length(1, 40) planId!: string
  @Field(() => String, { nullable: true, description: 'As the shop shows it, 1 to 60 characters.' })
  @Length(1, 60)
  name?: string
  @Field(() => Boolean, { nullable: true, description: 'False withdraws it; who has it keeps it.' })
  visible?: boolean
  @Field(() => Int, { nullable: true, description: 'Lower is shown first.' })
  @Min(0)
  @Max(MILLION)
  position?: number
}

@ObjectType({ description: 'The plan after the change.' })
class PlanPayload {
  @Field(() => PlanType, { description: 'With the terms that a purchase gets now.' }) plan!: PlanType
}

@Resolver(() => PlanType)
export class PlanResolver {
  @Query(() => PlanConnection, { description: "What can be bought, in the shop's order. Needs no sign-in." })
  async plans(@Ctx() ctx: Context, @Args(() => PageArgs) page: PageArgs) {
    return planConnection(await listPlans(ctx, page))
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'For administrators: running periods of any version; null for others.',
  })
  subscribers(@Root() { id }: PlanType, @Ctx() ctx: Context) {
    return ctx.viewer?.isAdmin ? subscribersLoader(ctx).load(id) : null
  }

  @Mutation(() => PlanPayload, {
    description: 'For administrators: a new plan, offered at once. Error: plan_exists.',
  })
  async createPlan(@Ctx() ctx: OffersContext, @Arg('input', () => CreatePlanInput) input: CreatePlanInput) {
    return { plan: planType(await createPlan(ctx, input)) }
  }

  @Mutation(() => PlanPayload, {
    description:
      'For administrators: new terms for purchases and renewals from now on; running periods keep theirs.',
  })
  async createPlanVersion(
    @Ctx() ctx: OffersContext,
    @Arg('input', () => CreatePlanVersionInput) { planId, terms }: CreatePlanVersionInput,
  ) {
    return { plan: planType(await createPlanVersion(ctx, planId, terms)) }
  }

  @Mutation(() => PlanPayload, {
    description:
      'For administrators: its name, its place in the shop, and whether it is sold. Error: plan_not_found.',
  })
  async updatePlan(
    @Ctx() ctx: Context,
    @Arg('input', () => UpdatePlanInput) { planId, ...changes }: UpdatePlanInput,
  ) {
    return { plan: planType(await updatePlan(ctx, planId, changes)) }
  }
}
