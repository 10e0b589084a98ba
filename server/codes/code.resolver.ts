import { IsUUID, Length, Matches, Max, MaxLength, Min } from 'class-validator'
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
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import { PageArgs } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'
import {
  type BatchesContext,
  createCodeBatch,
  listCodeBatches,
  newBatchOf,
  revokeCodeBatch,
} from './code.batches.ts'
import {
  CodeBatchConnection,
  CodeBatchType,
  CodeKindType,
  CodeRedemptionConnection,
  CodeRedemptionType,
} from './code.type.ts'
import { batchType, mapped, redemptionType } from './code.view.ts'
import { type CodesContext, listRedemptions, redeemCode } from './codes.ts'

const KEY = 'A UUID of your own: the same call again answers the same.'

@InputType({ description: 'Which code.' })
class RedeemCodeInput {
  @Field(() => String, { description: 'As it was typed: blanks and small letters do not matter.' })
  @Length(1, 100)
  code!: string
  @Field(() => String, { description: KEY }) @IsUUID() idempotencyKey!: string
}

@InputType({ description: 'How many codes, what they give and how often.' })
class CreateCodeBatchInput {
  @Field(() => CodeKindType, { description: 'Says which of `money`, `tokens` and `planId` has to be given.' })
  kind!: CodeKindType
  @Field(() => Money, { nullable: true, description: 'What each code gives to the wallet.' }) money?: bigint
  @Field(() => Int64, { nullable: true, description: 'Bonus tokens that each code gives.' }) tokens?: bigint
  @Field(() => Int, {
    nullable: true,
    description: 'How many days a bonus lasts once redeemed, 1 to 3,650; absent: for ever.',
  })
  @Min(1)
  @Max(3650)
  bonusDays?: number
  @Field(() => ID, { nullable: true, description: 'The plan of which each code gives one period.' })
  @MaxLength(40)
  planId?: string
  @Field(() => Int, { description: 'How many codes to make, 1 to 10,000.' })
  @Min(1)
  @Max(10_000)
  count!: number
  @Field(() => String, { nullable: true, description: 'Letters and digits in front, for people.' })
  @Matches(/^[A-Z0-9]{1,12}$/)
  prefix?: string
  @Field(() => Int, { defaultValue: 1, description: 'How often one code may be redeemed, 1 to 1,000,000.' })
  @Min(1)
  @Max(1_000_000)
  usesPerCode!: number
  @Field(() => Int, {
    defaultValue: 1,
    description: 'How often one account may redeem the same code, 1 to 1,000.',
  })
  @Min(1)
  @Max(1_000)
  usesPerUser!: number
  @Field(() => Date, {
    nullable: true,
    description: 'Exclusive: from then on no code of it works; absent: for ever.',
  })
  validUntil?: Date
  @Field(() => String, { nullable: true, description: 'For administrators, at most 200 characters.' })
  @MaxLength(200)
  note?: string
  @Field(() => String, { description: KEY }) @IsUUID() idempotencyKey!: string
}

@InputType({ description: 'Which codes end, and why.' })
class RevokeCodeBatchInput {
  @Field(() => ID, { description: 'Of the batch; what was redeemed stays.' }) id!: string
  @Field(() => String, { description: '3 to 200 characters, kept in the audit.' })
  @Length(3, 200)
  reason!: string
}

@ObjectType({ description: 'What the code gave.' })
class RedeemCodePayload {
  @Field(() => CodeRedemptionType, { description: 'The balances hold it already.' })
  redemption!: CodeRedemptionType
}

@ObjectType({ description: 'The batch and its codes.' })
class CreateCodeBatchPayload {
  @Field(() => CodeBatchType, { description: 'As it is stored, without the codes.' }) batch!: CodeBatchType
  @Field(() => [String], {
    description: 'Shown this once; empty when the call is repeated, because only hashes are kept.',
  })
  codes!: string[]
}

@ObjectType({ description: 'The batch that ended.' })
class RevokeCodeBatchPayload {
  @Field(() => CodeBatchType, { description: 'As it is now.' }) batch!: CodeBatchType
}

@Resolver(() => ViewerType)
export class ViewerCodesResolver {
  @FieldResolver(() => CodeRedemptionConnection, { description: 'What the viewer redeemed, newest first.' })
  async codeRedemptions(@Ctx() ctx: CodesContext, @Args(() => PageArgs) page: PageArgs) {
    return mapped(await listRedemptions(ctx, page), redemptionType)
  }
}

@Resolver(() => CodeBatchType)
export class CodeResolver {
  @Mutation(() => RedeemCodePayload, {
    description:
      'Turns a code into money, bonus tokens or a plan. Errors: code_mistyped, code_not_redeemable, code_already_redeemed, subscription_running, rate_limit_exceeded.',
  })
  async redeemCode(@Ctx() ctx: CodesContext, @Arg('input', () => RedeemCodeInput) input: RedeemCodeInput) {
    return { redemption: redemptionType(await redeemCode(ctx, input)) }
  }

  @Query(() => CodeBatchConnection, {
    description: 'For administrators: all batches of codes, newest first.',
  })
  async codeBatches(@Ctx() ctx: BatchesContext, @Args(() => PageArgs) page: PageArgs) {
    return mapped(await listCodeBatches(ctx, page), batchType)
  }

  @Mutation(() => CreateCodeBatchPayload, {
    description: 'For administrators: makes codes and shows them this once; only their hashes are kept.',
  })
  async createCodeBatch(
    @Ctx() ctx: BatchesContext,
    @Arg('input', () => CreateCodeBatchInput) input: CreateCodeBatchInput,
  ) {
    const { batch, codes } = await createCodeBatch(ctx, newBatchOf(input))
    return { batch: batchType(batch), codes }
  }

  @Mutation(() => RevokeCodeBatchPayload, {
    description:
      'For administrators: none of its codes can be redeemed any more; what was redeemed stays. Error: code_batch_not_found.',
  })
  async revokeCodeBatch(
    @Ctx() ctx: BatchesContext,
    @Arg('input', () => RevokeCodeBatchInput) { id, reason }: RevokeCodeBatchInput,
  ) {
    return { batch: batchType(await revokeCodeBatch(ctx, id, reason)) }
  }
}
