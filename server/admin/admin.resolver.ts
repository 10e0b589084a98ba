import { IsUUID, Length, Max, MaxLength, Min } from 'class-validator'
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { connectionOf, PageArgs } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'
import { listAudit } from './audit.ts'
import { listManagedModels, type ModelsContext, setModelPrice, setModelVisible } from './models.ts'
import { adjustBalance, findUser, listUsers, setSuspended, type UsersContext } from './users.ts'

@ObjectType('ManagedUser', { description: 'An account as administrators see it.' })
class ManagedUserType {
  @Field(() => ID) id!: string
  @Field(() => String) email!: string
  @Field(() => String, { nullable: true }) displayName!: string | null
  @Field(() => Boolean) isAdmin!: boolean
  @Field(() => Date, { nullable: true }) suspendedAt!: Date | null
  @Field(() => Date) createdAt!: Date
  @Field(() => Money) wallet!: bigint
  @Field(() => Money) quota!: bigint
  @Field(() => Int64) bonusTokens!: bigint
  @Field(() => Int) activeTokens!: number
  @Field(() => Money, { description: 'Charged to quota and wallet since the account was made.' })
  spent!: bigint
}
const ManagedUserConnection = connectionOf('ManagedUser', ManagedUserType)

@ObjectType('ManagedModel', {
  description: 'A model as administrators see it; prices in CNY per 1,000,000 LLM tokens.',
})
class ManagedModelType {
  @Field(() => ID) id!: string
  @Field(() => String) displayName!: string
  @Field(() => Boolean) visible!: boolean
  @Field(() => Money, { nullable: true }) input!: bigint | null
  @Field(() => Money, { nullable: true }) cachedInput!: bigint | null
  @Field(() => Money, { nullable: true }) output!: bigint | null
  @Field(() => Boolean, { nullable: true }) isExample!: boolean | null
  @Field(() => Date, { nullable: true, description: 'When this price began.' }) since!: Date | null
}

@ObjectType('AuditEntry')
class AuditEntryType {
  @Field(() => ID) id!: string
  @Field(() => String, { description: "The administrator's address." }) actor!: string
  @Field(() => String) action!: string
  @Field(() => String, { description: 'The id of what it was done to.' }) target!: string
  @Field(() => String, { description: 'JSON.' }) detail!: string
  @Field(() => Date) createdAt!: Date
}
const AuditEntryConnection = connectionOf('AuditEntry', AuditEntryType)

@ArgsType()
class UsersArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Part of the address, or an id.' })
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
}

@InputType({ description: 'CNY per 1,000,000 LLM tokens, at most six decimals.' })
class SetModelPriceInput {
  @Field(() => ID) modelId!: string
  @Field(() => Money) input!: bigint
  @Field(() => Money, { nullable: true }) cachedInput?: bigint | null
  @Field(() => Money) output!: bigint
}

@InputType()
class SetModelVisibleInput {
  @Field(() => ID) modelId!: string
  @Field(() => Boolean) visible!: boolean
}

@ObjectType()
class ManagedUserPayload {
  @Field(() => ManagedUserType) user!: ManagedUserType
}

@ObjectType()
class ManagedModelPayload {
  @Field(() => ManagedModelType) model!: ManagedModelType
}

@Resolver()
export class AdminResolver {
  @Query(() => ManagedUserConnection, { description: 'For administrators; newest first.' })
  users(@Ctx() ctx: Context, @Args(() => UsersArgs) { search, ...page }: UsersArgs) {
    return listUsers(ctx, page, search)
  }

  @Query(() => ManagedUserType, { description: 'For administrators.' })
  user(@Ctx() ctx: Context, @Arg('id', () => ID) id: string) {
    return findUser(ctx, id)
  }

  @Query(() => [ManagedModelType], { description: 'For administrators: hidden ones too.' })
  managedModels(@Ctx() ctx: Context) {
    return listManagedModels(ctx)
  }

  @Query(() => AuditEntryConnection, {
    description: 'For administrators: what administrators did, newest first.',
  })
  auditEntries(@Ctx() ctx: Context, @Args(() => PageArgs) page: PageArgs) {
    return listAudit(ctx, page)
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
    description: 'For administrators: sessions and API tokens end at once.',
  })
  async setUserSuspended(
    @Ctx() ctx: UsersContext,
    @Arg('input', () => SetUserSuspendedInput) { userId, suspended }: SetUserSuspendedInput,
  ) {
    return { user: await setSuspended(ctx, userId, suspended) }
  }

  @Mutation(() => ManagedModelPayload, {
    description: 'For administrators: a new price version from now on.',
  })
  async setModelPrice(
    @Ctx() ctx: ModelsContext,
    @Arg('input', () => SetModelPriceInput) { modelId, ...price }: SetModelPriceInput,
  ) {
    return { model: await setModelPrice(ctx, modelId, price) }
  }

  @Mutation(() => ManagedModelPayload, { description: 'For administrators.' })
  async setModelVisible(
    @Ctx() ctx: ModelsContext,
    @Arg('input', () => SetModelVisibleInput) { modelId, visible }: SetModelVisibleInput,
  ) {
    return { model: await setModelVisible(ctx, modelId, visible) }
  }
}
