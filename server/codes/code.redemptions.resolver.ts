import { Arg, Args, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { connectionOf, PageArgs } from '../platform/page.ts'
import { listBatchRedemptions } from './code.redemptions.ts'

@ObjectType('BatchRedemption', { description: "Somebody's use of a code, for administrators." })
class BatchRedemptionType {
  @Field(() => ID, { description: 'Of the redemption; the entry it led to refers to it.' }) id!: string
  @Field(() => String, { description: 'The last four characters of the code.' }) lastFour!: string
  @Field(() => ID, { description: 'Who redeemed it.' }) userId!: string
  @Field(() => String, { description: 'The address of who redeemed it.' }) email!: string
  @Field(() => Date, { description: 'When it was redeemed.' }) createdAt!: Date
}
const BatchRedemptionConnection = connectionOf('BatchRedemption', BatchRedemptionType)

@Resolver()
export class BatchRedemptionsResolver {
  @Query(() => BatchRedemptionConnection, {
    description: 'For administrators: who redeemed the codes of a batch, newest first.',
  })
  codeBatchRedemptions(
    @Ctx() ctx: Context,
    @Arg('batchId', () => ID, { description: 'Of the batch. Error: code_batch_not_found.' }) batchId: string,
    @Args(() => PageArgs) page: PageArgs,
  ) {
    return listBatchRedemptions(ctx, batchId, page)
  }
}
