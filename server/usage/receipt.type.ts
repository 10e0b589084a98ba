import { Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql'
import { PoolKind } from '../ledger/wallet.type.ts'
import { Int64, Money } from '../platform/scalars.ts'

export enum NotChargedReasonType {
  FAILED_BEFORE_OUTPUT = 'failed_before_output',
  CLIENT_LEFT_BEFORE_OUTPUT = 'client_left_before_output',
  FREE_MODEL = 'free_model',
  LOST_BEFORE_OUTPUT = 'lost_before_output',
}
registerEnumType(NotChargedReasonType, { name: 'NotChargedReason' })

@ObjectType('ReceiptLeg', { description: 'What one pool paid.' })
export class ReceiptLegType {
  @Field(() => PoolKind) pool!: string
  @Field(() => Int64, { nullable: true, description: 'LLM tokens taken; null for money pools.' })
  tokens!: bigint | null
  @Field(() => Money) money!: bigint
}

@ObjectType('Receipt', {
  description:
    'Why a request cost what it did: tokens × prices × discount, rounded once, half up, to 1e-9 CNY.',
})
export class ReceiptType {
  @Field(() => ID) priceVersionId!: string
  @Field(() => Money, { description: 'CNY per 1,000,000 LLM tokens, as it was at admission.' })
  inputPrice!: bigint
  @Field(() => Money, { nullable: true, description: 'Null: cached input cost what input cost.' })
  cachedInputPrice!: bigint | null
  @Field(() => Money) outputPrice!: bigint
  @Field(() => Float, { description: 'What was paid of the price: 0.8 with a discount of 20 %.' })
  discountRatio!: number
  @Field(() => Money) cost!: bigint
  @Field(() => NotChargedReasonType, { nullable: true }) notCharged!: NotChargedReasonType | null
  @Field(() => [ReceiptLegType], {
    description: 'What paid for it, in the order of use; they add up to the cost.',
  })
  legs!: ReceiptLegType[]
  @Field(() => Date) settledAt!: Date
}
