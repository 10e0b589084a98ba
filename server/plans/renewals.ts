import type { Ledger } from '../ledger/ledger.ts'
import { addMonths } from '../platform/calendar.ts'
import { DomainError } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { SqlPool, Sql } from '../platform/sql.ts'
import type { TokenBook } from '../tokens/token.book.ts'
import { type Offer, offerOf } from './offers.ts'
import { endSubscription, lockSubscription, payPeriod, type Running } from './periods.ts'
import { planChanged } from './subscriptions.ts'

/** A renewal that could not be paid is tried again for so long; meanwhile the user is on Free. */
export const RETRY_DAYS = 3
/**
 * Within this time after its end a period is followed by the next without a gap. Later (a past due renewal, a server
 * that was off) the next one begins when it is paid: nobody pays for time without the plan.
 */
const SEAMLESS_MS = 3_600_000
const DAY_MS = 86_400_000
const BATCH = 100

export interface RenewalServices {
  sql: SqlPool
  ledger: Ledger
  tokenBook: TokenBook
  now: () => Date
  log: Log
}

/** Ends, renews or gives up every subscription whose period is over. Any process may, at any time, repeatedly. */
export async function renewSubscriptions(services: RenewalServices): Promise<void> {
  const { sql, now, log } = services
  const at = now()
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const due = await sql.query<{ id: string; user_id: string }>(
      `SELECT id, user_id FROM plan_subscription
       WHERE status <> 'ended' AND period_end <= $1 AND id > $2 ORDER BY id LIMIT ${BATCH}`,
      [at, after],
    )
    for (const { id, user_id: userId } of due)
      try {
        if (await sql.transaction((tx) => renew(tx, services, { id, userId })))
          await planChanged(services, userId)
      } catch (error) {
        // The others are renewed all the same; this one is tried again with the next run.
        log.error({ err: error, subscriptionId: id }, 'a subscription could not be renewed')
      }
    if (due.length < BATCH) return
    after = due.at(-1)!.id
  }
}

/** When an unpaid renewal is given up; null unless it is past due. */
export const retryUntil = ({ status, periodEnd }: Running): Date | null =>
  status === 'past_due' ? new Date(periodEnd.getTime() + RETRY_DAYS * DAY_MS) : null

/** When the next period ends, as far as it is known. */
export async function nextPeriodEnd(sql: Sql, now: Date): Promise<Date | undefined> {
  const [next] = await sql.query<{ at: Date | null }>(
    "SELECT min(period_end) AS at FROM plan_subscription WHERE status = 'active' AND period_end > $1",
    [now],
  )
  return next?.at ?? undefined
}

/** Answers whether anything changed. Under the lock of the user's books, so that two processes renew once. */
async function renew(
  tx: Sql,
  { ledger, now }: RenewalServices,
  { id, userId }: { id: string; userId: string },
): Promise<boolean> {
  const at = now()
  const running = await lockSubscription(tx, userId)
  if (running?.id !== id || running.periodEnd > at) return false
  const lastTry = retryUntil(running)
  if (running.cancelAtPeriodEnd || (lastTry && lastTry <= at)) {
    await endSubscription(tx, id, at)
    return true
  }
  const offer = await offerOf(tx, running.nextPlanId ?? running.planId)
  if (await tryToPay(tx, ledger, { running, offer, at })) return true
  if (running.status === 'past_due') return false
  await tx.query("UPDATE plan_subscription SET status = 'past_due' WHERE id = $1", [id])
  return true
}

async function tryToPay(
  tx: Sql,
  ledger: Ledger,
  { running, offer, at }: { running: Running; offer: Offer; at: Date },
): Promise<boolean> {
  const seamless = running.status === 'active' && at.getTime() - running.periodEnd.getTime() < SEAMLESS_MS
  const anchor = seamless ? running.anchor : at
  const start = seamless ? running.periodEnd : at
  const monthsElapsed = offer.months + (seamless ? running.monthsElapsed : 0)
  const end = addMonths(anchor, monthsElapsed, running.timeZone)
  const period = { subscriptionId: running.id, userId: running.userId, offer, start, end, now: at }
  await tx.query('SAVEPOINT payment')
  try {
    await payPeriod(tx, ledger, { ...period, price: offer.priceNano })
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'insufficient_balance')) throw error
    await tx.query('ROLLBACK TO SAVEPOINT payment')
    return false
  }
  await tx.query(
    `UPDATE plan_subscription SET status = 'active', plan_version_id = $2, anchor = $3, months_elapsed = $4,
            period_start = $5, period_end = $6, next_plan_id = NULL WHERE id = $1`,
    [running.id, offer.versionId, anchor, monthsElapsed, start, end],
  )
  return true
}
