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
  valuesConfig: {
    READY: { description: 'It is asked.' },
    PARTLY_RESTING: { description: 'It is asked, by those of its keys that do not rest.' },
    PROBING: { description: 'Its rest is over; one request tries it.' },
    RESTING: { description: 'It failed lately and is left out.' },
    ALL_REST: { description: 'It rests like all others, and is asked anyway.' },
    DRAINING: { description: 'It is sent nothing new.' },
    DISABLED: { description: 'It is switched off.' },
  },
})

@ObjectType('RoutingCandidate', {
  description: 'A channel that serves the model, and whether it would be asked.',
})
class RoutingCandidateType {
  @Field(() => ChannelType, { description: 'With its health.' }) channel!: Channel
  @Field(() => String, { description: 'What the channel would be sent as `model`.' }) upstreamModel!: string
  @Field(() => Int, { description: 'Lower is asked first.' }) priority!: number
  @Field(() => Int, { description: 'Share of the requests within one priority.' }) weight!: number
  @Field(() => Float, { description: 'Of the requests that its priority gets, 0 to 1.' }) share!: number
  @Field(() => Boolean, { description: 'Whether it would be asked now.' }) included!: boolean
  @Field(() => RoutingReasonEnum, { description: 'Why it would be asked, or not.' })
  reason!: RoutingReasonEnum
}

@ObjectType('RoutingPreview', { description: 'Where a request for a model would go at this moment.' })
class RoutingPreviewType {
  @Field(() => Boolean, { description: 'False: the model is hidden, retired or has no price.' })
  offered!: boolean
  @Field(() => [RoutingCandidateType], { description: 'In the order in which they would be asked.' })
  candidates!: RoutingCandidateType[]
}

@InputType({ description: 'What to try.' })
class TestChannelInput {
  @Field(() => ID, { description: 'Of the channel, in whatever state. Error: channel_not_found.' })
  id!: string
  @Field(() => ID, { nullable: true, description: 'Absent: its first key.' }) @Length(1, 100) keyId?: string
  @Field(() => ID, { nullable: true, description: 'Absent: its first model.' })
  @Length(1, 100)
  modelId?: string
}

@InputType({ description: 'Which channel, and whether it drains.' })
class SetChannelDrainingInput {
  @Field(() => ID, { description: 'Of the channel. Error: channel_not_found.' }) id!: string
  @Field(() => Boolean, { description: 'True: what runs may finish, nothing new is sent.' })
  draining!: boolean
}

@InputType({ description: 'Which channel goes.' })
class DeleteChannelInput {
  @Field(() => ID, { description: 'Of the channel. Error: channel_not_found.' }) id!: string
}

@InputType({ description: 'Which channel, or which key of it, is asked again.' })
class ResetChannelInput {
  @Field(() => ID, { description: 'Of the channel. Error: channel_not_found.' }) id!: string
  @Field(() => ID, { nullable: true, description: 'Absent: all of its keys.' })
  @Length(1, 100)
  keyId?: string
}

@ObjectType({ description: 'How the upstream answered.' })
class TestChannelPayload {
  @Field(() => Boolean, { description: 'Whether the upstream answered with a 2xx that could be read.' })
  ok!: boolean
  @Field(() => Int, { nullable: true, description: 'Null: there was no answer.' }) httpStatus!: number | null
  @Field(() => Int, { description: 'Milliseconds until the whole answer or the failure.' }) latencyMs!: number
  @Field(() => String, { nullable: true, description: "The beginning of the model's text." })
  excerpt!: string | null
  @Field(() => String, {
    nullable: true,
    description: '`http_401`, `timeout`, `econnrefused` …; null when it went well.',
  })
  errorCode!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'What went wrong, without addresses and keys; null when it went well.',
  })
  errorMessage!: string | null
}

@ObjectType({ description: 'The channel after the change.' })
class SetChannelDrainingPayload {
  @Field(() => ChannelType, { description: 'As it is now; not draining means enabled.' }) channel!: Channel
}

@ObjectType({ description: 'The channel after the change.' })
class ResetChannelPayload {
  @Field(() => ChannelType, { description: 'As it is now.' }) channel!: Channel
}

@ObjectType({ description: 'The channel that went.' })
class DeleteChannelPayload {
  @Field(() => ID, { description: 'What it was.' }) deletedChannelId!: string
  @Field(() => Boolean, { description: 'True: receipts name it, so it is only shown no more.' })
  archived!: boolean
}

@Resolver(() => ChannelType)
export class ChannelDeedsResolver {
  @Query(() => RoutingPreviewType, { description: 'For administrators: whom a request would go to now.' })
  routingPreview(
    @Ctx() ctx: ChannelsContext,
    @Arg('modelId', () => ID, { description: "The model's id in the catalogue. Error: model_not_found." })
    modelId: string,
  ) {
    return previewRouting(ctx, modelId)
  }

  @FieldResolver(() => ChannelHealthType, { description: 'Of the channel as a whole.' })
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

  @Mutation(() => SetChannelDrainingPayload, {
    description:
      'For administrators: lets what runs finish and sends nothing new, or sends again. Error: channel_not_found.',
  })
  async setChannelDraining(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => SetChannelDrainingInput) { id, draining }: SetChannelDrainingInput,
  ) {
    return { channel: await updateChannel(ctx, id, { state: draining ? 'draining' : 'enabled' }) }
  }

  @Mutation(() => ResetChannelPayload, {
    description:
      'For administrators: a resting channel, or a key of it, is asked again at once, by every process.',
  })
  async resetChannel(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => ResetChannelInput) { id, keyId }: ResetChannelInput,
  ) {
    return { channel: await resetChannel(ctx, id, keyId) }
  }

  @Mutation(() => DeleteChannelPayload, {
    description:
      'For administrators: its keys are forgotten and its name is free; what runs may finish. Error: channel_not_found.',
  })
  async deleteChannel(
    @Ctx() ctx: ChannelsContext,
    @Arg('input', () => DeleteChannelInput) { id }: DeleteChannelInput,
  ) {
    return { deletedChannelId: id, ...(await deleteChannel(ctx, id)) }
  }
}

@Resolver(() => ChannelKeyType)
export class ChannelKeyHealthResolver {
  @FieldResolver(() => ChannelHealthType, { description: 'Of this key alone.' })
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
