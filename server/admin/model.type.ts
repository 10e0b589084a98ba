import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { TokenizerName } from '../catalog/model.entity.ts'
import { Money } from '../platform/scalars.ts'

export enum ModelTokenizer {
  QWEN = 'qwen',
  DEEPSEEK = 'deepseek',
  O200K = 'o200k',
}
registerEnumType(ModelTokenizer, {
  name: 'ModelTokenizer',
  description: 'Whose tokeniser counts prompts before a request; O200K where a family has none of its own.',
  valuesConfig: {
    QWEN: { description: "Alibaba's Qwen family." },
    DEEPSEEK: { description: "DeepSeek's models." },
    O200K: { description: "OpenAI's o200k, for all others: close, not exact." },
  },
})

export enum ModelCapability {
  CHAT = 'chat',
  REASONING = 'reasoning',
  TOOLS = 'tools',
  VISION = 'vision',
  EMBEDDING = 'embedding',
}
registerEnumType(ModelCapability, {
  name: 'ModelCapability',
  description: 'What a model can do.',
  valuesConfig: {
    CHAT: { description: 'It answers conversations.' },
    REASONING: { description: 'It thinks before it answers; its thoughts are billed as output.' },
    TOOLS: { description: 'It can call functions.' },
    VISION: { description: 'It reads pictures.' },
    EMBEDDING: { description: 'It turns texts into vectors.' },
  },
})

@ObjectType('ManagedModel', {
  description: 'A model as administrators see it; prices in CNY per 1,000,000 LLM tokens.',
})
export class ManagedModelType {
  @Field(() => ID, { description: 'The name to send as `model`; it stays for ever.' }) id!: string
  @Field(() => String, { description: 'For people; callers send `id`.' }) displayName!: string
  @Field(() => ID, { description: 'Who makes it.' }) providerId!: string
  @Field(() => String, { nullable: true, description: 'English; null when there is none.' }) description!:
    string | null
  @Field(() => String, { nullable: true, description: 'The same in Chinese.' }) descriptionZh!: string | null
  @Field(() => [String], { description: 'Other names that callers may send.' }) aliases!: string[]
  @Field(() => Int, { nullable: true, description: 'Prompt and answer together; null when not known.' })
  contextLength!: number | null
  @Field(() => Int, { nullable: true, description: 'Null when not known.' }) maxOutputTokens!: number | null
  @Field(() => [ModelCapability], { description: 'What it can do.' }) capabilities!: string[]
  @Field(() => ModelTokenizer, { description: 'What counts its prompts.' }) tokenizer!: TokenizerName
  @Field(() => Int, { description: 'Lower comes first in the catalogue.' }) position!: number
  @Field(() => Date, { nullable: true, description: 'From then on it answers 404.' }) retiresAt!: Date | null
  @Field(() => ID, { nullable: true, description: 'The model to use instead.' }) replacementId!: string | null
  @Field(() => Boolean, { description: 'False: not in the catalogue, and answers 404.' }) visible!: boolean
  @Field(() => Money, { nullable: true, description: 'Null: it has no price yet and is not offered.' })
  input!: bigint | null
  @Field(() => Money, {
    nullable: true,
    description: 'Null: cached input costs what input costs, or there is no price yet.',
  })
  cachedInput!: bigint | null
  @Field(() => Money, { nullable: true, description: 'Null: it has no price yet.' }) output!: bigint | null
  @Field(() => Boolean, {
    nullable: true,
    description: 'True: the price is the one it came with; null: it has none.',
  })
  isExample!: boolean | null
  @Field(() => Date, { nullable: true, description: 'When this price began.' }) since!: Date | null
  @Field(() => Money, { nullable: true, description: 'What the provider charges; null when not known.' })
  costInput!: bigint | null
  @Field(() => Money, { nullable: true, description: 'Null: cached input costs what input costs.' })
  costCachedInput!: bigint | null
  @Field(() => Money, { nullable: true, description: 'Null when not known.' }) costOutput!: bigint | null
  @Field(() => Boolean, {
    nullable: true,
    description: 'Some part of the price is below its cost; null when price or cost are not known.',
  })
  belowCost!: boolean | null
  @Field(() => Float, {
    nullable: true,
    description:
      'What is left of the price after the cost, 0.25 for 25 %, of the part where it is least; null when price or cost are not known, or it is free.',
  })
  margin!: number | null
  @Field(() => Float, {
    nullable: true,
    description: 'The same for who has the plan on offer that takes most off this model.',
  })
  marginDiscounted!: number | null
}

@ObjectType({ description: 'The model after the change.' })
export class ManagedModelPayload {
  @Field(() => ManagedModelType, { description: 'As it is now.' }) model!: ManagedModelType
}
