import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Int64, Money } from '../platform/scalars.ts'

export enum UsageGrouping {
  MODEL = 'model',
  API_TOKEN = 'api_token',
  PROTOCOL = 'protocol',
  POOL = 'pool',
  DAY = 'day',
  HOUR = 'hour',
}
const BY_POOL =
  'A request counts for each pool that paid a part of it, with that part as its cost; for NONE when nothing was charged.'
registerEnumType(UsageGrouping, {
  name: 'UsageGrouping',
  description: "Days and hours are those of the report's time zone.",
  valuesConfig: { POOL: { description: BY_POOL } },
})

export enum UsageStep {
  HOUR = 'hour',
  DAY = 'day',
}
registerEnumType(UsageStep, { name: 'UsageStep', description: "Of the report's time zone." })

export enum UsageSeries {
  MODEL = 'model',
  API_TOKEN = 'api_token',
  PROTOCOL = 'protocol',
  POOL = 'pool',
}
registerEnumType(UsageSeries, { name: 'UsageSeries', valuesConfig: { POOL: { description: BY_POOL } } })

@ObjectType()
export class UsageTotals {
  @Field(() => Int64) requests!: bigint
  @Field(() => Int64) succeeded!: bigint
  @Field(() => Int64) promptTokens!: bigint
  @Field(() => Int64, { nullable: true, description: 'Null when no upstream said anything about it.' })
  cachedTokens!: bigint | null
  @Field(() => Int64) completionTokens!: bigint
  @Field(() => Int64, { nullable: true, description: 'Null when no upstream said anything about it.' })
  reasoningTokens!: bigint | null
  @Field(() => Money) cost!: bigint
  @Field(() => Int, {
    nullable: true,
    description: 'Median milliseconds to the first token of streamed requests; null without any.',
  })
  ttftP50Ms!: number | null
  @Field(() => Int, { nullable: true, description: 'What 95 of 100 were faster than.' })
  ttftP95Ms!: number | null
}

@ObjectType()
export class UsageGroup extends UsageTotals {
  @Field(() => String, {
    description:
      'The id of the model or API token, the name of the protocol or pool, or when the day or hour begins.',
  })
  key!: string
  @Field(() => String, { nullable: true, description: "The API token's name; null for other groups." })
  name!: string | null
}

@ObjectType()
export class UsagePoint {
  @Field(() => Date) start!: Date
  @Field(() => ID, { nullable: true, description: 'Null: all that are not among the seven dearest.' })
  key!: string | null
  @Field(() => String, { nullable: true }) name!: string | null
  @Field(() => Int64) requests!: bigint
  @Field(() => Int64) succeeded!: bigint
  @Field(() => Int64) promptTokens!: bigint
  @Field(() => Int64) completionTokens!: bigint
  @Field(() => Money) cost!: bigint
}

@ObjectType()
export class UsageBucket {
  @Field(() => Date) start!: Date
  @Field(() => String) model!: string
  @Field(() => Int64) requests!: bigint
  @Field(() => Int64) promptTokens!: bigint
  @Field(() => Int64) completionTokens!: bigint
  @Field(() => Money) cost!: bigint
}

@ObjectType({ description: 'What one API token used in one part of the range.' })
export class UsageTokenBucket {
  @Field(() => Date, { description: 'When the part begins.' }) start!: Date
  @Field(() => ID, { description: 'Who asked.' }) apiTokenId!: string
  @Field(() => String, { description: "The API token's name." }) name!: string
  @Field(() => Int64, { description: 'How many requests.' }) requests!: bigint
  @Field(() => Int64, { description: 'LLM tokens of their prompts.' }) promptTokens!: bigint
  @Field(() => Int64, { description: 'LLM tokens of their answers.' }) completionTokens!: bigint
  @Field(() => Money, { description: 'What they cost.' }) cost!: bigint
}

@ObjectType()
export class UsageByModel {
  @Field(() => String) model!: string
  @Field(() => Int64) requests!: bigint
  @Field(() => Int64) promptTokens!: bigint
  @Field(() => Int64) completionTokens!: bigint
  @Field(() => Money) cost!: bigint
}

@ObjectType('UsageReport', {
  description: 'Sums over [from, to). What nobody used is left out.',
})
export class UsageReportType {
  @Field(() => Date) from!: Date
  @Field(() => Date) to!: Date
}
