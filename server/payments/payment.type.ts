import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../platform/page.ts'
import { Int64, Money } from '../platform/scalars.ts'

export enum PaymentOrderStatus {
  CREATED = 'created',
  PENDING = 'pending',
  PAID = 'paid',
  CREDITED = 'credited',
  EXPIRED = 'expired',
  CLOSED = 'closed',
  REFUNDED = 'refunded',
}
registerEnumType(PaymentOrderStatus, {
  name: 'PaymentOrderStatus',
  valuesConfig: {
    CREATED: { description: 'The provider has not yet said where to pay.' },
    PENDING: { description: 'It can be paid.' },
    EXPIRED: { description: 'It was not paid in time.' },
    CLOSED: { description: 'It was given up; money that arrives later is credited all the same.' },
    REFUNDED: { description: 'All of it went back.' },
    PAID: { description: 'Money arrived, but another amount than asked for: a person has to look at it.' },
    CREDITED: { description: 'The money is in the wallet.' },
  },
  description: 'How far a top-up came.',
})

export enum PaymentKind {
  REDIRECT = 'redirect',
  QR = 'qr',
  FORM = 'form',
}
registerEnumType(PaymentKind, {
  name: 'PaymentKind',
  description: 'How to use `value`.',
  valuesConfig: {
    REDIRECT: { description: '`value` is a URL to open.' },
    QR: { description: '`value` is a text to show as a QR code.' },
    FORM: { description: '`value` is the HTML of a form to send.' },
  },
})

@ObjectType({ description: 'Where to pay.' })
export class PaymentInstructionType {
  @Field(() => PaymentKind, { description: 'How to use `value`.' }) kind!: PaymentKind
  @Field(() => String, { description: 'A URL to open, or the text of a QR code.' }) value!: string
}

@ObjectType('PaymentOrder', { description: 'A top-up of the wallet.' })
export class PaymentOrderType {
  @Field(() => ID, { description: 'Ours; the provider knows the payment by it.' }) id!: string
  @Field(() => ID, { description: 'Whose wallet it is for.' }) userId!: string
  @Field(() => String, { description: 'One of `topUpOptions.providers` when it was ordered.' })
  provider!: string
  @Field(() => Money, { description: 'What was asked for, in whole fen.' }) amount!: bigint
  @Field(() => Money, { description: 'What of it went back so far; zero: nothing.' }) refunded!: bigint
  @Field(() => PaymentOrderStatus, { description: 'How far it came; `orderChanged` fires when it changes.' })
  status!: PaymentOrderStatus
  @Field(() => PaymentInstructionType, { nullable: true, description: 'Null when it can no longer be paid.' })
  payment!: PaymentInstructionType | null
  @Field(() => String, {
    nullable: true,
    description: 'Why a person should look at it, such as `amount_mismatch`; null: nothing is odd.',
  })
  flag!: string | null
  @Field(() => Date, { description: 'Until when it can be paid.' }) expiresAt!: Date
  @Field(() => Date, { nullable: true, description: 'When the provider said so; null: not yet.' })
  paidAt!: Date | null
  @Field(() => Date, { nullable: true, description: 'When the money came into the wallet; null: not yet.' })
  creditedAt!: Date | null
  @Field(() => Date, { description: 'When it was ordered.' }) createdAt!: Date
}

enum PaymentEventKind {
  NOTICE = 'notice',
  REFUND = 'refund',
}
registerEnumType(PaymentEventKind, {
  name: 'PaymentEventKind',
  description: 'Who said something.',
  valuesConfig: {
    NOTICE: { description: 'The provider told us of the payment.' },
    REFUND: { description: 'We sent money back.' },
  },
})

@ObjectType('PaymentEvent', { description: 'What a provider said about a payment, or what was sent back.' })
export class PaymentEventType {
  @Field(() => ID, { description: 'Of the notice or the refund.' }) id!: string
  @Field(() => PaymentEventKind, { description: 'Says what `done` and `reason` mean.' }) kind!:
    'notice' | 'refund'
  @Field(() => Date, { description: 'When the notice came, or the refund was ordered.' }) at!: Date
  @Field(() => Boolean, { description: 'A notice: it was believed. A refund: the provider confirmed it.' })
  done!: boolean
  @Field(() => String, {
    nullable: true,
    description: 'Why a notice was refused, or why money was sent back; null for a notice that was believed.',
  })
  reason!: string | null
  @Field(() => Money, { nullable: true, description: 'How much was sent back; null for a notice.' }) amount!:
    bigint | null
}

export const PaymentOrderConnection = connectionOf('PaymentOrder', PaymentOrderType)

@ObjectType({ description: 'What a top-up may be. Without providers there is none.' })
export class TopUpOptions {
  @Field(() => [ID], { description: 'What `createTopUpOrder` takes as `providerId`.' }) providers!: string[]
  @Field(() => Money, { description: 'Of one order, inclusive.' }) minimum!: bigint
  @Field(() => Money, { description: 'Of one order, inclusive.' }) maximum!: bigint
}

@ObjectType({ description: 'An order of the viewer that changed.' })
export class OrderChangedEvent {
  @Field(() => Int64, { description: 'Larger with each event of this server.' }) sequence!: bigint
  @Field(() => PaymentOrderType, { description: 'Read when the event is sent: it may already be further.' })
  order!: PaymentOrderType
}
