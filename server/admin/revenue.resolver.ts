import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ObjectType,
  Query,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql'
import type { Context } from '../platform/context.ts'
import { Int64, Money } from '../platform/scalars.ts'
import {
  moneyIn,
  type RevenueBy,
  type RevenueQuestion,
  revenueQuestion,
  revenueRows,
  revenueTotals,
} from './revenue.ts'

enum RevenueGrouping {
  DAY = 'day',
  MODEL = 'model',
  USER = 'user',
}
registerEnumType(RevenueGrouping, {
  name: 'RevenueGrouping',
  description: 'Days are those of UTC.',
  valuesConfig: {
    DAY: { description: 'A row for each day.' },
    MODEL: { description: 'A row for each model.' },
    USER: { description: 'A row for each account.' },
  },
})

@ObjectType({ description: 'What requests brought: the sum of what customers’ statements say of usage.' })
class RevenueSums {
  @Field(() => Int64, { description: 'Those that cost something.' }) requests!: bigint
  @Field(() => Money, { description: 'What customers were charged.' }) charged!: bigint
  @Field(() => Money, { description: 'The part of it that bonus tokens paid for: it brought no money.' })
  bonus!: bigint
  @Field(() => Money, {
    nullable: true,
    description: 'An estimate by the providers’ prices as they are now; null when one of them is not known.',
  })
  upstreamCost!: bigint | null
}

@ObjectType({ description: 'The part of one day, model or user.' })
class RevenueRow extends RevenueSums {
  @Field(() => String, { description: 'A day, or the id of a model or user.' }) key!: string
  @Field(() => String, { nullable: true, description: 'The model’s name or the user’s e-mail address.' })
  name!: string | null
}

@ObjectType({ description: 'What customers paid in, and for plans.' })
class MoneyIn {
  @Field(() => Money, { description: 'Payments that were credited to wallets.' }) topUps!: bigint
  @Field(() => Money, {
    description: 'What went from wallets back to payers.',
  })
  refunds!: bigint
  @Field(() => Money, { description: 'What wallets paid for plans, less what changes of plan gave back.' })
  planSales!: bigint
}

@ObjectType('RevenueReport', { description: 'Of [from, to); each field is one query.' })
class RevenueReportType {
  @Field(() => Date, { description: 'Inclusive; as it was asked for.' }) from!: Date
  @Field(() => Date, { description: 'Exclusive; as it was asked for.' }) to!: Date
}

@Resolver(() => RevenueReportType)
export class RevenueResolver {
  @Query(() => RevenueReportType, { description: 'For administrators; of 400 days at most.' })
  revenueReport(
    @Arg('from', () => Date, { description: 'Inclusive.' }) from: Date,
    @Arg('to', () => Date, { description: 'Exclusive.' }) to: Date,
    @Ctx() ctx: Context,
  ): RevenueQuestion {
    return revenueQuestion(ctx, { from, to })
  }

  @FieldResolver(() => RevenueSums, { description: 'Of all requests.' })
  totals(@Root() question: RevenueQuestion, @Ctx() ctx: Context) {
    return revenueTotals(ctx, question)
  }

  @FieldResolver(() => [RevenueRow], {
    description: 'Days newest first; models and users by what they paid, 500 at most.',
  })
  rows(
    @Root() question: RevenueQuestion,
    @Arg('by', () => RevenueGrouping, { description: 'What a row stands for.' }) by: RevenueBy,
    @Ctx() ctx: Context,
  ) {
    return revenueRows(ctx, question, { by })
  }

  @FieldResolver(() => MoneyIn, { description: 'By the entries of wallets.' })
  moneyIn(@Root() question: RevenueQuestion, @Ctx() ctx: Context) {
    return moneyIn(ctx, question)
  }
}
