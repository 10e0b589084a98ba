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
    PAID: { description: 'Money arrived, but another amount than asked for: a person has to look at it.' },
    CREDITED: { description: 'The money is in the wallet.' },
  },
})

export enum PaymentKind {
  REDIRECT = 'redirect',
  QR = 'qr',
  FORM = 'form',
}
registerEnumType(PaymentKind, { name: 'PaymentKind' })

@ObjectType({ description: 'Where to pay.' })
export class PaymentInstructionType {
  @Field(() => PaymentKind) kind!: PaymentKind
  @Field(() => String, { description: 'A URL to open, or the text of a QR code.' }) value!: string
}

@ObjectType('PaymentOrder', { description: 'A top-up of the wallet.' })
export class PaymentOrderType {
  @Field(() => ID) id!: string
  @Field(() => ID, { description: 'Whose wallet it is for.' }) userId!: string
  @Field(() => String) provider!: string
  @Field(() => Money) amount!: bigint
  @Field(() => Money) refunded!: bigint
  @Field(() => PaymentOrderStatus) status!: PaymentOrderStatus
  @Field(() => PaymentInstructionType, { nullable: true, description: 'Null when it can no longer be paid.' })
  payment!: PaymentInstructionType | null
  @Field(() => String, { nullable: true, description: 'Why a person should look at it.' }) flag!:
    string | null
  @Field(() => Date) expiresAt!: Date
  @Field(() => Date, { nullable: true }) paidAt!: Date | null
  @Field(() => Date, { nullable: true }) creditedAt!: Date | null
  @Field(() => Date) createdAt!: Date
}

enum PaymentEventKind {
  NOTICE = 'notice',
  REFUND = 'refund',
}
registerEnumType(PaymentEventKind, { name: 'PaymentEventKind' })

@ObjectType('PaymentEvent', { description: 'What a provider said about a payment, or what was sent back.' })
export class PaymentEventType {
  @Field(() => ID) id!: string
  @Field(() => PaymentEventKind) kind!: 'notice' | 'refund'
  @Field(() => Date) at!: Date
  @Field(() => Boolean, { description: 'A notice: it was believed. A refund: the provider confirmed it.' })
  done!: boolean
  @Field(() => String, { nullable: true }) reason!: string | null
  @Field(() => Money, { nullable: true, description: 'Of a refund.' }) amount!: bigint | null
}

export const PaymentOrderConnection = connectionOf('PaymentOrder', PaymentOrderType)

@ObjectType({ description: 'What a top-up may be. Without providers there is none.' })
export class TopUpOptions {
  @Field(() => [ID]) providers!: string[]
  @Field(() => Money) minimum!: bigint
  @Field(() => Money) maximum!: bigint
}

@ObjectType()
export class OrderChangedEvent {
  @Field(() => Int64, { description: 'Larger with each event of this server.' }) sequence!: bigint
  @Field(() => PaymentOrderType) order!: PaymentOrderType
}
