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

@InputType()
class RedeemCodeInput {
  @Field(() => String, { description: 'As it was typed: blanks and small letters do not matter.' })
  @Length(1, 100)
  code!: string
  @Field(() => String, { description: KEY }) @IsUUID() idempotencyKey!: string
}

@InputType()
class CreateCodeBatchInput {
  @Field(() => CodeKindType) kind!: CodeKindType
  @Field(() => Money, { nullable: true, description: 'What each code gives to the wallet.' }) money?: bigint
  @Field(() => Int64, { nullable: true, description: 'Bonus tokens that each code gives.' }) tokens?: bigint
  @Field(() => Int, { nullable: true }) @Min(1) @Max(3650) bonusDays?: number
  @Field(() => ID, { nullable: true }) @MaxLength(40) planId?: string
  @Field(() => Int) @Min(1) @Max(10_000) count!: number
  @Field(() => String, { nullable: true, description: 'Letters and digits in front, for people.' })
  @Matches(/^[A-Z0-9]{1,12}$/)
  prefix?: string
  @Field(() => Int, { defaultValue: 1 }) @Min(1) @Max(1_000_000) usesPerCode!: number
  @Field(() => Int, { defaultValue: 1 }) @Min(1) @Max(1_000) usesPerUser!: number
  @Field(() => Date, { nullable: true, description: 'Exclusive.' }) validUntil?: Date
  @Field(() => String, { nullable: true }) @MaxLength(200) note?: string
  @Field(() => String, { description: KEY }) @IsUUID() idempotencyKey!: string
}

@InputType()
class RevokeCodeBatchInput {
  @Field(() => ID) id!: string
  @Field(() => String) @Length(3, 200) reason!: string
}

@ObjectType()
class RedeemCodePayload {
  @Field(() => CodeRedemptionType) redemption!: CodeRedemptionType
}

@ObjectType()
class CreateCodeBatchPayload {
  @Field(() => CodeBatchType) batch!: CodeBatchType
  @Field(() => [String], {
    description: 'Shown this once; empty when the call is repeated, because only hashes are kept.',
  })
  codes!: string[]
}

@ObjectType()
class RevokeCodeBatchPayload {
  @Field(() => CodeBatchType) batch!: CodeBatchType
}

@Resolver(() => ViewerType)
export class ViewerCodesResolver {
  @FieldResolver(() => CodeRedemptionConnection, { description: 'Newest first.' })
  async codeRedemptions(@Ctx() ctx: CodesContext, @Args(() => PageArgs) page: PageArgs) {
    return mapped(await listRedemptions(ctx, page), redemptionType)
  }
}

@Resolver(() => CodeBatchType)
export class CodeResolver {
  @Mutation(() => RedeemCodePayload, { description: 'Turns a code into money, bonus tokens or a plan.' })
  async redeemCode(@Ctx() ctx: CodesContext, @Arg('input', () => RedeemCodeInput) input: RedeemCodeInput) {
    return { redemption: redemptionType(await redeemCode(ctx, input)) }
  }

  @Query(() => CodeBatchConnection, { description: 'For administrators; newest first.' })
  async codeBatches(@Ctx() ctx: BatchesContext, @Args(() => PageArgs) page: PageArgs) {
    return mapped(await listCodeBatches(ctx, page), batchType)
  }

  @Mutation(() => CreateCodeBatchPayload, { description: 'For administrators. Shows the codes this once.' })
  async createCodeBatch(
    @Ctx() ctx: BatchesContext,
    @Arg('input', () => CreateCodeBatchInput) input: CreateCodeBatchInput,
  ) {
    const { batch, codes } = await createCodeBatch(ctx, newBatchOf(input))
    return { batch: batchType(batch), codes }
  }

  @Mutation(() => RevokeCodeBatchPayload, {
    description: 'For administrators: none of its codes can be redeemed any more.',
  })
  async revokeCodeBatch(
    @Ctx() ctx: BatchesContext,
    @Arg('input', () => RevokeCodeBatchInput) { id, reason }: RevokeCodeBatchInput,
  ) {
    return { batch: batchType(await revokeCodeBatch(ctx, id, reason)) }
  }
}
