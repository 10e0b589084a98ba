import type { Ledger } from '../ledger/ledger.ts'
import { type Context, signedIn } from '../platform/context.ts'
import { once } from '../platform/idempotency.ts'
import type { Sql } from '../platform/sql.ts'
import type { TokenBook } from '../tokens/token.book.ts'
import { findForSale, type Offer, offerOf } from './offers.ts'
import {
  creditOf,
  endSubscription,
  isInForce,
  lockSubscription,
  openSubscription,
  type Running,
  zoneOf,
} from './periods.ts'
import { noSubscription, planNotForSale, planUnchanged, subscriptionRunning } from './plan.errors.ts'
import { FREE } from './plans.ts'
import { isUpgrade } from './proration.ts'

/** One user's running purchase: bought, changed, cancelled. Always from the wallet, never below zero. */
export type SubscriptionsContext = Context & { ledger: Ledger; tokenBook: TokenBook }

interface Purchase {
  planId: string
  idempotencyKey: string
}

/** Errors: plan_not_found, plan_not_for_sale, subscription_running, insufficient_balance; those of `once`. */
export function buyPlan(ctx: SubscriptionsContext, { planId, idempotencyKey }: Purchase): Promise<void> {
  return keyed(ctx, { operation: 'buyPlan', idempotencyKey, arguments: { planId } }, async (tx, userId) => {
    const offer = await findForSale(tx, planId)
    await replaceEnded(ctx, tx, userId)
    await sell(ctx, tx, { userId, offer })
  })
}

/**
 * To a dearer plan at once, with the unused part of the running period credited and a new period; to any other at the
 * period's end. Errors: plan_not_found, plan_not_for_sale, no_subscription, plan_unchanged, insufficient_balance;
 * those of `once`.
 */
export function changePlan(ctx: SubscriptionsContext, { planId, idempotencyKey }: Purchase): Promise<void> {
  return keyed(
    ctx,
    { operation: 'changePlan', idempotencyKey, arguments: { planId } },
    async (tx, userId) => {
      const offer = await findForSale(tx, planId)
      const running = await lockSubscription(tx, userId)
      if (!running || !isInForce(running, ctx.now())) throw noSubscription()
      if (running.planId === planId) throw planUnchanged()
      if (isUpgrade(offer, running)) {
        await giveBack(ctx, tx, running)
        await sell(ctx, tx, { userId, offer })
      } else
        await tx.query(
          'UPDATE plan_subscription SET next_plan_id = $2, cancel_at_period_end = false WHERE id = $1',
          [running.id, planId],
        )
    },
  )
}

/** The running period stays; what could not be renewed ends at once. Errors: no_subscription. */
export async function cancelPlan(ctx: SubscriptionsContext): Promise<void> {
  const { id: userId } = signedIn(ctx)
  await ctx.sql.transaction(async (tx) => {
    const running = await lockSubscription(tx, userId)
    if (!running) throw noSubscription()
    if (running.status === 'past_due') await endSubscription(tx, running.id, ctx.now())
    else await setNext(tx, running.id, { cancel: true })
  })
}

/** Takes back a cancellation or a planned change, as long as the period runs. Errors: no_subscription. */
export async function resumePlan(ctx: SubscriptionsContext): Promise<void> {
  const { id: userId } = signedIn(ctx)
  await ctx.sql.transaction(async (tx) => {
    const running = await lockSubscription(tx, userId)
    if (!running || !isInForce(running, ctx.now())) throw noSubscription()
    await setNext(tx, running.id, { cancel: false })
  })
}

/**
 * One period for nothing, of a withdrawn plan too, in the caller's transaction; it does not renew itself. After the commit the caller
 * forgets the user's terms. Errors: plan_not_found, plan_not_for_sale, subscription_running.
 */
export async function giftPlan(
  { ledger, now }: Pick<SubscriptionsContext, 'ledger' | 'now'>,
  tx: Sql,
  { userId, planId }: { userId: string; planId: string },
): Promise<string> {
  if (planId === FREE) throw planNotForSale()
  const offer = await offerOf(tx, planId)
  await replaceEnded({ now }, tx, userId)
  const timeZone = await zoneOf(tx, userId)
  return openSubscription(tx, ledger, {
    userId,
    offer,
    price: 0n,
    timeZone,
    cancelAtPeriodEnd: true,
    now: now(),
  })
}

/**
 * Ends what runs now, in the caller's transaction, crediting the unused part of what the wallet paid or not. After the
 * commit the caller says `planChanged`. Answers the plan that ended; undefined when none ran.
 */
export async function endPlan(
  services: Pick<SubscriptionsContext, 'ledger' | 'now'>,
  tx: Sql,
  { userId, creditUnused }: { userId: string; creditUnused: boolean },
): Promise<string | undefined> {
  const running = await lockSubscription(tx, userId)
  if (!running) return undefined
  await giveBack(services, tx, creditUnused ? running : { ...running, paid: 0n })
  return running.planId
}

/** Lets it end with its period; in the caller's transaction. Errors: no_subscription. */
export async function endPlanWithPeriod(tx: Sql, userId: string): Promise<string> {
  const running = await lockSubscription(tx, userId)
  if (!running) throw noSubscription()
  await setNext(tx, running.id, { cancel: true })
  return running.planId
}

/** Makes a committed change known to admission and to who watches. */
export async function planChanged(
  { ledger, tokenBook }: Pick<SubscriptionsContext, 'ledger' | 'tokenBook'>,
  userId: string,
): Promise<void> {
  tokenBook.forgetUser(userId)
  await ledger.balanceChanged(userId)
}

interface Keyed {
  operation: string
  idempotencyKey: string
  arguments: unknown
}

async function keyed(
  ctx: SubscriptionsContext,
  { idempotencyKey, ...call }: Keyed,
  work: (tx: Sql, userId: string) => Promise<void>,
): Promise<void> {
  const { id: userId } = signedIn(ctx)
  const { repeated } = await once(
    ctx.sql,
    { ...call, userId, key: idempotencyKey, now: ctx.now() },
    async (tx) => {
      await work(tx, userId)
      return {}
    },
  )
  if (!repeated) await planChanged(ctx, userId)
}

/** Makes room for a new subscription. One whose period is over makes way, renewed or not. */
async function replaceEnded(
  clock: Pick<SubscriptionsContext, 'now'>,
  tx: Sql,
  userId: string,
): Promise<void> {
  const running = await lockSubscription(tx, userId)
  if (!running) return
  // The clock is read once the lock is had: what was bought while we waited is running, not yet to come.
  const now = clock.now()
  if (isInForce(running, now)) throw subscriptionRunning(running.periodEnd)
  await endSubscription(tx, running.id, now)
}

async function sell(
  ctx: SubscriptionsContext,
  tx: Sql,
  { userId, offer }: { userId: string; offer: Offer },
): Promise<void> {
  const timeZone = await zoneOf(tx, userId)
  const sold = { userId, offer, price: offer.priceNano, timeZone, cancelAtPeriodEnd: false, now: ctx.now() }
  await openSubscription(tx, ctx.ledger, sold)
}

/** Ends the running period now: its quota ends with it, its unused part goes back to the wallet. */
async function giveBack(
  { ledger, now }: Pick<SubscriptionsContext, 'ledger' | 'now'>,
  tx: Sql,
  running: Running,
): Promise<void> {
  const credit = creditOf(running, now())
  if (running.periodId !== null) {
    const source = { accountId: running.userId, sourceId: running.periodId }
    await ledger.endGrant(tx, { ...source, sourceType: 'plan_period' }, now())
    if (credit > 0n) {
      const change = { ...source, sourceType: 'plan_credit', note: null, amount: credit }
      await ledger.creditWallet(tx, { ...change, kind: 'refund' })
    }
  }
  await endSubscription(tx, running.id, now())
}

async function setNext(tx: Sql, id: string, { cancel }: { cancel: boolean }): Promise<void> {
  await tx.query(
    'UPDATE plan_subscription SET cancel_at_period_end = $2, next_plan_id = NULL WHERE id = $1',
    [id, cancel],
  )
}
