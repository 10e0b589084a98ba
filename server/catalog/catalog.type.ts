import { Field, ID, Int, ObjectType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Money } from '../platform/scalars.ts'

@ObjectType('Provider', { description: 'The company that makes a model.' })
export class ProviderType {
  @Field(() => ID, { description: 'Such as `deepseek`; stable.' }) id!: string
  @Field(() => String, { description: "The company's name, as people read it." }) name!: string
}

@ObjectType('ModelPrice', { description: 'CNY per 1,000,000 LLM tokens.' })
export class ModelPriceType {
  @Field(() => Money, { description: 'For input that was not cached.' }) input!: bigint
  @Field(() => Money, { nullable: true, description: 'Null: cached input costs what input costs.' })
  cachedInput!: bigint | null
  @Field(() => Money, { description: 'For output, reasoning included.' }) output!: bigint
  @Field(() => Boolean, { description: 'True while the operator has not set a price of their own.' })
  isExample!: boolean
}

@ObjectType('UpcomingPrice', {
  description: 'A price that has been announced; CNY per 1,000,000 LLM tokens.',
})
export class UpcomingPriceType extends ModelPriceType {
  @Field(() => Date, { description: 'From this moment on.' }) from!: Date
}

@ObjectType('ModelPriceVersion', {
  description: 'The list price from one moment to the next; CNY per 1,000,000 LLM tokens.',
})
export class ModelPriceVersionType extends ModelPriceType {
  @Field(() => Date, { description: 'Inclusive; it holds until the `from` of the one after it.' }) from!: Date
}

@ObjectType('ModelDeprecation', { description: 'The end of a model, announced.' })
export class ModelDeprecationType {
  @Field(() => Date, { description: 'From then on it answers 404.' }) retiresAt!: Date
  @Field(() => ID, { nullable: true, description: 'The model to use instead.' })
  replacementId!: string | null
}

@ObjectType('Model', { description: 'A model that can be called, and what it costs.' })
export class ModelType {
  @Field(() => ID, { description: 'The name to send as `model`.' }) id!: string
  @Field(() => String, { description: 'For people; callers send `id`.' }) displayName!: string
  @Field(() => ProviderType, { description: 'Who makes it.' }) provider!: ProviderType
  @Field(() => String, {
    nullable: true,
    description: "English, in the operator's words; null when there is none.",
  })
  description!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'The same in Chinese, where the operator has written it.',
  })
  descriptionZh!: string | null
  @Field(() => Int, {
    nullable: true,
    description: 'Longest prompt and answer together, in LLM tokens; null when not known.',
  })
  contextLength!: number | null
  @Field(() => Int, { nullable: true, description: 'Longest answer in LLM tokens; null when not known.' })
  maxOutputTokens!: number | null
  @Field(() => [String], { description: 'chat, reasoning, tools, vision …' }) capabilities!: string[]
}

export const ModelConnection = connectionOf('Model', ModelType)
