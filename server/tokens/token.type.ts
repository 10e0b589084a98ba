import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Money } from '../platform/scalars.ts'

export enum ApiTokenStatusType {
  ACTIVE = 'active',
  PAUSED = 'paused',
  EXPIRED = 'expired',
  REVOKED = 'revoked',
}
registerEnumType(ApiTokenStatusType, { name: 'ApiTokenStatus' })

/** What may leave the server: never a secret or its hash. */
@ObjectType('ApiToken', { description: 'A secret that a tool sends, and what it may do.' })
export class ApiTokenType {
  @Field(() => ID) id!: string
  @Field(() => String) name!: string
  @Field(() => String, { nullable: true }) note?: string | null
  @Field(() => String, { description: 'First characters of the secret, for recognition.' }) prefix!: string
  @Field(() => String) lastFour!: string
  @Field(() => [String], { description: 'Empty: every model.' }) models!: string[]
  @Field(() => Int, { nullable: true, description: "Its own limit; null leaves the plan's." })
  requestsPerMinute?: number | null
  @Field(() => Int, {
    nullable: true,
    description: 'LLM tokens a minute, counted at admission; null: no limit.',
  })
  tokensPerMinute?: number | null
  @Field(() => Int, { nullable: true, description: 'Requests at a time; null: no limit.' })
  concurrency?: number | null
  @Field(() => Money, { nullable: true, description: 'Most it may spend in a calendar day; null: no cap.' })
  capDay?: bigint | null
  @Field(() => Money, { nullable: true, description: 'In a week, from Monday.' }) capWeek?: bigint | null
  @Field(() => Money, { nullable: true, description: 'In a calendar month.' }) capMonth?: bigint | null
  @Field(() => [String], { description: 'Addresses and CIDR ranges; empty: from anywhere.' })
  ipAllowList!: string[]
  @Field(() => Date, { nullable: true }) expiresAt?: Date | null
  @Field(() => Date, { nullable: true }) pausedAt?: Date | null
  @Field(() => Date, { nullable: true }) revokedAt?: Date | null
  @Field(() => Date, { nullable: true, description: 'To the minute.' }) lastUsedAt?: Date | null
  @Field(() => Date) createdAt!: Date
}

export const ApiTokenConnection = connectionOf('ApiToken', ApiTokenType)
