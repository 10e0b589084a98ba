import type { Ledger } from '../ledger/ledger.ts'
import { addMonths } from '../platform/calendar.ts'
import { newId } from '../platform/ids.ts'
import type { Nano } from '../platform/money.ts'
import type { Sql } from '../platform/sql.ts'
import type { Offer } from './offers.ts'
import { creditFor } from './proration.ts'
import type { SubscriptionStatus } from './subscription.entity.ts'

/** A subscription as the transaction that changes it reads it, with the period that runs or ran last. */
export interface Running {
  id: string
  userId: string
  status: SubscriptionStatus
  planId: string
  versionId: string
  /** Of the version: what a period is worth, whoever paid for it. */
  priceNano: Nano
  months: number
  anchor: Date
  timeZone: string
  monthsElapsed: number
  periodId: string | null
  periodStart: Date
  periodEnd: Date
  /** What the wallet paid for the period; nothing when a code gave it. */
  paid: Nano
  cancelAtPeriodEnd: boolean
  nextPlanId: string | null
}

/** The user's books first, always: whatever else moves this user's money waits. Answers what has not ended. */
export async function lockSubscription(tx: Sql, userId: string): Promise<Running | undefined> {
  await tx.query('SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE', [userId])
  return readSubscription(tx, userId)
}

export async function readSubscription(sql: Sql, userId: string): Promise<Running | undefined> {
  const [running] = await sql.query<Running>(
    `SELECT s.id, s.user_id AS "userId", s.status, v.plan_id AS "planId", v.id AS "versionId",
            v.price_nano AS "priceNano", v.months, s.anchor, s.time_zone AS "timeZone",
            s.months_elapsed AS "monthsElapsed", p.id AS "periodId", s.period_start AS "periodStart",
            s.period_end AS "periodEnd", coalesce(p.price_nano, 0)::bigint AS paid,
            s.cancel_at_period_end AS "cancelAtPeriodEnd", s.next_plan_id AS "nextPlanId"
     FROM plan_subscription s JOIN plan_version v ON v.id = s.plan_version_id
     LEFT JOIN plan_period p ON p.subscription_id = s.id AND p.period_start = s.period_start
     WHERE s.user_id = $1 AND s.status <> 'ended'`,
    [userId],
  )
  return running
}

/**
 * Whether it gives its terms at `now`: periods are half-open. None is sold ahead, so one that seems to begin later was
 * begun by a process whose clock is ahead of ours.
 */
export const isInForce = ({ status, periodEnd }: Running, now: Date) => status === 'active' && now < periodEnd

/** What the unused part of the running period gives back. */
export const creditOf = ({ periodStart, periodEnd, paid }: Running, now: Date) =>
  creditFor({ start: periodStart, end: periodEnd, price: paid }, now)

/** The time zone of a user, by which their periods begin and end. */
export async function zoneOf(sql: Sql, userId: string): Promise<string> {
  const [user] = await sql.query<{ time_zone: string }>('SELECT time_zone FROM app_user WHERE id = $1', [
    userId,
  ])
  return user!.time_zone
}

interface NewSubscription {
  userId: string
  offer: Offer
  /** What the wallet pays; nothing when it is a gift. */
  price: Nano
  timeZone: string
  /** A gift does not renew itself. */
  cancelAtPeriodEnd: boolean
  now: Date
}

/** A subscription with its first period, from now on. Errors: insufficient_balance. */
export async function openSubscription(tx: Sql, ledger: Ledger, sold: NewSubscription): Promise<string> {
  const { userId, offer, timeZone, now } = sold
  const id = newId()
  const end = addMonths(now, offer.months, timeZone)
  await tx.query(
    `INSERT INTO plan_subscription (id, user_id, plan_version_id, status, anchor, time_zone, months_elapsed,
                                    period_start, period_end, cancel_at_period_end, created_at)
     VALUES ($1, $2, $3, 'active', $4, $5, $6, $4, $7, $8, $4)`,
    [id, userId, offer.versionId, now, timeZone, offer.months, end, sold.cancelAtPeriodEnd],
  )
  await payPeriod(tx, ledger, { subscriptionId: id, userId, offer, price: sold.price, start: now, end, now })
  return id
}

interface NewPeriod {
  subscriptionId: string
  userId: string
  offer: Offer
  price: Nano
  start: Date
  end: Date
  now: Date
}

/** Takes the price from the wallet and gives the period's quota. Errors: insufficient_balance. */
export async function payPeriod(tx: Sql, ledger: Ledger, period: NewPeriod): Promise<void> {
  const { userId, offer, price, start, end } = period
  const id = newId()
  const source = { accountId: userId, sourceType: 'plan_period', sourceId: id, note: offer.name }
  if (price > 0n) await ledger.debitWallet(tx, { ...source, amount: price, kind: 'purchase' })
  if (offer.quotaNano > 0n)
    await ledger.grantQuota(tx, {
      ...source,
      amount: offer.quotaNano,
      validFrom: start,
      validUntil: end,
      // A plan that was given, or came with a code, was not bought.
      kind: price > 0n ? 'purchase' : 'grant',
    })
  await tx.query(
    `INSERT INTO plan_period (id, subscription_id, user_id, plan_version_id, price_nano, period_start, period_end,
                              created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, period.subscriptionId, userId, offer.versionId, price, start, end, period.now],
  )
}

export async function endSubscription(tx: Sql, id: string, now: Date): Promise<void> {
  await tx.query("UPDATE plan_subscription SET status = 'ended', ended_at = $2 WHERE id = $1", [id, now])
}
