import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { Context } from '../platform/context.ts'
import type { Order } from './orders.ts'
import { historyOf } from './payment.history.ts'
import { PaymentEventType, PaymentOrderType } from './payment.type.ts'

/** What only administrators see of a payment; null for others. */
@Resolver(() => PaymentOrderType)
export class PaymentHistoryResolver {
  @FieldResolver(() => String, { nullable: true, description: 'For administrators: whose it is.' })
  email(@Root() { email }: Order, @Ctx() { viewer }: Context) {
    return viewer?.isAdmin ? email : null
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "For administrators: the provider's own number of the payment.",
  })
  reference(@Root() { providerTxn }: Order, @Ctx() { viewer }: Context) {
    return viewer?.isAdmin ? providerTxn : null
  }

  @FieldResolver(() => [PaymentEventType], {
    nullable: true,
    description: 'For administrators: notices and refunds, newest first.',
  })
  history(@Root() { id }: Order, @Ctx() ctx: Context) {
    return ctx.viewer?.isAdmin ? historyOf(ctx, id) : null
  }
}
