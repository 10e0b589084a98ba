import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'

export enum UsageStatusType {
  SUCCEEDED = 'succeeded',
  FAILED = 'failed',
  CANCELLED = 'cancelled',
  INTERRUPTED = 'interrupted',
}
registerEnumType(UsageStatusType, {
  name: 'UsageStatus',
  valuesConfig: {
    FAILED: { description: 'Nothing reached the caller.' },
    CANCELLED: { description: 'The caller left before the end.' },
    INTERRUPTED: { description: 'The upstream, or this server, broke off after output had begun.' },
  },
})

export enum UsageSourceType {
  UPSTREAM = 'upstream',
  COUNTED = 'counted',
  CHECKPOINT = 'checkpoint',
}
registerEnumType(UsageSourceType, {
  name: 'UsageSource',
  description: 'Who counted the LLM tokens.',
  valuesConfig: {
    UPSTREAM: { description: 'The provider reported them.' },
    COUNTED: { description: "We counted them with the model family's tokeniser." },
    CHECKPOINT: { description: 'The last count before this server was interrupted.' },
  },
})

@ObjectType('UsageRecord', {
  description: 'One request. Its id is the id of its charge and its receipt too.',
})
export class UsageRecordType {
  @Field(() => ID) id!: string
  @Field(() => Date) createdAt!: Date
  @Field(() => String) model!: string
  @Field(() => UsageStatusType) status!: UsageStatusType
  @Field(() => String, { nullable: true }) errorCode!: string | null
  @Field(() => Boolean) streamed!: boolean
  @Field(() => Int64) promptTokens!: bigint
  @Field(() => Int64, {
    nullable: true,
    description: 'Part of the prompt; null when the upstream does not say.',
  })
  cachedTokens!: bigint | null
  @Field(() => Int64) completionTokens!: bigint
  @Field(() => Int64, {
    nullable: true,
    description: 'Part of the completion; null when the upstream does not say.',
  })
  reasoningTokens!: bigint | null
  @Field(() => UsageSourceType) source!: UsageSourceType
  @Field(() => Money) cost!: bigint
  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds to the first token; null when nothing was streamed.',
  })
  ttftMs!: number | null
  @Field(() => Int, { nullable: true, description: 'Null when the server was interrupted.' })
  durationMs!: number | null
}

export const UsageRecordConnection = connectionOf('UsageRecord', UsageRecordType)

@ObjectType()
export class UsageTotals {
  @Field(() => Int64) requests!: bigint
  @Field(() => Int64) succeeded!: bigint
  @Field(() => Int64) promptTokens!: bigint
  @Field(() => Int64) completionTokens!: bigint
  @Field(() => Money) cost!: bigint
  @Field(() => Int, {
    nullable: true,
    description: 'Median milliseconds to the first token of streamed requests; null without any.',
  })
  ttftP50Ms!: number | null
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

@ObjectType()
export class UsageByModel {
  @Field(() => String) model!: string
  @Field(() => Int64) requests!: bigint
  @Field(() => Int64) promptTokens!: bigint
  @Field(() => Int64) completionTokens!: bigint
  @Field(() => Money) cost!: bigint
}

@ObjectType({
  description: 'Totals and equal time buckets over [from, to); a bucket nobody used is left out.',
})
export class UsageReport {
  @Field(() => Date) from!: Date
  @Field(() => Date) to!: Date
  @Field(() => UsageTotals) totals!: UsageTotals
  @Field(() => [UsageBucket]) buckets!: UsageBucket[]
  @Field(() => [UsageByModel], { description: 'Dearest first.' }) byModel!: UsageByModel[]
}

@ObjectType()
export class UsageRecordedEvent {
  @Field(() => Int64, { description: "Grows with each of the viewer's events; the order of what happened." })
  sequence!: bigint
  @Field(() => UsageRecordType) record!: UsageRecordType
}
