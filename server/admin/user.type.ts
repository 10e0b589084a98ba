import { Field, ID, Int, ObjectType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'

@ObjectType('ManagedUser', { description: 'An account as administrators see it.' })
export class ManagedUserType {
  @Field(() => ID, { description: 'A UUID; stays when the address changes.' }) id!: string
  @Field(() => String, { description: 'What the user signs in with; a deleted account has a stand-in.' })
  email!: string
  @Field(() => String, { nullable: true, description: 'Null: none was chosen.' }) displayName!: string | null
  @Field(() => Boolean, { description: 'Whether the account may do what you do.' }) isAdmin!: boolean
  @Field(() => Date, {
    nullable: true,
    description: 'From then on neither sessions nor API tokens work; null: they do.',
  })
  suspendedAt!: Date | null
  @Field(() => Date, { description: 'When the account was made.' }) createdAt!: Date
  @Field(() => Money, { description: 'Prepaid balance; may be negative.' }) wallet!: bigint
  @Field(() => Money, { description: "What is left of the running plan's allowance." }) quota!: bigint
  @Field(() => Int64, { description: 'Gift balance in LLM tokens.' }) bonusTokens!: bigint
  @Field(() => Int, { description: 'API tokens that are neither revoked nor expired.' }) activeTokens!: number
  @Field(() => Money, { description: 'Charged to quota and wallet since the account was made.' })
  spent!: bigint
}
export const ManagedUserConnection = connectionOf('ManagedUser', ManagedUserType)

@ObjectType({ description: 'The account after the change.' })
export class ManagedUserPayload {
  @Field(() => ManagedUserType, { description: 'As it is now.' }) user!: ManagedUserType
}
