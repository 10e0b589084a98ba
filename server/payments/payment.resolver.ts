import { IsUUID, Length, MaxLength } from 'class-validator'
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
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql'
import { ViewerType } from '../identity/viewer.type.ts'
import { signedIn } from '../platform/context.ts'
import type { Topics } from '../platform/events.ts'
import { type Connection, PageArgs } from '../platform/page.ts'
import { Money } from '../platform/scalars.ts'
import {
  closeTopUpOrder,
  createTopUpOrder,
  findOrder,
  listAllOrders,
  listOrders,
  NANO_PER_FEN,
  type Order,
  type PaymentsContext,
  TOP_UP_MAX,
  TOP_UP_MIN,
} from './orders.ts'
import {
  OrderChangedEvent,
  type PaymentKind,
  PaymentOrderConnection,
  PaymentOrderStatus,
  PaymentOrderType,
  TopUpOptions,
} from './payment.type.ts'
import { refundOrder } from './refunds.ts'

const KEY = 'A UUID of your own: the same call again answers the same.'

@InputType({ description: 'How much to pay, and through whom.' })
class CreateTopUpOrderInput {
  @Field(() => Money, { description: 'In whole fen, between the `minimum` and `maximum` of `topUpOptions`.' })
  amount!: bigint
  @Field(() => ID, { description: 'One of `topUpOptions.providers`.' }) @MaxLength(40) providerId!: string
  @Field(() => String, { description: KEY }) @IsUUID() idempotencyKey!: string
}

@InputType({ description: 'Which order to give up.' })
class CloseTopUpOrderInput {
  @Field(() => ID, { description: 'Error: payment_order_not_open, unless it is CREATED or PENDING.' })
  id!: string
}

@InputType({ description: 'Which payment to send back, and how much of it.' })
class RefundPaymentOrderInput {
  @Field(() => ID, { description: 'Error: payment_order_not_open, unless it was credited.' }) orderId!: string
  @Field(() => Money, { nullable: true, description: 'Absent: all that is left of it.' }) amount?: bigint
  @Field(() => String, { description: '3 to 200 characters; kept with the refund and in the audit.' })
  @Length(3, 200)
  reason!: string
  @Field(() => String, { description: KEY }) @IsUUID() idempotencyKey!: string
}

@ObjectType({ description: 'The order after the change.' })
class PaymentOrderPayload {
  @Field(() => PaymentOrderType, { description: 'As it is now.' }) order!: PaymentOrderType
}

@ArgsType()
class PaymentOrdersArgs extends PageArgs {
  @Field(() => PaymentOrderStatus, { nullable: true, description: 'Only those in this state; null: all.' })
  status?: PaymentOrderStatus
}

@ArgsType()
class AllPaymentOrdersArgs extends PaymentOrdersArgs {
  @Field(() => Boolean, { nullable: true, description: 'Only those a person should look at.' })
  flagged?: boolean
  @Field(() => ID, { nullable: true, description: "Only this account's; null: everybody's." }) userId?: string
  @Field(() => String, { nullable: true, description: "An order's id, or the provider's own reference." })
  @MaxLength(200)
  search?: string
}

@Resolver(() => ViewerType)
export class ViewerPaymentsResolver {
  @FieldResolver(() => PaymentOrderConnection, { description: 'Top-ups, newest first.' })
  async paymentOrders(
    @Ctx() ctx: PaymentsContext,
    @Args(() => PaymentOrdersArgs) { status, ...page }: PaymentOrdersArgs,
  ) {
    return shownAll(await listOrders(ctx, page, { status }))
  }

  @FieldResolver(() => PaymentOrderType, {
    description: "One of the viewer's. Error: payment_order_not_found, for another's as well.",
  })
  async paymentOrder(
    @Ctx() ctx: PaymentsContext,
    @Arg('id', () => ID, { description: 'Of the order.' }) id: string,
  ) {
    return shown(await findOrder(ctx, id))
  }

  @FieldResolver(() => TopUpOptions, { description: 'What `createTopUpOrder` takes.' })
  topUpOptions(@Ctx() { providers }: PaymentsContext): TopUpOptions {
    return { providers: [...providers.keys()], minimum: TOP_UP_MIN, maximum: TOP_UP_MAX }
  }
}

@Resolver(() => PaymentOrderType)
export class PaymentResolver {
  @FieldResolver(() => Int, {
    description: "How long it can still be paid, by this server's clock: the caller's own may be wrong.",
  })
  secondsLeft(@Root() { expiresAt }: PaymentOrderType, @Ctx() ctx: PaymentsContext) {
    return Math.max(0, Math.ceil((expiresAt.getTime() - ctx.now().getTime()) / 1_000))
  }

  @Mutation(() => PaymentOrderPayload, {
    description:
      'Orders a top-up and says where to pay it; `orderChanged` tells when it is credited. Errors: top_up_unavailable, too_many_open_orders.',
  })
  async createTopUpOrder(
    @Ctx() ctx: PaymentsContext,
    @Arg('input', () => CreateTopUpOrderInput) input: CreateTopUpOrderInput,
  ) {
    return { order: shown(await createTopUpOrder(ctx, input)) }
  }

  @Mutation(() => PaymentOrderPayload, {
    description:
      'Gives an unpaid order up; money that arrives later is credited all the same. Errors: payment_order_not_found, payment_order_not_open.',
  })
  async closeTopUpOrder(
    @Ctx() ctx: PaymentsContext,
    @Arg('input', () => CloseTopUpOrderInput) { id }: CloseTopUpOrderInput,
  ) {
    return { order: shown(await closeTopUpOrder(ctx, id)) }
  }

  @Query(() => PaymentOrderConnection, {
    description: "For administrators: everybody's top-ups, newest first.",
  })
  async paymentOrders(
    @Ctx() ctx: PaymentsContext,
    @Args(() => AllPaymentOrdersArgs) { status, flagged, userId, search, ...page }: AllPaymentOrdersArgs,
  ) {
    return shownAll(await listAllOrders(ctx, page, { status, flagged, userId, search }))
  }

  @Mutation(() => PaymentOrderPayload, {
    description:
      'For administrators: takes money out of the wallet at once, below zero if it was spent, and sends it back. Errors: payment_order_not_found, payment_order_not_open, refund_too_large.',
  })
  async refundPaymentOrder(
    @Ctx() ctx: PaymentsContext,
    @Arg('input', () => RefundPaymentOrderInput) input: RefundPaymentOrderInput,
  ) {
    return { order: shown(await refundOrder(ctx, input)) }
  }

  @Subscription(() => OrderChangedEvent, {
    topics: 'orderChanged' satisfies keyof Topics,
    topicId: ({ context }) => signedIn(context as PaymentsContext).id,
    description: "Fires when one of the viewer's orders changed.",
  })
  async orderChanged(
    @Root() { sequence, orderId }: Topics['orderChanged'][1],
    @Ctx() ctx: PaymentsContext,
  ): Promise<OrderChangedEvent> {
    return { sequence, order: shown(await findOrder(ctx, orderId)) }
  }
}

const shown = ({ amountFen, refundedFen, payKind, payValue, status, ...order }: Order): PaymentOrderType => ({
  ...order,
  status: status as PaymentOrderStatus,
  amount: amountFen * NANO_PER_FEN,
  refunded: refundedFen * NANO_PER_FEN,
  payment:
    status === 'pending' && payKind && payValue ? { kind: payKind as PaymentKind, value: payValue } : null,
})

const shownAll = ({ edges, pageInfo }: Connection<Order>): Connection<PaymentOrderType> => ({
  edges: edges.map(({ cursor, node }) => ({ cursor, node: shown(node) })),
  pageInfo,
})
