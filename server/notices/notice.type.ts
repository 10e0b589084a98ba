import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'

export enum NotificationKind {
  ANNOUNCEMENT = 'announcement',
  LOW_BALANCE = 'low_balance',
  SPEND_CAP_NEAR = 'spend_cap_near',
  SPEND_CAP_REACHED = 'spend_cap_reached',
  PLAN_RENEWED = 'plan_renewed',
  PLAN_RENEWAL_FAILED = 'plan_renewal_failed',
  PLAN_ENDED = 'plan_ended',
  ORDER_CREDITED = 'order_credited',
  INVITATION_REWARDED = 'invitation_rewarded',
  PRICE_CHANGE = 'price_change',
  API_TOKEN_EXPIRING = 'api_token_expiring',
}
registerEnumType(NotificationKind, {
  name: 'NotificationKind',
  description: 'What a notification is about.',
  valuesConfig: {
    ANNOUNCEMENT: { description: 'The operator says something to everybody.' },
    LOW_BALANCE: { description: 'Quota and wallet fell below `limit`; `amount` was left.' },
    SPEND_CAP_NEAR: { description: 'Four fifths of a spend cap are used.' },
    SPEND_CAP_REACHED: { description: 'A spend cap is used up until `at`.' },
    PLAN_RENEWED: { description: 'A plan was renewed for `amount`, until `at`.' },
    PLAN_RENEWAL_FAILED: { description: 'The wallet did not hold `amount`; it is tried again until `at`.' },
    PLAN_ENDED: { description: 'A plan ended at `at`.' },
    ORDER_CREDITED: { description: 'A top-up of `amount` is in the wallet.' },
    INVITATION_REWARDED: { description: 'An invitation gave `tokens` bonus tokens.' },
    PRICE_CHANGE: { description: 'A model used lately has another price from `at` on.' },
    API_TOKEN_EXPIRING: { description: 'An API token expires at `at`, within seven days.' },
  },
})

export enum AnnouncementLevel {
  INFO = 'info',
  IMPORTANT = 'important',
}
registerEnumType(AnnouncementLevel, {
  name: 'AnnouncementLevel',
  description: 'How loudly an announcement is made.',
  valuesConfig: {
    INFO: { description: 'In the inbox.' },
    IMPORTANT: { description: 'Also above every page of the console until it is read.' },
  },
})

export enum SpendPeriodName {
  DAY = 'day',
  WEEK = 'week',
  MONTH = 'month',
}
registerEnumType(SpendPeriodName, {
  name: 'NotificationPeriod',
  description: 'The calendar period of a spend cap.',
  valuesConfig: {
    DAY: { description: 'A day.' },
    WEEK: { description: 'A week from Monday.' },
    MONTH: { description: 'A month.' },
  },
})

@ObjectType({ description: 'What a notification speaks of; null is what its kind does not speak of.' })
export class NotificationFacts {
  @Field(() => Money, { nullable: true, description: 'What was left, spent, paid or credited.' })
  amount!: bigint | null
  @Field(() => Money, { nullable: true, description: 'The cap, or the balance to warn at.' })
  limit!: bigint | null
  @Field(() => Int64, { nullable: true, description: 'How many bonus tokens were given.' }) tokens!:
    bigint | null
  @Field(() => String, { nullable: true, description: 'The name of the plan it is about.' }) planName!:
    string | null
  @Field(() => String, { nullable: true, description: 'The model whose price changes.' })
  modelId!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'The API token; null for a spend cap over all of them.',
  })
  apiTokenName!: string | null
  @Field(() => SpendPeriodName, { nullable: true, description: 'Of the spend cap that is near or reached.' })
  period!: SpendPeriodName | null
  @Field(() => Date, { nullable: true, description: 'When it ends, begins or is reset.' }) at!: Date | null
}

@ObjectType({ description: "An announcement's words in both languages." })
export class AnnouncementWords {
  @Field(() => AnnouncementLevel, { description: 'How loudly it is made.' }) level!: AnnouncementLevel
  @Field(() => String, { description: 'The heading in English, at most 120 characters.' }) titleEn!: string
  @Field(() => String, { description: 'The heading in Chinese, at most 120 characters.' }) titleZh!: string
  @Field(() => String, { description: 'The text in English: Markdown, at most 4,000 characters.' })
  bodyEn!: string
  @Field(() => String, { description: 'The text in Chinese: Markdown, at most 4,000 characters.' })
  bodyZh!: string
}

@ObjectType('Notification', { description: 'Something in the inbox: about the account, or an announcement.' })
export class NotificationType {
  @Field(() => ID, { description: 'Stays the same; what `markNotificationsRead` takes.' }) id!: string
  @Field(() => NotificationKind, { description: 'What it is about.' }) kind!: NotificationKind
  @Field(() => NotificationFacts, { description: 'What it speaks of.' }) facts!: NotificationFacts
  @Field(() => AnnouncementWords, { nullable: true, description: 'Of an announcement; null otherwise.' })
  announcement!: AnnouncementWords | null
  @Field(() => Date, { description: 'When it was noticed or published.' }) createdAt!: Date
  @Field(() => Date, { nullable: true, description: 'When it was marked as read; null: unread.' })
  readAt!: Date | null
}

export const NotificationConnection = connectionOf('Notification', NotificationType)

@ObjectType({ description: 'News of the inbox.' })
export class NotificationReceivedEvent {
  @Field(() => Int64, { description: 'Grows with every event; a smaller one is older.' }) sequence!: bigint
  @Field(() => NotificationType, {
    nullable: true,
    description: 'Null: nothing new, but something was read elsewhere, changed or taken back.',
  })
  notification!: NotificationType | null
  @Field(() => Int, { description: 'How many are unread now.' }) unreadCount!: number
}
