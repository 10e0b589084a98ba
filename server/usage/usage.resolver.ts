import { Max, MaxLength, Min } from 'class-validator'
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
import { findUsage, listUsage, type UsageRecord } from './usage.ts'
import { reportUsage } from './usage.report.ts'
import {
  UsageRecordConnection,
  UsageRecordedEvent,
  UsageRecordType,
  UsageReport,
  UsageStatusType,
} from './usage.type.ts'

@InputType()
class UsageFilter {
  @Field(() => ID, { nullable: true }) apiTokenId?: string
  @Field(() => String, { nullable: true }) @MaxLength(100) model?: string
  @Field(() => UsageStatusType, { nullable: true }) status?: UsageStatusType
  @Field(() => Date, { nullable: true, description: 'From this instant on.' }) from?: Date
  @Field(() => Date, { nullable: true, description: 'Before this instant.' }) to?: Date
}

@ArgsType()
class UsageRecordsArgs extends PageArgs {
  @Field(() => UsageFilter, { nullable: true }) filter?: UsageFilter
}

@ArgsType()
class UsageReportArgs {
  @Field(() => Date) from!: Date
  @Field(() => Date) to!: Date
  @Field(() => Int) @Min(1) @Max(31_622_400) bucketSeconds!: number
}

@Resolver(() => ViewerType)
export class ViewerUsageResolver {
  @FieldResolver(() => UsageRecordConnection, { description: 'Newest first.' })
  usageRecords(@Ctx() ctx: Context, @Args(() => UsageRecordsArgs) { filter, ...page }: UsageRecordsArgs) {
    return listUsage(ctx, page, filter ?? {})
  }

  @FieldResolver(() => UsageRecordType, { nullable: true })
  usageRecord(@Ctx() ctx: Context, @Arg('id', () => ID) id: string) {
    return findUsage(ctx, id)
  }

  @FieldResolver(() => UsageReport, { description: 'Totals and equal time buckets over [from, to).' })
  usageReport(@Ctx() ctx: Context, @Args(() => UsageReportArgs) range: UsageReportArgs) {
    return reportUsage(ctx, range)
  }
}

@Resolver(() => UsageRecordType)
export class UsageResolver {
  @FieldResolver(() => ApiTokenType, { nullable: true })
  apiToken(@Root() { apiTokenId }: UsageRecord, @Ctx() ctx: UsageContext) {
    return loadersOf(ctx).apiToken.load(apiTokenId)
  }

  @FieldResolver(() => ReceiptType, { nullable: true, description: 'Why it cost what it did.' })
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
}
