import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'

export enum CodeKindType {
  WALLET = 'wallet',
  BONUS = 'bonus',
  PLAN = 'plan',
}
registerEnumType(CodeKindType, { name: 'CodeKind', description: 'What a redemption code gives.' })

@ObjectType('CodeRedemption', { description: 'A code that was redeemed, and what it gave.' })
export class CodeRedemptionType {
  @Field(() => ID) id!: string
  @Field(() => CodeKindType) kind!: CodeKindType
  @Field(() => Money, { nullable: true, description: 'For the wallet; null otherwise.' })
  money!: bigint | null
  @Field(() => Int64, { nullable: true, description: 'Bonus tokens; null otherwise.' }) tokens!: bigint | null
  @Field(() => ID, { nullable: true }) planId!: string | null
  @Field(() => String, { description: 'The last four characters of the code.' }) lastFour!: string
  @Field(() => Date) createdAt!: Date
}

export const CodeRedemptionConnection = connectionOf('CodeRedemption', CodeRedemptionType)

@ObjectType('CodeBatch', { description: 'Codes made together; the codes themselves are not stored.' })
export class CodeBatchType {
  @Field(() => ID) id!: string
  @Field(() => CodeKindType) kind!: CodeKindType
  @Field(() => Money, { nullable: true }) money!: bigint | null
  @Field(() => Int64, { nullable: true }) tokens!: bigint | null
  @Field(() => Int, { nullable: true, description: 'How long a bonus lasts once redeemed; null: for ever.' })
  bonusDays!: number | null
  @Field(() => ID, { nullable: true }) planId!: string | null
  @Field(() => String) prefix!: string
  @Field(() => Int) usesPerCode!: number
  @Field(() => Int) usesPerUser!: number
  @Field(() => Date, { nullable: true, description: 'Exclusive.' }) validUntil!: Date | null
  @Field(() => String, { nullable: true }) note!: string | null
  @Field(() => Date) createdAt!: Date
  @Field(() => Date, { nullable: true }) revokedAt!: Date | null
  @Field(() => Int, { description: 'How many codes it has.' }) codes!: number
  @Field(() => Int, { description: 'How often they were redeemed together.' }) used!: number
}

export const CodeBatchConnection = connectionOf('CodeBatch', CodeBatchType)
