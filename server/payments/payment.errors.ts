import { DomainError, invalidField, notFound } from '../platform/errors.ts'

export const topUpUnavailable = () =>
  new DomainError(
    'unavailable',
    'top_up_unavailable',
    'No payment provider is connected. Ask the operator, or redeem a code.',
  )

export const orderNotFound = () => notFound('payment order')

export const orderNotOpen = (status: string) =>
  new DomainError(
    'conflict',
    'payment_order_not_open',
    `This order is ${status}: it cannot be changed any more.`,
    {
      status,
    },
  )

export const tooManyOpenOrders = (max: number) =>
  new DomainError(
    'conflict',
    'too_many_open_orders',
    `There are ${max} unpaid orders already. Pay or close one of them first.`,
    { max },
  )

export const amountOutOfRange = (minimum: string, maximum: string) =>
  invalidField(
    'amount',
    `The amount must be between ¥${minimum} and ¥${maximum}, in whole fen.`,
    `金额须在 ¥${minimum} 与 ¥${maximum} 之间，精确到分。`,
  )

export const refundTooLarge = () =>
  new DomainError('conflict', 'refund_too_large', 'That is more than what is left of this payment.', {
    param: 'amount',
  })
