import { ArrayMaxSize, Length, Max, MaxLength, Min } from 'class-validator'
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql'
import type { Channel, ChannelState } from '../catalog/channel.entity.ts'
import { keyIdOf } from '../catalog/channel.keys.ts'
import { PageArgs } from '../platform/page.ts'
import { RELAY_TIMING } from '../relay/timing.ts'
import {
  ChannelConnection,
  ChannelKeyType,
  ChannelModelType,
  ChannelPresetType,
  ChannelStateEnum,
  ChannelTimeoutsType,
  ChannelType,
} from './channel.type.ts'
import {
  type ChannelsContext,
  createChannel,
  lastFour,
  listChannels,
  listPresets,
  updateChannel,
} from './channels.ts'

const KEYS_MAX = 50
const MODELS_MAX = 500
const NUMBER_MAX = 10_000
const TIMEOUT_MIN = 100
const HOUR_MS = 3_600_000

@InputType({ description: 'A model that the channel is to serve.' })
class ChannelModelInput {
  @Field(() => ID, { description: "The model's id in the catalogue." }) @Length(1, 100) modelId!: string
  @Field(() => String, { description: 'What the upstream is sent as `model`, 1 to 200 characters.' })
  @Length(1, 200)
  upstreamModel!: string
}

@InputType({ description: 'Milliseconds; null or absent: the default.' })
class ChannelTimeoutsInput {
  @Field(() => Int, { nullable: true, description: 'To a connection, 100 to 3,600,000.' })
  @Min(TIMEOUT_MIN)
  @Max(HOUR_MS)
  connect?: number | null
  @Field(() => Int, { nullable: true, description: 'To the first token of a stream, 100 to 3,600,000.' })
  @Min(TIMEOUT_MIN)
  @Max(HOUR_MS)
  firstToken?: number | null
  @Field(() => Int, { nullable: true, description: 'Between two events of a stream, 100 to 3,600,000.' })
  @Min(TIMEOUT_MIN)
  @Max(HOUR_MS)
  idle?: number | null
  @Field(() => Int, { nullable: true, description: 'For the whole answer, 100 to 900,000.' })
  @Min(TIMEOUT_MIN)
  @Max(RELAY_TIMING.total)
  total?: number | null
}

@InputType({ description: 'A new upstream connection.' })
class CreateChannelInput {
  @Field(() => String, { description: '1 to 60 characters; `channel_name_taken` when another has it.' })
  @Length(1, 60)
  name!: string
  @Field(() => ID, { description: 'One of `channelPresets`.' }) @MaxLength(60) providerId!: string
  @Field(() => String, { nullable: true, description: "Absent: the provider's preset." })
  @MaxLength(500)
  baseUrl?: string
  @Field(() => [String], {
    description: "The provider's API keys, at most 50; sealed at once and never shown again.",
  })
  @ArrayMaxSize(KEYS_MAX)
  keys!: string[]
  @Field(() => [ChannelModelInput], { description: 'What it is to serve, at most 500.' })
  @ArrayMaxSize(MODELS_MAX)
  models!: ChannelModelInput[]
  @Field(() => Int, { nullable: true, description: 'Lower is asked first, 0 to 10,000.' })
  @Min(0)
  @Max(NUMBER_MAX)
  priority?: number
  @Field(() => Int, {
    nullable: true,
    description: 'Share of the requests within one priority, 1 to 10,000.',
  })
  @Min(1)
  @Max(NUMBER_MAX)
  weight?: number
  @Field(() => ChannelTimeoutsInput, { nullable: true, description: 'Absent: the defaults.' })
  timeouts?: ChannelTimeoutsInput
  @Field(() => ChannelStateEnum, { nullable: true, description: 'Absent: enabled.' }) state?: ChannelState
}

@InputType({ description: 'Absent fields stay as they are.' })
class UpdateChannelInput {
  @Field(() => ID, { description: 'Of the channel. Error: channel_not_found.' }) id!: string
  @Field(() => String, {
    nullable: true,
    description: '1 to 60 characters; `channel_name_taken` when another has it.',
  })
  @Length(1, 60)
  name?: string
  @Field(() => ID, { nullable: true, description: 'One of `channelPresets`.' })
  @MaxLength(60)
  providerId?: string
  @Field(() => String, {
    nullable: true,
    description: 'Another host needs its keys given again: stored keys are never sent elsewhere.',
  })
  @MaxLength(500)
  baseUrl?: string
  @Field(() => [String], { nullable: true, description: 'Replaces all keys.' })
  @ArrayMaxSize(KEYS_MAX)
  keys?: string[]
  @Field(() => [String], { nullable: true, description: 'Beside those that are there, 50 in all.' })
  @ArrayMaxSize(KEYS_MAX)
  addKeys?: string[]
  @Field(() => [ID], { nullable: true, description: 'Ids of `keys`; what runs with them may finish.' })
  @ArrayMaxSize(KEYS_MAX)
  removeKeyIds?: string[]
  @Field(() => [ChannelModelInput], { nullable: true, description: 'Replaces the whole list.' })
  @ArrayMaxSize(MODELS_MAX)
  models?: ChannelModelInput[]
  @Field(() => Int, { nullable: true, description: 'Lower is asked first, 0 to 10,000.' })
  @Min(0)
  @Max(NUMBER_MAX)
  priority?: number
  @Field(() => Int, {
    nullable: true,
    description: 'Share of the requests within one priority, 1 to 10,000.',
  })
  @Min(1)
  @Max(NUMBER_MAX)
  weight?: number
  @Field(() => ChannelTimeoutsInput, { nullable: true, description: 'Replaces all four.' })
  timeouts?: ChannelTimeoutsInput
  @Field(() => ChannelStateEnum, { nullable: true, description: 'Whether it is sent requests.' })
  state?: ChannelState
}

@ArgsType()
class ChannelsArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description: 'Part of the name, the address, or of what its provider or one of its models is called.',
  })
  @MaxLength(200)
  search?: string
}

@ObjectType({ description: 'The new channel.' })
class CreateChannelPayload {
  @Field(() => ChannelType, { description: 'As it is stored.' }) channel!: Channel
}

@ObjectType({ description: 'The channel after the change.' })
class UpdateChannelPayload {
  @Field(() => ChannelType, { description: 'As it is now.' }) channel!: Channel
}

@Resolver(() => ChannelType)
export class ChannelResolver {
  @Query(() => ChannelConnection, { description: 'For administrators. Newest first.' })
  channels(@Ctx() ctx: ChannelsContext, @Args(() => ChannelsArgs) { search, ...page }: ChannelsArgs) {
    return listChannels(ctx, page, search)
  }

  @Query(() => [ChannelPresetType], { description: 'For administrators: providers to pick from.' })
  channelPresets(@Ctx() ctx: ChannelsContext) {
    return listPresets(ctx)
  }

  @FieldResolver(() => Int)
  keyCount(@Root() channel: Channel) {
    return channel.sealedKeys.length
  }

  @FieldResolver(() => [ChannelKeyType])
  keys(@Root() { id: channelId, sealedKeys }: Channel, @Ctx() { sealer }: ChannelsContext) {
    return sealedKeys.map((sealed) => ({
      channelId,
      id: keyIdOf(sealed),
      lastFour: lastFour(sealer.unseal(sealed)),
    }))
  }

  @FieldResolver(() => [ChannelModelType])
  models(@Root() channel: Channel) {
    return Object.entries(channel.models).map(([modelId, upstreamModel]) => ({ modelId, upstreamModel }))
  }

  @FieldResolver(() => ChannelTimeoutsType)
  timeouts(@Root() { timeouts }: Channel) {
    return { connect: null, firstToken: null, idle: null, total: null, ...timeouts }
  }

  @Mutation(() => CreateChannelPayload, {
    description:
      'For administrators: connects an upstream; requests reach it at once unless `state` says otherwise. Error: channel_name_taken.',
  })
  async createChannel(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => CreateChannelInput) input: CreateChannelInput,
  ) {
    return { channel: await createChannel(ctx, input) }
  }

  @Mutation(() => UpdateChannelPayload, {
    description:
      'For administrators: changes a channel, from the next request on. Errors: channel_not_found, channel_name_taken.',
  })
  async updateChannel(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => UpdateChannelInput) { id, ...settings }: UpdateChannelInput,
  ) {
    return { channel: await updateChannel(ctx, id, settings) }
  }
}
