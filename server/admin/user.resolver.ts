import { IsUUID, Length, Max, MaxLength, Min } from 'class-validator'
import { Arg, Args, ArgsType, Ctx, Field, ID, InputType, Int, Mutation, Query, Resolver } from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { PageArgs } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'
import { ManagedUserConnection, ManagedUserPayload, ManagedUserType } from './user.type.ts'
import { adjustBalance, findUser, listUsers, setSuspended, type UsersContext } from './users.ts'

@ArgsType()
class UsersArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Part of the address; an id of the account, a request or an order; start or last four of an API token.',
  })
  @MaxLength(254)
  search?: string
}

@InputType()
class AdjustBalanceInput {
  @Field(() => ID) userId!: string
  @Field(() => Money, { nullable: true, description: 'Signed, for the wallet.' }) money?: bigint | null
  @Field(() => Int64, { nullable: true, description: 'Bonus tokens to give.' }) tokens?: bigint | null
  @Field(() => Int, { nullable: true, description: 'How long given tokens last; absent: for ever.' })
  @Min(1)
  @Max(3650)
  days?: number | null
  @Field(() => String) @Length(3, 200) reason!: string
  @Field(() => String, { description: 'A UUID of your own.' }) @IsUUID() idempotencyKey!: string
}

@InputType()
class SetUserSuspendedInput {
  @Field(() => ID) userId!: string
  @Field(() => Boolean) suspended!: boolean
  @Field(() => String) @Length(3, 200) reason!: string
}

@Resolver(() => ManagedUserType)
export class UserResolver {
  @Query(() => ManagedUserConnection, { description: 'For administrators; newest first.' })
  users(@Ctx() ctx: Context, @Args(() => UsersArgs) { search, ...page }: UsersArgs) {
    return listUsers(ctx, page, search)
  }

  @Query(() => ManagedUserType, { description: 'For administrators.' })
  user(@Ctx() ctx: Context, @Arg('id', () => ID) id: string) {
    return findUser(ctx, id)
  }

  @Mutation(() => ManagedUserPayload, {
    description: 'For administrators: corrects a balance by an entry of its own.',
  })
  async adjustBalance(
    @Ctx() ctx: UsersContext,
    @Arg('input', () => AdjustBalanceInput) input: AdjustBalanceInput,
  ) {
    return { user: await adjustBalance(ctx, input) }
  }

  @Mutation(() => ManagedUserPayload, {
    description: 'For administrators: sessions and API tokens end at once, or work again.',
  })
  async setUserSuspended(
    @Ctx() ctx: UsersContext,
    @Arg('input', () => SetUserSuspendedInput) { userId, ...standing }: SetUserSuspendedInput,
  ) {
    return { user: await setSuspended(ctx, userId, standing) }
  }
}
