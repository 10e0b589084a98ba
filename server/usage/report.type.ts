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
  valuesConfig: {
    MODEL: { description: 'One group for each model.' },
    API_TOKEN: { description: 'One group for each API token.' },
    PROTOCOL: { description: 'One group for each door.' },
    DAY: { description: 'One group for each day.' },
    HOUR: { description: 'One group for each hour; `invalid_request` when the range is too long.' },
    POOL: { description: BY_POOL },
  },
})

export enum UsageStep {
  HOUR = 'hour',
  DAY = 'day',
}
registerEnumType(UsageStep, {
  name: 'UsageStep',
  description: "Of the report's time zone.",
  valuesConfig: {
    HOUR: { description: 'A point for each hour; `invalid_request` when the range is too long.' },
    DAY: { description: 'A point for each day.' },
  },
})

export enum UsageSeries {
  MODEL = 'model',
  API_TOKEN = 'api_token',
  PROTOCOL = 'protocol',
  POOL = 'pool',
}
registerEnumType(UsageSeries, {
  name: 'UsageSeries',
  valuesConfig: {
    MODEL: { description: 'A line for each model.' },
    API_TOKEN: { description: 'A line for each API token.' },
    PROTOCOL: { description: 'A line for each door.' },
    POOL: { description: BY_POOL },
  },
  description: "What a chart's lines stand for.",
})

@ObjectType({ description: 'Sums over all requests of the range that the filter lets through.' })
export class UsageTotals {
  @Field(() => Int64, { description: 'All of them, failed ones too.' }) requests!: bigint
  @Field(() => Int64, { description: 'How many were answered whole.' }) succeeded!: bigint
  @Field(() => Int64, { description: 'How many the caller stopped.' }) cancelled!: bigint
  @Field(() => Int64, { description: 'LLM tokens billed as input, cached ones included.' })
  promptTokens!: bigint
  @Field(() => Int64, { nullable: true, description: 'Null when no upstream said anything about it.' })
  cachedTokens!: bigint | null
  @Field(() => Int64, { description: 'LLM tokens billed as output, reasoning included.' })
  completionTokens!: bigint
  @Field(() => Int64, { nullable: true, description: 'Null when no upstream said anything about it.' })
  reasoningTokens!: bigint | null
  @Field(() => Money, { description: 'What all pools paid, with bonus tokens at their price.' }) cost!: bigint
  @Field(() => Int, {
    nullable: true,
    description: 'Median milliseconds to the first token of streamed requests; null without any.',
  })
  ttftP50Ms!: number | null
  @Field(() => Int, { nullable: true, description: 'What 95 of 100 were faster than.' })
  ttftP95Ms!: number | null
}

@ObjectType({ description: 'The sums of one group.' })
export class UsageGroup extends UsageTotals {
  @Field(() => String, {
    description:
      'The id of the model or API token, the name of the protocol or pool, or when the day or hour begins.',
  })
  key!: string
  @Field(() => String, { nullable: true, description: "The API token's name; null for other groups." })
  name!: string | null
}

@ObjectType({ description: 'The sums of one line of a chart in one hour or day.' })
export class UsagePoint {
  @Field(() => Date, { description: 'When the hour or day begins.' }) start!: Date
  @Field(() => ID, { nullable: true, description: 'Null: all that are not among the seven dearest.' })
  key!: string | null
  @Field(() => String, { nullable: true, description: "The API token's name; null for other lines." }) name!:
    string | null
  @Field(() => Int64, { description: 'All of them, failed ones too.' }) requests!: bigint
  @Field(() => Int64, { description: 'How many were answered whole.' }) succeeded!: bigint
  @Field(() => Int64, { description: 'LLM tokens billed as input.' }) promptTokens!: bigint
  @Field(() => Int64, { description: 'LLM tokens billed as output.' }) completionTokens!: bigint
  @Field(() => Money, { description: 'What all pools paid, with bonus tokens at their price.' }) cost!: bigint
}

@ObjectType({ description: 'The sums of one model in one part of the range.' })
export class UsageBucket {
  @Field(() => Date, { description: 'When the part begins.' }) start!: Date
  @Field(() => String, { description: "The model's id in the catalogue." }) model!: string
  @Field(() => Int64, { description: 'All of them, failed ones too.' }) requests!: bigint
  @Field(() => Int64, { description: 'LLM tokens billed as input.' }) promptTokens!: bigint
  @Field(() => Int64, { description: 'LLM tokens billed as output.' }) completionTokens!: bigint
  @Field(() => Money, { description: 'What all pools paid, with bonus tokens at their price.' }) cost!: bigint
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

@ObjectType({ description: 'The sums of one model over the range.' })
export class UsageByModel {
  @Field(() => String, { description: "The model's id in the catalogue." }) model!: string
  @Field(() => Int64, { description: 'All of them, failed ones too.' }) requests!: bigint
  @Field(() => Int64, { description: 'LLM tokens billed as input.' }) promptTokens!: bigint
  @Field(() => Int64, { description: 'LLM tokens billed as output.' }) completionTokens!: bigint
  @Field(() => Money, { description: 'What all pools paid, with bonus tokens at their price.' }) cost!: bigint
}

@ObjectType('ModelListCost', { description: "What a model's requests are worth without any discount." })
export class ModelListCost {
  @Field(() => ID, { description: 'Id of the model.' }) modelId!: string
  @Field(() => Money, {
    description: 'At the prices of their moments, each request rounded as on its receipt.',
  })
  listCost!: bigint
}

@ObjectType('UsageReport', {
  description: 'Sums over [from, to). What nobody used is left out.',
})
export class UsageReportType {
  @Field(() => Date, { description: 'Inclusive; as it was asked for.' }) from!: Date
  @Field(() => Date, { description: 'Exclusive; as it was asked for.' }) to!: Date
}
