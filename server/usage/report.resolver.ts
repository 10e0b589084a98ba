import { Max, MaxLength, Min } from 'class-validator'
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import type { Context } from '../platform/context.ts'
import {
  ModelListCost,
  UsageBucket,
  UsageByModel,
  UsageGroup,
  UsageGrouping,
  UsagePoint,
  UsageReportType,
  UsageSeries,
  UsageStep,
  UsageTokenBucket,
  UsageTotals,
} from './report.type.ts'
import {
  bucketsOf,
  byModelOf,
  groupsOf,
  listCostsOf,
  pointsOf,
  tokenBucketsOf,
  previousOf,
  totalsOf,
  type UsageQuestion,
  usageQuestion,
} from './usage.report.ts'
import { UsageFilterType } from './usage.type.ts'

const DAY_SECONDS = 86_400

@ArgsType()
class UsageReportArgs {
  @Field(() => Date, { description: 'Inclusive; compared with when requests were admitted.' }) from!: Date
  @Field(() => Date, { description: 'Exclusive; `invalid_request` unless later than `from`.' }) to!: Date
  @Field(() => Int, {
    defaultValue: DAY_SECONDS,
    description: 'Length of a bucket in seconds; a day unless given.',
  })
  @Min(1)
  @Max(31_622_400)
  bucketSeconds!: number
  @Field(() => UsageFilterType, {
    nullable: true,
    description: 'Which requests of the range to count; null: all.',
  })
  filter?: UsageFilterType
  @Field(() => String, { nullable: true, description: "IANA name; the account's own without." })
  @MaxLength(60)
  timeZone?: string
}

@ArgsType()
class UsageGroupsArgs {
  @Field(() => UsageGrouping, { description: 'What a group stands for.' }) by!: UsageGrouping
  @Field(() => Int, {
    defaultValue: 100,
    description: 'Most groups of models and API tokens, 1 to 500; the dearest are kept.',
  })
  @Min(1)
  @Max(500)
  first!: number
}

@Resolver(() => ViewerType)
export class ViewerUsageReportResolver {
  @FieldResolver(() => UsageReportType, { description: 'Sums over [from, to); each field is one query.' })
  usageReport(@Args(() => UsageReportArgs) { filter, ...range }: UsageReportArgs): UsageQuestion {
    return usageQuestion({ ...range, filter: filter ?? {} })
  }
}

@Resolver(() => UsageReportType)
export class UsageReportResolver {
  @FieldResolver(() => UsageTotals, { description: 'Of the whole range.' })
  totals(@Root() question: UsageQuestion, @Ctx() ctx: Context) {
    return totalsOf(ctx, question)
  }

  @FieldResolver(() => [UsageGroup], {
    description: 'Days and hours newest first, all others dearest first.',
  })
  groups(
    @Root() question: UsageQuestion,
    @Args(() => UsageGroupsArgs) { by, first }: UsageGroupsArgs,
    @Ctx() ctx: Context,
  ) {
    return groupsOf(ctx, question, { by, first })
  }

  @FieldResolver(() => [UsagePoint], {
    description:
      'Sums for a chart of hours or days, by time; the seven dearest lines on their own, the rest together.',
  })
  points(
    @Root() question: UsageQuestion,
    @Arg('every', () => UsageStep, { description: 'How much time a point covers.' }) every: UsageStep,
    @Arg('by', () => UsageSeries, { defaultValue: UsageSeries.MODEL, description: 'What a line stands for.' })
    by: UsageSeries,
    @Ctx() ctx: Context,
  ) {
    return pointsOf(ctx, question, { every, by })
  }

  @FieldResolver(() => [UsageBucket], {
    description:
      'Equal parts of the range, `bucketSeconds` long, counted from its beginning; for each, one sum a model.',
  })
  buckets(@Root() question: UsageQuestion, @Ctx() ctx: Context) {
    return bucketsOf(ctx, question)
  }

  @FieldResolver(() => [UsageTokenBucket], { description: 'The same parts by API token.' })
  tokenBuckets(@Root() question: UsageQuestion, @Ctx() ctx: Context) {
    return tokenBucketsOf(ctx, question)
  }

  @FieldResolver(() => [UsageByModel], { description: 'One sum for each model, dearest first.' })
  byModel(@Root() question: UsageQuestion, @Ctx() ctx: Context) {
    return byModelOf(ctx, question)
  }

  @FieldResolver(() => [ModelListCost], {
    description: 'What the charged requests would have cost without any discount, by model, dearest first.',
  })
  listCosts(@Root() question: UsageQuestion, @Ctx() ctx: Context) {
    return listCostsOf(ctx, question)
  }

  @FieldResolver(() => UsageReportType, { description: 'The same about as long a time before.' })
  previous(@Root() question: UsageQuestion): UsageQuestion {
    return previousOf(question)
  }
}
