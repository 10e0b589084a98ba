import { ArrayMaxSize, Length, Max, MaxLength, Min } from 'class-validator'
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import { PageArgs } from '../platform/page.ts'
import { Money } from '../platform/scalars.ts'
import type { ApiToken } from './token.entity.ts'
import { ApiTokenConnection, ApiTokenStatusType, ApiTokenType } from './token.type.ts'
import {
  type CreatedApiToken,
  createApiToken,
  findOwn,
  listApiTokens,
  revokeApiToken,
  rotateApiToken,
  statusOf,
  type TokensContext,
  updateApiToken,
} from './tokens.ts'

const LIST_MAX = 100

@InputType({ description: 'A new API token. What is absent is not limited beyond the plan.' })
class CreateApiTokenInput {
  @Field(() => String, {
    description: '1 to 60 characters; `api_token_name_taken` when another of yours has it.',
  })
  @Length(1, 60)
  name!: string
  @Field(() => String, { nullable: true, description: 'For yourself, at most 500 characters.' })
  @MaxLength(500)
  note?: string | null
  @Field(() => Date, { nullable: true, description: 'In the future; null or absent: it does not expire.' })
  expiresAt?: Date | null
  @Field(() => [String], { nullable: true, description: 'Empty or absent: every model.' })
  @ArrayMaxSize(LIST_MAX)
  models?: string[]
  @Field(() => Int, { nullable: true, description: "At most the plan's own limit counts." })
  @Min(1)
  @Max(1_000_000)
  requestsPerMinute?: number | null
  @Field(() => Int, {
    nullable: true,
    description: 'LLM tokens a minute, counted at admission; null: no limit.',
  })
  @Min(1)
  @Max(1_000_000_000)
  tokensPerMinute?: number | null
  @Field(() => Int, { nullable: true, description: 'Requests at a time; null: no limit.' })
  @Min(1)
  @Max(10_000)
  concurrency?: number | null
  @Field(() => Money, { nullable: true, description: 'Most it may spend in a calendar day; null: no cap.' })
  capDay?: bigint | null
  @Field(() => Money, { nullable: true, description: 'In a week, from Monday.' }) capWeek?: bigint | null
  @Field(() => Money, { nullable: true, description: 'In a calendar month.' }) capMonth?: bigint | null
  @Field(() => [String], { nullable: true, description: 'Addresses and CIDR ranges.' })
  @ArrayMaxSize(LIST_MAX)
  ipAllowList?: string[]
}

@InputType({ description: 'Absent fields stay as they are; null removes a limit.' })
class UpdateApiTokenInput {
  @Field(() => ID, { description: 'Which API token; one that was revoked cannot be changed.' }) id!: string
  @Field(() => String, { nullable: true, description: '1 to 60 characters.' }) @Length(1, 60) name?: string
  @Field(() => String, { nullable: true, description: 'At most 500 characters; null removes it.' })
  @MaxLength(500)
  note?: string | null
  @Field(() => Date, { nullable: true, description: 'In the future; null: it does not expire.' })
  expiresAt?: Date | null
  @Field(() => [String], { nullable: true, description: 'Replaces the whole list; empty: every model.' })
  @ArrayMaxSize(LIST_MAX)
  models?: string[]
  @Field(() => Int, {
    nullable: true,
    description: "Its own limit; null leaves the plan's, which holds in any case.",
  })
  @Min(1)
  @Max(1_000_000)
  requestsPerMinute?: number | null
  @Field(() => [String], {
    nullable: true,
    description: 'Addresses and CIDR ranges; replaces the whole list; empty: from anywhere.',
  })
  @ArrayMaxSize(LIST_MAX)
  ipAllowList?: string[]
  @Field(() => Int, {
    nullable: true,
    description: 'LLM tokens a minute, counted at admission; null: no limit.',
  })
  @Min(1)
  @Max(1_000_000_000)
  tokensPerMinute?: number | null
  @Field(() => Int, { nullable: true, description: 'Requests at a time; null: no limit.' })
  @Min(1)
  @Max(10_000)
  concurrency?: number | null
  @Field(() => Money, { nullable: true, description: 'Most it may spend in a calendar day; null: no cap.' })
  capDay?: bigint | null
  @Field(() => Money, { nullable: true, description: 'In a week, from Monday.' }) capWeek?: bigint | null
  @Field(() => Money, { nullable: true, description: 'In a calendar month.' }) capMonth?: bigint | null
  @Field(() => Boolean, { nullable: true, description: 'A paused token answers 401 until it is resumed.' })
  paused?: boolean
}

@InputType({ description: 'Which API token gets a new secret, and how long the old one lasts.' })
class RotateApiTokenInput {
  @Field(() => ID, { description: 'Of the API token, which keeps its id, limits and history.' }) id!: string
  @Field(() => Int, {
    defaultValue: 24,
    description: 'How long the old secret still works; 0: not any more.',
  })
  @Min(0)
  @Max(168)
  graceHours!: number
}

@InputType({ description: 'Which API token ends.' })
class RevokeApiTokenInput {
  @Field(() => ID, { description: 'Revoking it twice is not an error.' }) id!: string
}

@ObjectType({ description: 'The API token and its new secret.' })
class CreateApiTokenPayload implements CreatedApiToken {
  @Field(() => ApiTokenType, { description: 'As it is stored, without the secret.' }) apiToken!: ApiToken
  @Field(() => String, { description: 'The full secret. It is not stored and cannot be shown again.' })
  secret!: string
}

@ObjectType({ description: 'The API token that was changed.' })
class UpdateApiTokenPayload {
  @Field(() => ApiTokenType, { description: 'As it is now.' }) apiToken!: ApiToken
}

@ObjectType({ description: 'The API token that ended.' })
class RevokeApiTokenPayload {
  @Field(() => ApiTokenType, { description: 'As it is now; it stays in lists and reports.' })
  apiToken!: ApiToken
}

@ArgsType()
class ApiTokensArgs extends PageArgs {
  @Field(() => ApiTokenStatusType, {
    nullable: true,
    description: 'Only those in this state; null: all, revoked ones too.',
  })
  status?: ApiTokenStatusType
  @Field(() => String, {
    nullable: true,
    description: 'Part of the name, the note, or the visible characters of the secret.',
  })
  @MaxLength(60)
  search?: string
}

@Resolver(() => ApiTokenType)
export class ApiTokenResolver {
  @FieldResolver(() => ApiTokenStatusType, {
    description:
      'As it is at this moment; follows from `revokedAt`, `expiresAt` and `pausedAt`, in this order.',
  })
  status(@Root() token: ApiToken, @Ctx() ctx: TokensContext) {
    return statusOf(token, ctx.now())
  }

  @Mutation(() => CreateApiTokenPayload, {
    description: 'Makes an API token; its secret is shown this once.',
  })
  createApiToken(
    @Ctx() ctx: TokensContext,
    @Arg('input', () => CreateApiTokenInput) input: CreateApiTokenInput,
  ) {
    return createApiToken(ctx, input)
  }

  @Mutation(() => UpdateApiTokenPayload, {
    description:
      'Changes an API token, from its next request on. Errors: api_token_not_found, api_token_revoked, api_token_name_taken, invalid_request.',
  })
  async updateApiToken(
    @Ctx() ctx: TokensContext,
    @Arg('input', () => UpdateApiTokenInput) { id, ...settings }: UpdateApiTokenInput,
  ) {
    return { apiToken: await updateApiToken(ctx, id, settings) }
  }

  @Mutation(() => CreateApiTokenPayload, {
    description: 'A new secret for the same API token; the old one works for a while.',
  })
  rotateApiToken(
    @Ctx() ctx: TokensContext,
    @Arg('input', () => RotateApiTokenInput) { id, graceHours }: RotateApiTokenInput,
  ) {
    return rotateApiToken(ctx, id, graceHours)
  }

  @Mutation(() => RevokeApiTokenPayload, { description: 'For good, and at once.' })
  async revokeApiToken(
    @Ctx() ctx: TokensContext,
    @Arg('input', () => RevokeApiTokenInput) { id }: RevokeApiTokenInput,
  ) {
    return { apiToken: await revokeApiToken(ctx, id) }
  }
}

@Resolver(() => ViewerType)
export class ViewerApiTokensResolver {
  @FieldResolver(() => ApiTokenConnection, { description: 'Newest first.' })
  apiTokens(
    @Ctx() ctx: TokensContext,
    @Args(() => ApiTokensArgs) { status, search, ...page }: ApiTokensArgs,
  ) {
    return listApiTokens(ctx, page, { status, search })
  }

  @FieldResolver(() => ApiTokenType, {
    nullable: true,
    description: "One of the viewer's own. Error: api_token_not_found, for another's as well.",
  })
  apiToken(
    @Ctx() ctx: TokensContext,
    @Arg('id', () => ID, { description: 'Of the API token; not its secret.' }) id: string,
  ) {
    return findOwn(ctx, id)
  }
}
