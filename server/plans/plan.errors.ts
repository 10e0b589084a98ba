import { DomainError, notFound } from '../platform/errors.ts'

export const planNotFound = () => notFound('plan')

export const planNotForSale = () =>
  new DomainError(
    'conflict',
    'plan_not_for_sale',
    'Free needs no purchase: it is what remains when a subscription ends. Cancel the subscription instead.',
  )

export const subscriptionRunning = (until: Date) =>
  new DomainError(
    'conflict',
    'subscription_running',
    'A subscription is already running. Change its plan, or wait until it has ended.',
    { until: until.toISOString() },
  )

export const noSubscription = () =>
  new DomainError('conflict', 'no_subscription', 'No subscription is running. Buy a plan first.')

export const planUnchanged = () =>
  new DomainError('conflict', 'plan_unchanged', 'The subscription is on this plan already.')

export const planExists = (id: string) =>
  new DomainError('conflict', 'plan_exists', `There is a plan "${id}" already. Give it new terms instead.`, {
    param: 'id',
  })
