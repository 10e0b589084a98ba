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
import { PageArgs } from '../platform/page.ts'
import { ChannelConnection, ChannelModelType, ChannelType } from './catalog.type.ts'
import type { Channel } from './channel.entity.ts'
import { type ChannelsContext, createChannel, listChannels, updateChannel } from './channels.ts'

const KEYS_MAX = 50
const MODELS_MAX = 500
const NUMBER_MAX = 10_000

@InputType()
class ChannelModelInput {
  @Field(() => ID) @Length(1, 100) modelId!: string
  @Field(() => String) @Length(1, 200) upstreamModel!: string
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
}

@InputType({ description: 'Absent fields stay as they are.' })
class UpdateChannelInput {
  @Field(() => ID) id!: string
  @Field(() => String, { nullable: true }) @Length(1, 60) name?: string
  @Field(() => String, { nullable: true }) @MaxLength(500) baseUrl?: string
  @Field(() => [String], { nullable: true, description: 'Replaces all keys.' })
  @ArrayMaxSize(KEYS_MAX)
  keys?: string[]
  @Field(() => [ChannelModelInput], { nullable: true }) @ArrayMaxSize(MODELS_MAX) models?: ChannelModelInput[]
  @Field(() => Int, { nullable: true }) @Min(0) @Max(NUMBER_MAX) priority?: number
  @Field(() => Int, { nullable: true }) @Min(1) @Max(NUMBER_MAX) weight?: number
  @Field(() => Boolean, { nullable: true }) enabled?: boolean
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

  @FieldResolver(() => Int)
  keyCount(@Root() channel: Channel) {
    return channel.sealedKeys.length
  }

  @FieldResolver(() => [ChannelModelType])
  models(@Root() channel: Channel) {
    return Object.entries(channel.models).map(([modelId, upstreamModel]) => ({ modelId, upstreamModel }))
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
