import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { Int64, Money } from '../platform/scalars.ts'
import { readTraffic, type TrafficTick, trafficTicks } from './traffic.ts'

@ObjectType('TrafficPoint', { description: 'What everybody’s requests came to in one bucket of time.' })
class TrafficPointType {
  @Field(() => Date, { description: 'Buckets begin at multiples of their length since 1970.' }) start!: Date
  @Field(() => Int64, { description: 'Settled requests, by when they were admitted.' }) requests!: bigint
  @Field(() => Int64, { description: 'How many of them failed or broke off.' }) errors!: bigint
  @Field(() => Int64, { description: 'LLM tokens of their prompts.' }) promptTokens!: bigint
  @Field(() => Int64, { description: 'LLM tokens of their answers.' }) completionTokens!: bigint
  @Field(() => Money, { description: 'What they were charged.' }) cost!: bigint
}

@ObjectType('Traffic', { description: 'What passes through the gateway.' })
class TrafficType {
  @Field(() => [TrafficPointType], { description: 'Buckets without a request are left out.' })
  points!: TrafficPointType[]
  @Field(() => Int, { description: 'Under way now, in all processes.' }) runningRequests!: number
  @Field(() => Int, { description: 'Those of them that are streamed.' }) liveStreams!: number
}

@ObjectType({ description: 'What everybody used since the tick before: add it to what you show.' })
class TrafficTickEvent {
  @Field(() => Int64, {
    description:
      '1, 2, 3 … of this subscription. When a number is left out, ticks were lost: read traffic anew.',
  })
  sequence!: bigint
  @Field(() => Date, { description: 'When it was sent.' }) at!: Date
  @Field(() => [TrafficPointType], { description: 'Each request is counted in one tick only.' })
  deltas!: TrafficPointType[]
  @Field(() => Int, { description: 'Under way now, in all processes.' }) runningRequests!: number
  @Field(() => Int, { description: 'Those of them that are streamed.' }) liveStreams!: number
}

@ArgsType()
class TrafficArgs {
  @Field(() => Date, { description: 'Inclusive.' }) from!: Date
  @Field(() => Date, { description: 'Exclusive.' }) to!: Date
  @Field(() => Int, { defaultValue: 60, description: 'Length of a bucket, 1 to 86,400.' })
  bucketSeconds!: number
}

@Resolver()
export class TrafficResolver {
  @Query(() => TrafficType, {
    description: "For administrators: everybody's requests over [from, to), in buckets.",
  })
  traffic(@Args(() => TrafficArgs) question: TrafficArgs, @Ctx() ctx: Context) {
    return readTraffic(ctx, question)
  }

  @Subscription(() => TrafficTickEvent, {
    subscribe: ({ args, context }) =>
      trafficTicks(context as Context, (args as { bucketSeconds: number }).bucketSeconds),
    description:
      'For administrators. At most once a second: what the requests settled meanwhile added; every two seconds without any.',
  })
  trafficTick(
    @Root() tick: TrafficTick,
    @Arg('bucketSeconds', () => Int, { defaultValue: 60, description: 'Length of a bucket, 1 to 86,400.' })
    _bucketSeconds: number,
  ) {
    return tick
  }
}
