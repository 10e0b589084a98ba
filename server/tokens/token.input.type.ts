import { ArrayMaxSize, Length, Max, MaxLength, Min } from 'class-validator'
import { Field, ID, InputType, Int } from 'type-graphql'
import { Money } from '../platform/scalars.ts'

const LIST_MAX = 100

/** The limits of an API token that are its own alone. */
@InputType()
class OwnLimitsInput {
  @Field(() => Int, {
    nullable: true,
    description: 'LLM tokens a minute, counted at admission; null: no limit.',
  })
  @Min(1)
  @Max(1_000_000_000)
  tokensPerMinute?: number | null
  @Field(() => Int, { nullable: true, description: 'Requests at a time; null: no limit.' })
  @Min(1)
  @Max(10_000)
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
}

@InputType({ description: 'A new API token. What is absent is not limited beyond the plan.' })
export class CreateApiTokenInput extends OwnLimitsInput {
  @Field(() => String, {
    description: '1 to 60 characters; `api_token_name_taken` when another of yours has it.',
  })
  @Length(1, 60)
  name!: string
  @Field(() => String, { nullable: true, description: 'For yourself, at most 500 characters.' })
  @MaxLength(500)
  note?: string | null
  @Field(() => Date, { nullable: true, description: 'In the future; null or absent: it does not expire.' })
  expiresAt?: Date | null
  @Field(() => [String], {
    nullable: true,
    description: 'Ids of the models it may call, at most 100; empty or absent: every model.',
  })
  @ArrayMaxSize(LIST_MAX)
  models?: string[]
  @Field(() => Int, { nullable: true, description: "At most the plan's own limit counts." })
  @Min(1)
  @Max(1_000_000)
  requestsPerMinute?: number | null
  @Field(() => [String], {
    nullable: true,
    description:
      'Addresses and CIDR ranges it may be used from, at most 100; empty or absent: from anywhere.',
  })
  @ArrayMaxSize(LIST_MAX)
  ipAllowList?: string[]
}

@InputType({ description: 'Absent fields stay as they are; null removes a limit.' })
export class UpdateApiTokenInput extends OwnLimitsInput {
  @Field(() => ID, { description: 'Which API token; one that was revoked cannot be changed.' }) id!: string
  @Field(() => String, {
    nullable: true,
    description: '1 to 60 characters; `api_token_name_taken` when another of yours has it.',
  })
  @Length(1, 60)
  name?: string
  @Field(() => String, { nullable: true, description: 'At most 500 characters; null removes it.' })
  @MaxLength(500)
  note?: string | null
  @Field(() => Date, { nullable: true, description: 'In the future; null: it does not expire.' })
  expiresAt?: Date | null
  @Field(() => [String], { nullable: true, description: 'Replaces the whole list; empty: every model.' })
  @ArrayMaxSize(LIST_MAX)
  models?: string[]
  @Field(() => Int, {
    nullable: true,
    description: "Its own limit; null leaves the plan's, which holds in any case.",
  })
  @Min(1)
  @Max(1_000_000)
  requestsPerMinute?: number | null
  @Field(() => [String], {
    nullable: true,
    description: 'Addresses and CIDR ranges; replaces the whole list; empty: from anywhere.',
  })
  @ArrayMaxSize(LIST_MAX)
  ipAllowList?: string[]
  @Field(() => Boolean, { nullable: true, description: 'A paused token answers 401 until it is resumed.' })
  paused?: boolean
}

@InputType({ description: 'Which API token gets a new secret, and how long the old one lasts.' })
export class RotateApiTokenInput {
  @Field(() => ID, { description: 'Of the API token, which keeps its id, limits and history.' }) id!: string
  @Field(() => Int, {
    defaultValue: 24,
    description: 'How long the old secret still works; 0: not any more.',
  })
  @Min(0)
  @Max(168)
  graceHours!: number
}

@InputType({ description: 'Which API token ends.' })
export class RevokeApiTokenInput {
  @Field(() => ID, { description: 'Revoking it twice is not an error.' }) id!: string
}
