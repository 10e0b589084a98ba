import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'

export enum CodeKindType {
  WALLET = 'wallet',
  BONUS = 'bonus',
  PLAN = 'plan',
}
registerEnumType(CodeKindType, {
  name: 'CodeKind',
  description: 'What a redemption code gives.',
  valuesConfig: {
    WALLET: { description: 'Money for the wallet.' },
    BONUS: { description: 'Bonus tokens.' },
    PLAN: { description: 'One period of a plan; not while a subscription runs.' },
  },
})

@ObjectType('CodeRedemption', { description: 'A code that was redeemed, and what it gave.' })
export class CodeRedemptionType {
  @Field(() => ID, { description: 'Of the redemption; the entry it led to refers to it.' }) id!: string
  @Field(() => CodeKindType, { description: 'Says which of `money`, `tokens` and `planId` is set.' })
  kind!: CodeKindType
  @Field(() => Money, { nullable: true, description: 'What came into the wallet; null for other kinds.' })
  money!: bigint | null
  @Field(() => Int64, { nullable: true, description: 'How many bonus tokens it gave; null for other kinds.' })
  tokens!: bigint | null
  @Field(() => ID, { nullable: true, description: 'The plan it began; null otherwise.' }) planId!:
    string | null
  @Field(() => String, { description: 'The last four characters of the code.' }) lastFour!: string
  @Field(() => Date, { description: 'When it was redeemed.' }) createdAt!: Date
}

export const CodeRedemptionConnection = connectionOf('CodeRedemption', CodeRedemptionType)

@ObjectType('CodeBatch', { description: 'Codes made together; the codes themselves are not stored.' })
export class CodeBatchType {
  @Field(() => ID, { description: 'Stands in the audit.' }) id!: string
  @Field(() => CodeKindType, { description: 'Says which of `money`, `tokens` and `planId` is set.' })
  kind!: CodeKindType
  @Field(() => Money, { nullable: true, description: 'What each code gives to the wallet; null otherwise.' })
  money!: bigint | null
  @Field(() => Int64, { nullable: true, description: 'Bonus tokens that each code gives; null otherwise.' })
  tokens!: bigint | null
  @Field(() => Int, { nullable: true, description: 'How long a bonus lasts once redeemed; null: for ever.' })
  bonusDays!: number | null
  @Field(() => ID, {
    nullable: true,
    description: 'The plan of which each code gives one period; null otherwise.',
  })
  planId!: string | null
  @Field(() => String, { description: 'Letters and digits in front of each code; empty for none.' })
  prefix!: string
  @Field(() => Int, { description: 'How often one code may be redeemed, by whomever.' }) usesPerCode!: number
  @Field(() => Int, { description: 'How often one account may redeem the same code.' }) usesPerUser!: number
  @Field(() => Date, {
    nullable: true,
    description: 'Exclusive: from then on no code of it works; null: for ever.',
  })
  validUntil!: Date | null
  @Field(() => String, { nullable: true, description: "The operator's own words; customers never see them." })
  note!: string | null
  @Field(() => Date, { description: 'When its codes were made and shown.' }) createdAt!: Date
  @Field(() => Date, { nullable: true, description: 'From then on none of its codes works; null: they do.' })
  revokedAt!: Date | null
  @Field(() => Int, { description: 'How many codes it has.' }) codes!: number
  @Field(() => Int, { description: 'How often they were redeemed together.' }) used!: number
}

export const CodeBatchConnection = connectionOf('CodeBatch', CodeBatchType)
