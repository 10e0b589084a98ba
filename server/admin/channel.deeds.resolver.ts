import { Length } from 'class-validator'
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  Float,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql'
import type { Channel } from '../catalog/channel.entity.ts'
import { keyIdOf } from '../catalog/channel.keys.ts'
import type { HealthSummary, Summaries } from '../relay/health.summary.ts'
import { deleteChannel, resetChannel, testChannel } from './channel.deeds.ts'
import { ChannelHealthType } from './channel.health.type.ts'
import { ChannelKeyType, ChannelType } from './channel.type.ts'
import { type ChannelsContext, updateChannel } from './channels.ts'
import { previewRouting } from './routing.ts'

enum RoutingReasonEnum {
  READY = 'ready',
  PARTLY_RESTING = 'partly_resting',
  PROBING = 'probing',
  RESTING = 'resting',
  ALL_REST = 'all_rest',
  DRAINING = 'draining',
  DISABLED = 'disabled',
}
registerEnumType(RoutingReasonEnum, {
  name: 'RoutingReason',
  description: 'All rest: trying anyway beats refusing for certain.',
})

@ObjectType('RoutingCandidate')
class RoutingCandidateType {
  @Field(() => ChannelType) channel!: Channel
  @Field(() => String) upstreamModel!: string
  @Field(() => Int) priority!: number
  @Field(() => Int) weight!: number
  @Field(() => Float, { description: 'Of the requests that its priority gets, 0 to 1.' }) share!: number
  @Field(() => Boolean, { description: 'Whether it would be asked now.' }) included!: boolean
  @Field(() => RoutingReasonEnum) reason!: RoutingReasonEnum
}

@ObjectType('RoutingPreview')
class RoutingPreviewType {
  @Field(() => Boolean, { description: 'False: the model is hidden, retired or has no price.' })
  offered!: boolean
  @Field(() => [RoutingCandidateType], { description: 'In the order in which they would be asked.' })
  candidates!: RoutingCandidateType[]
}

@InputType()
class TestChannelInput {
  @Field(() => ID) id!: string
  @Field(() => ID, { nullable: true, description: 'Absent: its first key.' }) @Length(1, 100) keyId?: string
  @Field(() => ID, { nullable: true, description: 'Absent: its first model.' })
  @Length(1, 100)
  modelId?: string
}

@InputType()
class SetChannelDrainingInput {
  @Field(() => ID) id!: string
  @Field(() => Boolean, { description: 'True: what runs may finish, nothing new is sent.' })
  draining!: boolean
}

@InputType()
class DeleteChannelInput {
  @Field(() => ID) id!: string
}

@InputType()
class ResetChannelInput {
  @Field(() => ID) id!: string
}

@ObjectType()
class TestChannelPayload {
  @Field(() => Boolean) ok!: boolean
  @Field(() => Int, { nullable: true, description: 'Null: there was no answer.' }) httpStatus!: number | null
  @Field(() => Int) latencyMs!: number
  @Field(() => String, { nullable: true, description: "The beginning of the model's text." })
  excerpt!: string | null
  @Field(() => String, { nullable: true }) errorCode!: string | null
  @Field(() => String, { nullable: true, description: 'Without addresses and keys.' })
  errorMessage!: string | null
}

@ObjectType()
class SetChannelDrainingPayload {
  @Field(() => ChannelType) channel!: Channel
}

@ObjectType()
class ResetChannelPayload {
  @Field(() => ChannelType) channel!: Channel
}

@ObjectType()
class DeleteChannelPayload {
  @Field(() => ID) deletedChannelId!: string
  @Field(() => Boolean, { description: 'True: receipts name it, so it is only shown no more.' })
  archived!: boolean
}

@Resolver(() => ChannelType)
export class ChannelDeedsResolver {
  @Query(() => RoutingPreviewType, { description: 'For administrators: whom a request would go to now.' })
  routingPreview(@Ctx() ctx: ChannelsContext, @Arg('modelId', () => ID) modelId: string) {
    return previewRouting(ctx, modelId)
  }

  @FieldResolver(() => ChannelHealthType)
  async health(@Root() { id, sealedKeys }: Channel, @Ctx() ctx: ChannelsContext): Promise<HealthSummary> {
    return (await healthOf(ctx)).ofChannel(id, sealedKeys.map(keyIdOf))
  }

  @Mutation(() => TestChannelPayload, {
    description: 'For administrators: asks for one LLM token, charged to nobody.',
  })
  testChannel(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => TestChannelInput) { id, ...which }: TestChannelInput,
  ) {
    return testChannel(ctx, id, which)
  }

  @Mutation(() => SetChannelDrainingPayload, { description: 'For administrators.' })
  async setChannelDraining(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => SetChannelDrainingInput) { id, draining }: SetChannelDrainingInput,
  ) {
    return { channel: await updateChannel(ctx, id, { state: draining ? 'draining' : 'enabled' }) }
  }

  @Mutation(() => ResetChannelPayload, {
    description: 'For administrators: a resting channel is asked again at once.',
  })
  async resetChannel(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => ResetChannelInput) { id }: ResetChannelInput,
  ) {
    return { channel: await resetChannel(ctx, id) }
  }

  @Mutation(() => DeleteChannelPayload, { description: 'For administrators.' })
  async deleteChannel(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => DeleteChannelInput) { id }: DeleteChannelInput,
  ) {
    return { deletedChannelId: id, ...(await deleteChannel(ctx, id)) }
  }
}

@Resolver(() => ChannelKeyType)
export class ChannelKeyHealthResolver {
  @FieldResolver(() => ChannelHealthType)
  async health(
    @Root() { id, channelId }: ChannelKeyType & { channelId: string },
    @Ctx() ctx: ChannelsContext,
  ): Promise<HealthSummary> {
    return (await healthOf(ctx)).ofKey(channelId, id)
  }
}

const read = new WeakMap<object, Promise<Summaries>>()

/** A page of channels reads it once. */
function healthOf(ctx: ChannelsContext): Promise<Summaries> {
  const known = read.get(ctx) ?? ctx.channelHealth.read()
  read.set(ctx, known)
  return known
}
