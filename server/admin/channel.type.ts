import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'

/** Values are the database's. */
export enum ChannelStateEnum {
  ENABLED = 'enabled',
  DRAINING = 'draining',
  DISABLED = 'disabled',
}
registerEnumType(ChannelStateEnum, {
  name: 'ChannelState',
  description: 'Draining and disabled channels finish what runs and are sent nothing new.',
  valuesConfig: {
    ENABLED: { description: 'It is sent requests.' },
    DRAINING: { description: 'What runs may finish; for the time of a change.' },
    DISABLED: { description: 'Switched off until somebody enables it.' },
  },
})

@ObjectType('ChannelModel', { description: 'A model that a channel serves, under both its names.' })
export class ChannelModelType {
  @Field(() => ID, { description: "The model's id in our catalogue." }) modelId!: string
  @Field(() => String, { description: 'What the upstream is sent as `model`.' }) upstreamModel!: string
}

@ObjectType('ChannelKey', { description: 'A key, as far as it is ever shown again.' })
export class ChannelKeyType {
  @Field(() => ID, { description: 'Of the key as it is stored; what `removeKeyIds` takes.' }) id!: string
  @Field(() => String, { description: 'Its last four characters; empty for a very short key.' })
  lastFour!: string
}

@ObjectType('ChannelTimeouts', { description: 'Milliseconds; null: the default.' })
export class ChannelTimeoutsType {
  @Field(() => Int, { nullable: true, description: 'To a connection; 5,000.' }) connect!: number | null
  @Field(() => Int, {
    nullable: true,
    description: 'To the first token of a stream; 60,000, or 10,000 while another channel could take over.',
  })
  firstToken!: number | null
  @Field(() => Int, {
    nullable: true,
    description:
      'Between two events of a stream; 30,000, and twice that after reasoning or tool calls began.',
  })
  idle!: number | null
  @Field(() => Int, {
    nullable: true,
    description: 'For the whole answer; at most 900,000, which is the default for streams.',
  })
  total!: number | null
}

@ObjectType('ChannelPreset', { description: 'Where a provider serves its OpenAI-compatible endpoint.' })
export class ChannelPresetType {
  @Field(() => ID, { description: 'What `createChannel` takes as `providerId`.' }) id!: string
  @Field(() => String, { description: 'As people read it.' }) name!: string
  @Field(() => String, {
    nullable: true,
    description: 'Used when `createChannel` names none; null: name one.',
  })
  baseUrl!: string | null
}

@ObjectType('Channel', { description: 'One upstream connection. Its keys can be written, never read.' })
export class ChannelType {
  @Field(() => ID, { description: 'Stands in receipts; customers never see it.' }) id!: string
  @Field(() => String, { description: "The operator's, different for each channel; customers never see it." })
  name!: string
  @Field(() => String, { description: 'One of `channelPresets`.' }) providerId!: string
  @Field(() => String, { description: 'Where requests are sent; what follows it is the OpenAI path.' })
  baseUrl!: string
  @Field(() => [ChannelKeyType], {
    description: 'Requests are spread over them; a key that fails rests alone.',
  })
  keys!: ChannelKeyType[]
  @Field(() => Int, { description: 'How many keys it has, resting ones too.' }) keyCount!: number
  @Field(() => [ChannelModelType], { description: 'What is sent to it, and under which name.' })
  models!: ChannelModelType[]
  @Field(() => Int, { description: 'Lower is asked first.' }) priority!: number
  @Field(() => Int, { description: 'Share of the requests within one priority.' }) weight!: number
  @Field(() => ChannelTimeoutsType, { description: 'How long it is waited for.' })
  timeouts!: ChannelTimeoutsType
  @Field(() => ChannelStateEnum, { description: 'Whether it is sent requests.' }) state!: ChannelStateEnum
  @Field(() => Date, { description: 'When it was connected.' }) createdAt!: Date
}

export const ChannelConnection = connectionOf('Channel', ChannelType)
