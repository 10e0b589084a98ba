import { IsUUID, Length, Max, Min } from 'class-validator'
import {
  Arg,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  registerEnumType,
  Resolver,
} from 'type-graphql'
import type { ApiToken } from '../tokens/token.entity.ts'
import { ApiTokenType } from '../tokens/token.type.ts'
import { endUserSessions, stopApiToken, type TokenDeed } from './user.access.ts'
import { setUserLimits } from './user.limits.ts'
import { endUserPlan, giveUserPlan } from './user.plan.ts'
import { ManagedUserPayload } from './user.type.ts'
import type { UsersContext } from './users.ts'

enum ApiTokenDeed {
  PAUSE = 'pause',
  RESUME = 'resume',
  REVOKE = 'revoke',
}
registerEnumType(ApiTokenDeed, {
  name: 'ApiTokenDeed',
  description: 'What to do to an API token.',
  valuesConfig: {
    PAUSE: { description: 'It answers 401 until it is resumed; its owner may resume it too.' },
    RESUME: { description: 'A paused one works again.' },
    REVOKE: { description: 'It ends for good.' },
  },
})

const MILLION = 1_000_000

@InputType()
class UserDeedInput {
  @Field(() => ID, { description: 'Of the account. Error: user_not_found.' }) userId!: string
  @Field(() => String, { description: '3 to 200 characters, kept in the audit.' })
  @Length(3, 200)
  reason!: string
}

@InputType({ description: 'All of them at once; null: as the plan says.' })
class SetUserLimitsInput extends UserDeedInput {
  @Field(() => Int, { nullable: true, description: 'For each API token.' })
  @Min(1)
  @Max(MILLION)
  requestsPerMinute?: number | null
  @Field(() => Int, {
    nullable: true,
    description: 'API tokens at a time, 1 to 10,000; those that are there stay.',
  })
  @Min(1)
  @Max(10_000)
  activeTokensMax?: number | null
  @Field(() => Int, { nullable: true, description: 'Longest prompt in LLM tokens.' })
  @Min(1)
  @Max(100 * MILLION)
  contextTokensMax?: number | null
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'True: no limit of the prompt, whatever else is said.',
  })
  contextUnlimited!: boolean
}

@InputType({ description: 'Who is signed out, and why.' })
class EndUserSessionsInput extends UserDeedInput {}

@InputType()
class KeyedUserDeedInput extends UserDeedInput {
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'True: the unused part of what the wallet paid for the running period goes back to it.',
  })
  creditUnused!: boolean
  @Field(() => String, {
    description: 'A UUID of your own: the same call again answers the same and changes nothing.',
  })
  @IsUUID()
  idempotencyKey!: string
}

@InputType({ description: 'Who gets which plan, and why.' })
class GiveUserPlanInput extends KeyedUserDeedInput {
  @Field(() => ID, { description: 'One of `plans`. Errors: plan_not_found, plan_not_for_sale.' })
  @Length(1, 40)
  planId!: string
}

@InputType({ description: 'Whose subscription ends, when and why.' })
class EndUserPlanInput extends KeyedUserDeedInput {
  @Field(() => Boolean, { description: 'True: at once, and Free is in force; false: with its period.' })
  now!: boolean
}

@InputType({ description: 'Which API token, what to do and why.' })
class StopApiTokenInput {
  @Field(() => ID, { description: "Anybody's. Errors: api_token_not_found, api_token_revoked." })
  apiTokenId!: string
  @Field(() => ApiTokenDeed, { description: 'Holds from the next request on.' }) deed!: TokenDeed
  @Field(() => String, { description: '3 to 200 characters, kept in the audit.' })
  @Length(3, 200)
  reason!: string
}

@ObjectType({ description: 'The API token after the change.' })
class StopApiTokenPayload {
  @Field(() => ApiTokenType, { description: 'As it is now.' }) apiToken!: ApiToken
}

@Resolver()
export class UserDeedsResolver {
  @Mutation(() => ManagedUserPayload, {
    description:
      'For administrators: limits beyond the plan, or short of it, from the next request on. Error: user_not_found.',
  })
  async setUserLimits(
    @Ctx() ctx: UsersContext,
    @Arg('input', () => SetUserLimitsInput)
    { userId, reason, contextUnlimited, ...given }: SetUserLimitsInput,
  ) {
    const { requestsPerMinute = null, activeTokensMax = null, contextTokensMax = null } = given
    const limits = { requestsPerMinute, activeTokensMax, contextTokensMax, contextUnlimited }
    return { user: await setUserLimits(ctx, userId, { ...limits, reason }) }
  }

  @Mutation(() => ManagedUserPayload, {
    description: 'For administrators: signs a user out everywhere, at once. Error: user_not_found.',
  })
  async endUserSessions(
    @Ctx() ctx: UsersContext,
    @Arg('input', () => EndUserSessionsInput) { userId, reason }: EndUserSessionsInput,
  ) {
    return { user: await endUserSessions(ctx, userId, reason) }
  }

  @Mutation(() => ManagedUserPayload, {
    description:
      'For administrators: one period of a plan for nothing; what ran before ends. Errors: user_not_found, plan_not_found, plan_not_for_sale.',
  })
  async giveUserPlan(
    @Ctx() ctx: UsersContext,
    @Arg('input', () => GiveUserPlanInput) input: GiveUserPlanInput,
  ) {
    return { user: await giveUserPlan(ctx, input) }
  }

  @Mutation(() => ManagedUserPayload, {
    description:
      'For administrators: ends a subscription now, or with its period. Errors: user_not_found, no_subscription.',
  })
  async endUserPlan(@Ctx() ctx: UsersContext, @Arg('input', () => EndUserPlanInput) input: EndUserPlanInput) {
    return { user: await endUserPlan(ctx, input) }
  }

  @Mutation(() => StopApiTokenPayload, {
    description:
      "For administrators: pauses, resumes or revokes anybody's API token. Errors: api_token_not_found, api_token_revoked.",
  })
  async stopApiToken(
    @Ctx() ctx: UsersContext,
    @Arg('input', () => StopApiTokenInput) { apiTokenId, deed, reason }: StopApiTokenInput,
  ) {
    return { apiToken: await stopApiToken(ctx, apiTokenId, { deed, reason }) }
  }
}
