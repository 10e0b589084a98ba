import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Money } from '../platform/scalars.ts'

@ObjectType('ModelDiscount', { description: 'A model for which a plan has a share of its own.' })
export class ModelDiscountType {
  @Field(() => ID, { description: "The model's id in the catalogue." }) modelId!: string
  @Field(() => Int, { description: 'Share of the list price that is paid: 800000 for 80 %.' })
  discountPpm!: number
}

@ObjectType('Plan', { description: 'What can be bought, with the terms that a purchase gets.' })
export class PlanType {
  @Field(() => ID, { description: 'Stable through all versions of its terms.' }) id!: string
  @Field(() => ID, { description: 'Of its terms. Running periods keep the version they began with.' })
  versionId!: string
  @Field(() => String, { description: 'As the shop shows it, in every language.' }) name!: string
  @Field(() => Int, { description: 'Lower is shown first.' }) position!: number
  @Field(() => Money, { description: 'For one period, from the wallet.' }) price!: bigint
  @Field(() => Money, { description: 'What requests of one period may use; ends with it.' }) quota!: bigint
  @Field(() => Int, { description: 'Length of a period in calendar months.' }) months!: number
  @Field(() => Int, { description: 'Requests a minute, for each API token.' }) requestsPerMinute!: number
  @Field(() => Int, { nullable: true, description: 'Longest prompt in LLM tokens; null for no limit.' })
  contextTokensMax!: number | null
  @Field(() => Int, { description: 'API tokens a user may have at a time.' }) activeTokensMax!: number
  @Field(() => Int, { description: 'Share of the list price that is paid: 800000 for 80 %.' })
  discountPpm!: number
  @Field(() => [ModelDiscountType], { description: 'Models with a share of their own.' })
  modelDiscounts!: ModelDiscountType[]
  @Field(() => Boolean, { description: 'False: withdrawn, for administrators only.' }) visible!: boolean
  @Field(() => Boolean, { description: 'True while the operator has not set terms of their own.' })
  isExample!: boolean
}

export const PlanConnection = connectionOf('Plan', PlanType)

export enum PlanSubscriptionStatus {
  ACTIVE = 'active',
  PAST_DUE = 'past_due',
}
registerEnumType(PlanSubscriptionStatus, {
  name: 'PlanSubscriptionStatus',
  valuesConfig: {
    ACTIVE: { description: 'The period is paid and runs.' },
    PAST_DUE: {
      description: 'The renewal could not be paid: Free is in force, and it is tried for three days.',
    },
  },
  description: "Whether the plan's terms are in force.",
})

@ObjectType('PlanSubscription', { description: "A user's running purchase of a plan." })
export class PlanSubscriptionType {
  @Field(() => ID, { description: 'Stays the same through renewals.' }) id!: string
  @Field(() => PlanType, { description: 'With the terms of the running period.' }) plan!: PlanType
  @Field(() => PlanSubscriptionStatus, { description: "Whether the plan's terms are in force." })
  status!: PlanSubscriptionStatus
  @Field(() => Date, { description: 'When the running period began; inclusive.' }) periodStart!: Date
  @Field(() => Date, { description: 'When the running period ends or is renewed; exclusive.' })
  periodEnd!: Date
  @Field(() => Money, { description: 'What the wallet paid for this period; zero when a code gave it.' })
  paid!: bigint
  @Field(() => Boolean, { description: 'True: it is not renewed; `resumePlan` takes that back.' })
  cancelAtPeriodEnd!: boolean
  @Field(() => PlanType, {
    nullable: true,
    description: 'What the next period will be, at the terms that hold now; null when it ends.',
  })
  nextPlan!: PlanType | null
  @Field(() => String, { description: 'The zone whose calendar the periods follow.' }) timeZone!: string
  @Field(() => Date, {
    nullable: true,
    description: 'When an unpaid renewal is given up; null unless past due.',
  })
  retryUntil!: Date | null
}

export enum PlanChangeEffect {
  NOW = 'now',
  AT_PERIOD_END = 'at_period_end',
}
registerEnumType(PlanChangeEffect, {
  name: 'PlanChangeEffect',
  description: 'When a change of plan takes hold.',
  valuesConfig: {
    NOW: { description: 'At once, with a new period; unused time is credited.' },
    AT_PERIOD_END: { description: 'When the running period ends; nothing is paid before.' },
  },
})

@ObjectType('PlanQuote', { description: 'What buying or changing to a plan would do at this moment.' })
export class PlanQuoteType {
  @Field(() => PlanType, { description: 'What would be bought, at the terms that hold now.' }) plan!: PlanType
  @Field(() => PlanChangeEffect, { description: 'When it would take hold.' }) effect!: PlanChangeEffect
  @Field(() => Money, { description: 'What the unused part of the running period gives back.' })
  credit!: bigint
  @Field(() => Money, { description: 'Price less credit; below zero, the rest goes to the wallet.' })
  due!: bigint
  @Field(() => Money, { description: 'How much the wallet lacks to pay `due`; zero when it does not.' })
  shortfall!: bigint
  @Field(() => Date, { description: 'Of the period that would begin; inclusive.' }) periodStart!: Date
  @Field(() => Date, { description: 'Of the period that would begin; exclusive.' }) periodEnd!: Date
}
