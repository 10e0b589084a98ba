import { MaxLength } from 'class-validator'
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { PoolKind } from '../ledger/wallet.type.ts'
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
    SUCCEEDED: { description: 'The answer was delivered whole.' },
    FAILED: { description: 'Nothing reached the caller.' },
    CANCELLED: { description: 'The caller left before the end.' },
    INTERRUPTED: { description: 'The upstream, or this server, broke off after output had begun.' },
  },
  description: 'How a request ended.',
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

export enum ProtocolType {
  CHAT_COMPLETIONS = 'chat_completions',
  MESSAGES = 'messages',
  RESPONSES = 'responses',
  EMBEDDINGS = 'embeddings',
}
registerEnumType(ProtocolType, {
  name: 'Protocol',
  description: 'The door a request came through.',
  valuesConfig: {
    CHAT_COMPLETIONS: { description: "OpenAI's `/chat/completions`." },
    MESSAGES: { description: "Anthropic's `/messages`." },
    RESPONSES: { description: "OpenAI's `/responses`." },
    EMBEDDINGS: { description: "OpenAI's `/embeddings`." },
  },
})

@InputType('UsageFilter', { description: 'All that are given must hold.' })
export class UsageFilterType {
  @Field(() => ID, { nullable: true, description: 'The id of one request.' }) id?: string | null
  @Field(() => ID, { nullable: true, description: 'Requests of this API token only.' }) apiTokenId?:
    string | null
  @Field(() => String, { nullable: true, description: "The model's id in the catalogue, whole." })
  @MaxLength(100)
  model?: string | null
  @Field(() => UsageStatusType, { nullable: true, description: 'Requests that ended like this.' })
  status?: UsageStatusType | null
  @Field(() => ProtocolType, { nullable: true, description: 'Requests through this door.' })
  protocol?: ProtocolType | null
  @Field(() => PoolKind, { nullable: true, description: 'Which paid at least a part of it.' })
  pool?: PoolKind | null
  @Field(() => Money, { nullable: true, description: 'Requests that cost this much or more.' }) minCost?:
    bigint | null
  @Field(() => Date, { nullable: true, description: 'From this instant on.' }) from?: Date | null
  @Field(() => Date, { nullable: true, description: 'Before this instant.' }) to?: Date | null
}

@ObjectType({ description: 'One try to have a request answered; the provider behind a route is not told.' })
export class UsageAttempt {
  @Field(() => String, { description: 'The same letter for the same route within a request.' }) route!: string
  @Field(() => String, { description: '`answered`, or why it did not.' }) outcome!: string
  @Field(() => Int, { nullable: true, description: 'HTTP status; null when none came.' })
  status!: number | null
  @Field(() => Int, { description: 'Milliseconds until this route had answered or failed.' })
  durationMs!: number
}

@ObjectType('UsageRecord', {
  description: 'One request. Its id is the id of its charge and its receipt too.',
})
export class UsageRecordType {
  @Field(() => ID, { description: 'The `x-request-id` of the answer: a UUID.' }) id!: string
  @Field(() => Date, { description: 'When the request was admitted.' }) createdAt!: Date
  @Field(() => String, { description: "The model's id in the catalogue." }) model!: string
  @Field(() => UsageStatusType, { description: 'How it ended.' }) status!: UsageStatusType
  @Field(() => String, {
    nullable: true,
    description: 'Why it failed or broke off, in the codes of REST; null when it did not.',
  })
  errorCode!: string | null
  @Field(() => Boolean, { description: 'Whether the caller asked for a stream.' }) streamed!: boolean
  @Field(() => ProtocolType, { description: 'The door it came through.' }) protocol!: string
  @Field(() => Int64, {
    description: 'LLM tokens that were billed as input, cached ones included; 0 when nothing was charged.',
  })
  promptTokens!: bigint
  @Field(() => Int64, {
    nullable: true,
    description: 'Part of the prompt; null when the upstream does not say.',
  })
  cachedTokens!: bigint | null
  @Field(() => Int64, {
    description: 'LLM tokens that were billed as output, reasoning included; 0 when nothing was charged.',
  })
  completionTokens!: bigint
  @Field(() => Int64, {
    nullable: true,
    description: 'Part of the completion; null when the upstream does not say.',
  })
  reasoningTokens!: bigint | null
  @Field(() => UsageSourceType, { description: 'Who counted the LLM tokens.' }) source!: UsageSourceType
  @Field(() => Money, { description: 'What all pools paid together, with bonus tokens at their price.' })
  cost!: bigint
  @Field(() => Int, {
    nullable: true,
    description: 'Milliseconds to the first token; null when nothing was streamed.',
  })
  ttftMs!: number | null
  @Field(() => Int, { nullable: true, description: 'Null when the server was interrupted.' })
  durationMs!: number | null
}

export const UsageRecordConnection = connectionOf('UsageRecord', UsageRecordType)

@ObjectType({ description: 'A request that was settled.' })
export class UsageRecordedEvent {
  @Field(() => Int64, { description: "Grows with each of the viewer's events; the order of what happened." })
  sequence!: bigint
  @Field(() => UsageRecordType, { description: 'As it is now; it does not change any more.' })
  record!: UsageRecordType
}

@ObjectType({ description: 'What requests added to one bucket of time, for one model and API token.' })
export class UsageDelta {
  @Field(() => Date, { description: 'Of the bucket; buckets begin at multiples of their length since 1970.' })
  start!: Date
  @Field(() => String, { description: 'The name that was sent as `model`.' }) model!: string
  @Field(() => ID, { description: 'The id of the API token that asked.' }) apiTokenId!: string
  @Field(() => Int64, { description: 'How many requests.' }) requests!: bigint
  @Field(() => Int64, { description: 'How many of them succeeded.' }) succeeded!: bigint
  @Field(() => Int64, { description: 'LLM tokens of their prompts.' }) promptTokens!: bigint
  @Field(() => Int64, { description: 'LLM tokens of their answers.' }) completionTokens!: bigint
  @Field(() => Money, { description: 'What they cost.' }) cost!: bigint
}

@ObjectType({ description: 'What the viewer used since the tick before: add it to what you show.' })
export class UsageTickEvent {
  @Field(() => Int64, {
    description:
      '1, 2, 3 … of this subscription. When a number is left out, ticks were lost: read usageReport anew.',
  })
  sequence!: bigint
  @Field(() => Date, { description: 'When it was sent.' }) at!: Date
  @Field(() => [UsageDelta], { description: 'Each request is counted in one tick only.' })
  deltas!: UsageDelta[]
}
