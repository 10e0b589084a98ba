import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  InputType,
  Mutation,
  ObjectType,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import { type Context, signedIn } from '../platform/context.ts'
import { Money } from '../platform/scalars.ts'
import type { ApiToken } from '../tokens/token.entity.ts'
import { ApiTokenType } from '../tokens/token.type.ts'
import { accountSpend, setSpendCaps, type SpendContext } from './spend.settings.ts'
import { loadersOf, type UsageContext } from './usage.loaders.ts'

enum CalendarPeriodType {
  DAY = 'day',
  WEEK = 'week',
  MONTH = 'month',
}
registerEnumType(CalendarPeriodType, {
  name: 'CalendarPeriod',
  description: "Of the account's time zone; weeks begin on Monday.",
  valuesConfig: {
    DAY: { description: 'From midnight to midnight.' },
    WEEK: { description: 'From Monday to Sunday.' },
    MONTH: { description: 'From the first day to the last.' },
  },
})

@ObjectType('Spend', {
  description: 'Money from quota and wallet in the period that runs now; bonus tokens do not count.',
})
class SpendType {
  @Field(() => CalendarPeriodType, { description: 'Whether it is the day, the week or the month.' })
  period!: string
  @Field(() => Money, { description: 'Settled, and held by running requests.' }) spent!: bigint
  @Field(() => Money, { nullable: true, description: 'Most that may be spent in the period; null: no cap.' })
  cap!: bigint | null
  @Field(() => Date, {
    description:
      'When counting begins anew; until then a cap that is reached answers 402 `spend_cap_exceeded`.',
  })
  resetsAt!: Date
}

@InputType({
  description: 'Over all API tokens of the account. Absent fields stay as they are; null removes a cap.',
})
class SetSpendCapsInput {
  @Field(() => Money, { nullable: true, description: 'From midnight to midnight; not below zero.' }) day?:
    bigint | null
  @Field(() => Money, { nullable: true, description: 'From Monday to Sunday; not below zero.' }) week?:
    bigint | null
  @Field(() => Money, { nullable: true, description: 'From the first day to the last; not below zero.' })
  month?: bigint | null
}

@ObjectType({ description: 'What holds now.' })
class SetSpendCapsPayload {
  @Field(() => [SpendType], { description: 'Day, week and month.' }) spend!: SpendType[]
}

@Resolver(() => ViewerType)
export class ViewerSpendResolver {
  @FieldResolver(() => [SpendType], { description: 'Of all API tokens together: day, week, month.' })
  spend(@Ctx() ctx: Context) {
    return accountSpend(ctx, signedIn(ctx).id)
  }

  @Mutation(() => SetSpendCapsPayload, {
    description: 'Caps what the whole account may spend, from the next request on. Error: invalid_request.',
  })
  async setSpendCaps(
    @Ctx() ctx: SpendContext,
    @Arg('input', () => SetSpendCapsInput) input: SetSpendCapsInput,
  ) {
    return { spend: await setSpendCaps(ctx, input) }
  }
}

@Resolver(() => ApiTokenType)
export class ApiTokenSpendResolver {
  @FieldResolver(() => [SpendType], {
    description: 'What it spent of quota and wallet in this day, week and month, and its caps.',
  })
  spend(@Root() token: ApiToken, @Ctx() ctx: UsageContext) {
    return loadersOf(ctx).spend.load(token)
  }
}
