import { Field, ID, Int, ObjectType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'

@ObjectType('ManagedUser', { description: 'An account as administrators see it.' })
export class ManagedUserType {
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
export const ManagedUserConnection = connectionOf('ManagedUser', ManagedUserType)

@ObjectType()
export class ManagedUserPayload {
  @Field(() => ManagedUserType) user!: ManagedUserType
}
