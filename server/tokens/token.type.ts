import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Money } from '../platform/scalars.ts'

export enum ApiTokenStatusType {
  ACTIVE = 'active',
  PAUSED = 'paused',
  EXPIRED = 'expired',
  REVOKED = 'revoked',
}
registerEnumType(ApiTokenStatusType, {
  name: 'ApiTokenStatus',
  description: 'Whether an API token works; every state but ACTIVE answers 401.',
  valuesConfig: {
    ACTIVE: { description: 'It works.' },
    PAUSED: { description: 'Stopped for now; `updateApiToken` with `paused: false` lets it work again.' },
    EXPIRED: { description: 'Its time is over; a later `expiresAt` lets it work again.' },
    REVOKED: { description: 'Ended for good.' },
  },
})

/** What may leave the server: never a secret or its hash. */
@ObjectType('ApiToken', { description: 'A secret that a tool sends, and what it may do.' })
export class ApiTokenType {
  @Field(() => ID, { description: 'A UUID; stays the same when the secret is rotated.' }) id!: string
  @Field(() => String, {
    description:
      "The owner's name for it, shown beside each of its requests; different among the tokens not revoked.",
  })
  name!: string
  @Field(() => String, { nullable: true, description: "The owner's own words; callers never see them." })
  note?: string | null
  @Field(() => String, { description: 'First characters of the secret, for recognition.' }) prefix!: string
  @Field(() => String, { description: 'Last characters of the secret, for recognition.' }) lastFour!: string
  @Field(() => [String], { description: 'Ids of the models it may call; empty: every model.' })
  models!: string[]
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
  @Field(() => Money, {
    nullable: true,
    description: 'Most it may spend in a week, from Monday; null: no cap.',
  })
  capWeek?: bigint | null
  @Field(() => Money, { nullable: true, description: 'Most it may spend in a calendar month; null: no cap.' })
  capMonth?: bigint | null
  @Field(() => [String], { description: 'Addresses and CIDR ranges; empty: from anywhere.' })
  ipAllowList!: string[]
  @Field(() => Date, { nullable: true, description: 'From then on it answers 401; null: never.' })
  expiresAt?: Date | null
  @Field(() => Date, { nullable: true, description: 'Since when it is stopped; null: not paused.' })
  pausedAt?: Date | null
  @Field(() => Date, { nullable: true, description: 'When it was ended for good; null: not revoked.' })
  revokedAt?: Date | null
  @Field(() => Date, { nullable: true, description: 'Its latest request, to the minute; null: never used.' })
  lastUsedAt?: Date | null
  @Field(() => Date, { description: 'When it was first made; rotation does not change it.' }) createdAt!: Date
}

export const ApiTokenConnection = connectionOf('ApiToken', ApiTokenType)
