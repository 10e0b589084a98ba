import type { Ledger } from '../ledger/ledger.ts'
import { addMonths } from '../platform/calendar.ts'
import { type Context, signedIn } from '../platform/context.ts'
import type { Nano } from '../platform/money.ts'
import { findForSale, type Offer } from './offers.ts'
import { creditOf, isInForce, readSubscription, zoneOf } from './periods.ts'
import { planUnchanged } from './plan.errors.ts'
import { isUpgrade } from './proration.ts'

export type ChangeEffect = 'now' | 'at_period_end'

/** What buying or changing to a plan would do at this moment. */
export interface PlanQuote {
  offer: Offer
  effect: ChangeEffect
  /** What the unused part of the running period gives back. */
  credit: Nano
  /** Price less credit; below zero, the rest goes to the wallet. Zero when nothing is paid now. */
  due: Nano
  /** How much the wallet lacks; zero when it has enough. */
  shortfall: Nano
  /** The period that would begin. */
  periodStart: Date
  periodEnd: Date
}

/** Errors: plan_not_found, plan_not_for_sale, plan_unchanged, sign_in_required. */
export async function quoteFor(ctx: Context & { ledger: Ledger }, planId: string): Promise<PlanQuote> {
  const { id: userId } = signedIn(ctx)
  const now = ctx.now()
  const offer = await findForSale(ctx.sql, planId)
  const running = await readSubscription(ctx.sql, userId)
  const { wallet } = await ctx.ledger.balances(userId)
  const base = { offer, credit: 0n, due: 0n, shortfall: 0n }
  if (running && isInForce(running, now)) {
    if (running.planId === planId) throw planUnchanged()
    if (!isUpgrade(offer, running)) {
      const { anchor, monthsElapsed, periodEnd: periodStart, timeZone } = running
      const periodEnd = addMonths(anchor, monthsElapsed + offer.months, timeZone)
      return { ...base, effect: 'at_period_end', periodStart, periodEnd }
    }
  }
  const credit = running && isInForce(running, now) ? creditOf(running, now) : 0n
  const due = offer.priceNano - credit
  const shortfall = due > wallet ? due - wallet : 0n
  const periodEnd = addMonths(now, offer.months, await zoneOf(ctx.sql, userId))
  return { ...base, effect: 'now', credit, due, shortfall, periodStart: now, periodEnd }
}
