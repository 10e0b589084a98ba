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

@InputType({ description: 'Money for the wallet, or bonus tokens.' })
class AdjustBalanceInput {
  @Field(() => ID, { description: 'Whose balance. Error: user_not_found.' }) userId!: string
  @Field(() => Money, {
    nullable: true,
    description:
      'Added to the wallet, or taken when below zero, at most 100,000,000 at a time; not together with `tokens`.',
  })
  money?: bigint | null
  @Field(() => Int64, {
    nullable: true,
    description: 'Bonus tokens to give, above zero, at most 1,000,000,000,000; not together with `money`.',
  })
  tokens?: bigint | null
  @Field(() => Int, { nullable: true, description: 'How long given tokens last; absent: for ever.' })
  @Min(1)
  @Max(3650)
  days?: number | null
  @Field(() => String, { description: "3 to 200 characters; the user reads it as the entry's note." })
  @Length(3, 200)
  reason!: string
  @Field(() => String, {
    description: 'A UUID of your own: the same call again answers the same and books nothing.',
  })
  @IsUUID()
  idempotencyKey!: string
}

@InputType({ description: 'Which account, and whether it may enter.' })
class SetUserSuspendedInput {
  @Field(() => ID, { description: 'Of the account. Error: user_not_found.' }) userId!: string
  @Field(() => Boolean, { description: 'True: nothing of it works; false: everything works again.' })
  suspended!: boolean
  @Field(() => String, { description: '3 to 200 characters, kept in the audit.' })
  @Length(3, 200)
  reason!: string
}

@Resolver(() => ManagedUserType)
export class UserResolver {
  @Query(() => ManagedUserConnection, { description: 'For administrators: all accounts, newest first.' })
  users(@Ctx() ctx: Context, @Args(() => UsersArgs) { search, ...page }: UsersArgs) {
    return listUsers(ctx, page, search)
  }

  @Query(() => ManagedUserType, { description: 'For administrators: one account. Error: user_not_found.' })
  user(
    @Ctx() ctx: Context,
    @Arg('id', () => ID, { description: 'Of the account. Error: user_not_found.' }) id: string,
  ) {
    return findUser(ctx, id)
  }

  @Mutation(() => ManagedUserPayload, {
    description: 'For administrators: corrects a balance by an entry of its own. Error: user_not_found.',
  })
  async adjustBalance(
    @Ctx() ctx: UsersContext,
    @Arg('input', () => AdjustBalanceInput) input: AdjustBalanceInput,
  ) {
    return { user: await adjustBalance(ctx, input) }
  }

  @Mutation(() => ManagedUserPayload, {
    description:
      'For administrators: sessions and API tokens end at once, or work again. Error: user_not_found.',
  })
  async setUserSuspended(
    @Ctx() ctx: UsersContext,
    @Arg('input', () => SetUserSuspendedInput) { userId, ...standing }: SetUserSuspendedInput,
  ) {
    return { user: await setSuspended(ctx, userId, standing) }
  }
}
