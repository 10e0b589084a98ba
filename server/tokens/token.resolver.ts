import { MaxLength } from 'class-validator'
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import { PageArgs } from '../platform/page.ts'
import type { ApiToken } from './token.entity.ts'
import {
  CreateApiTokenInput,
  RevokeApiTokenInput,
  RotateApiTokenInput,
  UpdateApiTokenInput,
} from './token.input.type.ts'
import { ApiTokenConnection, ApiTokenStatusType, ApiTokenType } from './token.type.ts'
import {
  type CreatedApiToken,
  createApiToken,
  findOwn,
  listApiTokens,
  oldSecretUntil,
  revokeApiToken,
  rotateApiToken,
  statusOf,
  type TokensContext,
  updateApiToken,
} from './tokens.ts'

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

  @FieldResolver(() => Date, {
    nullable: true,
    description: 'Until when the secret before the last rotation still works; null: it does not.',
  })
  oldSecretUntil(@Root() token: ApiToken, @Ctx() ctx: TokensContext) {
    return oldSecretUntil(token, ctx.now())
  }

  @Mutation(() => CreateApiTokenPayload, {
    description:
      'Makes an API token; its secret is shown this once. Errors: too_many_api_tokens, api_token_name_taken.',
  })
  createApiToken(
    @Ctx() ctx: TokensContext,
    @Arg('input', () => CreateApiTokenInput) input: CreateApiTokenInput,
  ) {
    return createApiToken(ctx, input)
  }

  @Mutation(() => UpdateApiTokenPayload, {
    description:
      'Changes an API token, from its next request on. Errors: api_token_not_found, api_token_revoked, api_token_name_taken.',
  })
  async updateApiToken(
    @Ctx() ctx: TokensContext,
    @Arg('input', () => UpdateApiTokenInput) { id, ...settings }: UpdateApiTokenInput,
  ) {
    return { apiToken: await updateApiToken(ctx, id, settings) }
  }

  @Mutation(() => CreateApiTokenPayload, {
    description:
      'Makes a new secret for the same API token; the old one works for `graceHours` more. Errors: api_token_not_found, api_token_revoked.',
  })
  rotateApiToken(
    @Ctx() ctx: TokensContext,
    @Arg('input', () => RotateApiTokenInput) { id, graceHours }: RotateApiTokenInput,
  ) {
    return rotateApiToken(ctx, id, graceHours)
  }

  @Mutation(() => RevokeApiTokenPayload, {
    description:
      'Ends an API token for good, and at once: its next request is answered 401. Error: api_token_not_found.',
  })
  async revokeApiToken(
    @Ctx() ctx: TokensContext,
    @Arg('input', () => RevokeApiTokenInput) { id }: RevokeApiTokenInput,
  ) {
    return { apiToken: await revokeApiToken(ctx, id) }
  }
}

@Resolver(() => ViewerType)
export class ViewerApiTokensResolver {
  @FieldResolver(() => ApiTokenConnection, {
    description: "The viewer's API tokens, newest first, revoked ones too.",
  })
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
