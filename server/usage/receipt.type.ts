import { Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql'
import { PoolKind } from '../ledger/wallet.type.ts'
import { Int64, Money } from '../platform/scalars.ts'

export enum NotChargedReasonType {
  FAILED_BEFORE_OUTPUT = 'failed_before_output',
  CLIENT_LEFT_BEFORE_OUTPUT = 'client_left_before_output',
  FREE_MODEL = 'free_model',
  LOST_BEFORE_OUTPUT = 'lost_before_output',
}
registerEnumType(NotChargedReasonType, {
  name: 'NotChargedReason',
  description: 'Why a request cost nothing.',
  valuesConfig: {
    FAILED_BEFORE_OUTPUT: { description: 'No upstream answered: nothing reached the caller.' },
    CLIENT_LEFT_BEFORE_OUTPUT: { description: 'The caller left before anything was sent.' },
    FREE_MODEL: {
      description: 'Not given today: a request of a model without prices is charged zero, and has a receipt.',
    },
    LOST_BEFORE_OUTPUT: { description: 'This server was interrupted before anything was sent.' },
  },
})

@ObjectType('ReceiptLeg', { description: 'What one pool paid.' })
export class ReceiptLegType {
  @Field(() => PoolKind, { description: 'Who paid.' }) pool!: string
  @Field(() => Int64, { nullable: true, description: 'LLM tokens taken; null for money pools.' })
  tokens!: bigint | null
  @Field(() => Money, { description: 'Its part of the cost; of bonus tokens, what they were worth.' })
  money!: bigint
}

@ObjectType('Receipt', {
  description:
    'Why a request cost what it did: tokens × prices × discount, rounded once, half up, to 1e-9 CNY.',
})
export class ReceiptType {
  @Field(() => ID, { description: 'Of the price that held at admission; later prices change nothing.' })
  priceVersionId!: string
  @Field(() => Money, { description: 'CNY per 1,000,000 LLM tokens, as it was at admission.' })
  inputPrice!: bigint
  @Field(() => Money, { nullable: true, description: 'Null: cached input cost what input cost.' })
  cachedInputPrice!: bigint | null
  @Field(() => Money, { description: 'CNY per 1,000,000 LLM tokens, as it was at admission.' })
  outputPrice!: bigint
  @Field(() => Float, { description: 'What was paid of the price: 0.8 with a discount of 20 %.' })
  discountRatio!: number
  @Field(() => Money, { description: "The sum that was charged; equals the record's cost." }) cost!: bigint
  @Field(() => NotChargedReasonType, { nullable: true, description: 'Null: it was charged.' })
  notCharged!: NotChargedReasonType | null
  @Field(() => [ReceiptLegType], {
    description: 'What paid for it, in the order of use; they add up to the cost.',
  })
  legs!: ReceiptLegType[]
  @Field(() => Date, { description: 'When it was charged, once.' }) settledAt!: Date
}
