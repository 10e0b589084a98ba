import { ArrayMaxSize, Length, Max, MaxLength, Min } from 'class-validator'
import {
  Arg,
  Args,
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

@InputType()
class ChannelModelInput {
  @Field(() => ID) @Length(1, 100) modelId!: string
  @Field(() => String) @Length(1, 200) upstreamModel!: string
}

@InputType({ description: 'Milliseconds; null or absent: the default.' })
class ChannelTimeoutsInput {
  @Field(() => Int, { nullable: true }) @Min(TIMEOUT_MIN) @Max(HOUR_MS) connect?: number | null
  @Field(() => Int, { nullable: true }) @Min(TIMEOUT_MIN) @Max(HOUR_MS) firstToken?: number | null
  @Field(() => Int, { nullable: true }) @Min(TIMEOUT_MIN) @Max(HOUR_MS) idle?: number | null
  @Field(() => Int, { nullable: true }) @Min(TIMEOUT_MIN) @Max(RELAY_TIMING.total) total?: number | null
}

@InputType()
class CreateChannelInput {
  @Field(() => String) @Length(1, 60) name!: string
  @Field(() => ID) @MaxLength(60) providerId!: string
  @Field(() => String, { nullable: true, description: "Absent: the provider's preset." })
  @MaxLength(500)
  baseUrl?: string
  @Field(() => [String]) @ArrayMaxSize(KEYS_MAX) keys!: string[]
  @Field(() => [ChannelModelInput]) @ArrayMaxSize(MODELS_MAX) models!: ChannelModelInput[]
  @Field(() => Int, { nullable: true }) @Min(0) @Max(NUMBER_MAX) priority?: number
  @Field(() => Int, { nullable: true }) @Min(1) @Max(NUMBER_MAX) weight?: number
  @Field(() => ChannelTimeoutsInput, { nullable: true }) timeouts?: ChannelTimeoutsInput
  @Field(() => ChannelStateEnum, { nullable: true, description: 'Absent: enabled.' }) state?: ChannelState
}

@InputType({ description: 'Absent fields stay as they are.' })
class UpdateChannelInput {
  @Field(() => ID) id!: string
  @Field(() => String, { nullable: true }) @Length(1, 60) name?: string
  @Field(() => ID, { nullable: true }) @MaxLength(60) providerId?: string
  @Field(() => String, {
    nullable: true,
    description: 'Another host needs its keys given again: stored keys are never sent elsewhere.',
  })
  @MaxLength(500)
  baseUrl?: string
  @Field(() => [String], { nullable: true, description: 'Replaces all keys.' })
  @ArrayMaxSize(KEYS_MAX)
  keys?: string[]
  @Field(() => [String], { nullable: true }) @ArrayMaxSize(KEYS_MAX) addKeys?: string[]
  @Field(() => [ID], { nullable: true }) @ArrayMaxSize(KEYS_MAX) removeKeyIds?: string[]
  @Field(() => [ChannelModelInput], { nullable: true }) @ArrayMaxSize(MODELS_MAX) models?: ChannelModelInput[]
  @Field(() => Int, { nullable: true }) @Min(0) @Max(NUMBER_MAX) priority?: number
  @Field(() => Int, { nullable: true }) @Min(1) @Max(NUMBER_MAX) weight?: number
  @Field(() => ChannelTimeoutsInput, { nullable: true, description: 'Replaces all four.' })
  timeouts?: ChannelTimeoutsInput
  @Field(() => ChannelStateEnum, { nullable: true }) state?: ChannelState
}

@ObjectType()
class CreateChannelPayload {
  @Field(() => ChannelType) channel!: Channel
}

@ObjectType()
class UpdateChannelPayload {
  @Field(() => ChannelType) channel!: Channel
}

@Resolver(() => ChannelType)
export class ChannelResolver {
  @Query(() => ChannelConnection, { description: 'For administrators. Newest first.' })
  channels(@Ctx() ctx: ChannelsContext, @Args(() => PageArgs) page: PageArgs) {
    return listChannels(ctx, page)
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

  @Mutation(() => CreateChannelPayload, { description: 'For administrators.' })
  async createChannel(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => CreateChannelInput) input: CreateChannelInput,
  ) {
    return { channel: await createChannel(ctx, input) }
  }

  @Mutation(() => UpdateChannelPayload, { description: 'For administrators.' })
  async updateChannel(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => UpdateChannelInput) { id, ...settings }: UpdateChannelInput,
  ) {
    return { channel: await updateChannel(ctx, id, settings) }
  }
}
