import {
  Args,
  ArgsType,
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import { type Context, signedIn } from '../platform/context.ts'
import type { Topics } from '../platform/events.ts'
import { PageArgs } from '../platform/page.ts'
import { ApiTokenType } from '../tokens/token.type.ts'
import { ReceiptType } from './receipt.type.ts'
import { loadersOf, type UsageContext } from './usage.loaders.ts'
import { type UsageTick, usageTicks } from './usage.ticks.ts'
import { findUsage, listUsage, shownAttempts, type UsageRecord } from './usage.ts'
import {
  UsageAttempt,
  UsageFilterType,
  UsageRecordConnection,
  UsageRecordedEvent,
  UsageRecordType,
  UsageTickEvent,
} from './usage.type.ts'

@ArgsType()
class UsageRecordsArgs extends PageArgs {
  @Field(() => UsageFilterType, { nullable: true, description: 'Null: every request.' })
  filter?: UsageFilterType
}

@Resolver(() => ViewerType)
export class ViewerUsageResolver {
  @FieldResolver(() => UsageRecordConnection, { description: "The viewer's requests, newest first." })
  usageRecords(@Ctx() ctx: Context, @Args(() => UsageRecordsArgs) { filter, ...page }: UsageRecordsArgs) {
    return listUsage(ctx, page, filter ?? {})
  }

  @FieldResolver(() => UsageRecordType, {
    nullable: true,
    description: "One of the viewer's requests. Error: usage_record_not_found, for another's as well.",
  })
  usageRecord(
    @Ctx() ctx: Context,
    @Arg('id', () => ID, { description: 'The `x-request-id` of the answer.' }) id: string,
  ) {
    return findUsage(ctx, id)
  }
}

@Resolver(() => UsageRecordType)
export class UsageResolver {
  @FieldResolver(() => ApiTokenType, {
    nullable: true,
    description: 'Who asked, as it is now; null when that is not known any more.',
  })
  apiToken(@Root() { apiTokenId }: UsageRecord, @Ctx() ctx: UsageContext) {
    return loadersOf(ctx).apiToken.load(apiTokenId)
  }

  @FieldResolver(() => String, { description: "The API token's name, also after it was revoked." })
  apiTokenName(@Root() { apiTokenName }: UsageRecord) {
    return apiTokenName
  }

  @FieldResolver(() => [UsageAttempt], { description: 'Whom we asked for an answer, in order.' })
  attempts(@Root() { attempts }: UsageRecord) {
    return shownAttempts(attempts)
  }

  @FieldResolver(() => ReceiptType, {
    nullable: true,
    description: 'Prices, discount and pools behind the cost; null when there is none.',
  })
  receipt(@Root() { id }: UsageRecord, @Ctx() ctx: UsageContext) {
    return loadersOf(ctx).receipt.load(id)
  }

  @Subscription(() => UsageRecordedEvent, {
    topics: 'usageRecorded' satisfies keyof Topics,
    topicId: ({ context }) => signedIn(context as Context).id,
    description: "Fires when one of the viewer's requests has been settled.",
  })
  async usageRecorded(@Root() { sequence, requestId }: Topics['usageRecorded'][1], @Ctx() ctx: Context) {
    return { sequence, record: await findUsage(ctx, requestId) }
  }

  @Subscription(() => UsageTickEvent, {
    subscribe: ({ args, context }) =>
      usageTicks(context as Context, (args as { bucketSeconds: number }).bucketSeconds),
    description: 'At most once a second: what the requests settled meanwhile added.',
  })
  usageTick(
    @Root() tick: UsageTick,
    @Arg('bucketSeconds', () => Int, { defaultValue: 60, description: 'Length of a bucket, 1 to 86,400.' })
    _bucketSeconds: number,
  ) {
    return tick
  }
}
