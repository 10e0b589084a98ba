import { ArrayMaxSize, ArrayMinSize, Length } from 'class-validator'
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import type { Context } from '../platform/context.ts'
import { PageArgs } from '../platform/page.ts'
import { AccessKeyConnection, AccessKeyScope, AccessKeyStatusType, AccessKeyType } from './access-key.type.ts'
import {
  type AccessKey,
  type AccessKeysContext,
  createAccessKey,
  listAccessKeys,
  revokeAccessKey,
  statusOf,
} from './access-keys.ts'

const SCOPES_MAX = 4

@InputType({ description: 'A new access key.' })
class CreateAccessKeyInput {
  @Field(() => String, { description: 'For people: where the key is used. 1 to 60 characters.' })
  @Length(1, 60)
  name!: string
  @Field(() => [AccessKeyScope], {
    description: 'At least one, and no more than the script needs; they cannot be changed later.',
  })
  @ArrayMinSize(1)
  @ArrayMaxSize(SCOPES_MAX)
  scopes!: AccessKeyScope[]
  @Field(() => Date, { nullable: true, description: 'In the future; null or absent: it does not expire.' })
  expiresAt?: Date | null
}

@InputType({ description: 'Which access key ends.' })
class RevokeAccessKeyInput {
  @Field(() => ID, { description: 'Of the access key; revoking it twice is not an error.' }) id!: string
}

@ObjectType({ description: 'The new key, and its secret.' })
class CreateAccessKeyPayload {
  @Field(() => AccessKeyType, { description: 'The key as it is stored, without the secret.' })
  accessKey!: AccessKey
  @Field(() => String, { description: 'The full secret. It is not stored and cannot be shown again.' })
  secret!: string
}

@ObjectType({ description: 'The key that ended.' })
class RevokeAccessKeyPayload {
  @Field(() => AccessKeyType, { description: 'As it is now.' }) accessKey!: AccessKey
}

@Resolver(() => AccessKeyType)
export class AccessKeyResolver {
  @FieldResolver(() => AccessKeyStatusType, { description: 'Whether it works now.' })
  status(@Root() accessKey: AccessKey, @Ctx() { now }: Context) {
    return statusOf(accessKey, now())
  }

  @Mutation(() => CreateAccessKeyPayload, {
    description:
      'Makes an access key; its secret is shown this once. Not open to access keys. Error: too_many_access_keys, from 20 that work.',
  })
  createAccessKey(
    @Ctx() ctx: AccessKeysContext,
    @Arg('input', () => CreateAccessKeyInput, { description: 'A new access key.' })
    input: CreateAccessKeyInput,
  ) {
    return createAccessKey(ctx, input)
  }

  @Mutation(() => RevokeAccessKeyPayload, {
    description:
      'Ends an access key for good, and at once; its subscriptions end. Not open to access keys. Error: access_key_not_found.',
  })
  async revokeAccessKey(
    @Ctx() ctx: AccessKeysContext,
    @Arg('input', () => RevokeAccessKeyInput, { description: 'Which key.' }) { id }: RevokeAccessKeyInput,
  ) {
    return { accessKey: await revokeAccessKey(ctx, id) }
  }
}

@Resolver(() => ViewerType)
export class ViewerAccessKeysResolver {
  @FieldResolver(() => AccessKeyConnection, {
    description: 'Keys for scripts, newest first. Not open to access keys.',
  })
  accessKeys(@Ctx() ctx: Context, @Args(() => PageArgs) page: PageArgs) {
    return listAccessKeys(ctx, page)
  }
}
