import { Field, ID, Int, ObjectType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Money } from '../platform/scalars.ts'

@ObjectType('Provider', { description: 'The company that makes a model.' })
export class ProviderType {
  @Field(() => ID) id!: string
  @Field(() => String) name!: string
}

@ObjectType('ModelPrice', { description: 'CNY per 1,000,000 LLM tokens.' })
export class ModelPriceType {
  @Field(() => Money) input!: bigint
  @Field(() => Money, { nullable: true, description: 'Null: cached input costs what input costs.' })
  cachedInput!: bigint | null
  @Field(() => Money) output!: bigint
  @Field(() => Boolean, { description: 'True while the operator has not set a price of their own.' })
  isExample!: boolean
}

@ObjectType('Model')
export class ModelType {
  @Field(() => ID, { description: 'The name to send as `model`.' }) id!: string
  @Field(() => String) displayName!: string
  @Field(() => ProviderType) provider!: ProviderType
  @Field(() => String, { nullable: true }) description!: string | null
  @Field(() => Int, {
    nullable: true,
    description: 'Longest prompt and answer together, in LLM tokens; null when not known.',
  })
  contextLength!: number | null
  @Field(() => Int, { nullable: true }) maxOutputTokens!: number | null
  @Field(() => [String], { description: 'chat, reasoning, tools, vision …' }) capabilities!: string[]
}

export const ModelConnection = connectionOf('Model', ModelType)

@ObjectType('ChannelModel')
export class ChannelModelType {
  @Field(() => ID, { description: 'Our name.' }) modelId!: string
  @Field(() => String, { description: "The upstream's name." }) upstreamModel!: string
}

@ObjectType('Channel', { description: 'One upstream connection. Its keys can be written, never read.' })
export class ChannelType {
  @Field(() => ID) id!: string
  @Field(() => String) name!: string
  @Field(() => String) providerId!: string
  @Field(() => String) baseUrl!: string
  @Field(() => Int, { description: 'How many keys it has.' }) keyCount!: number
  @Field(() => [ChannelModelType]) models!: ChannelModelType[]
  @Field(() => Int, { description: 'Lower is asked first.' }) priority!: number
  @Field(() => Int, { description: 'Share of the requests within one priority.' }) weight!: number
  @Field(() => Boolean) enabled!: boolean
  @Field(() => Date) createdAt!: Date
}

export const ChannelConnection = connectionOf('Channel', ChannelType)
