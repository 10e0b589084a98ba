import { type BooksServices, checkBooks } from './books.ts'
import { forgetOldKeys } from './platform/idempotency.ts'
import type { Log } from './platform/log.ts'
import { type RewardServices, rewardDue } from './invitations/rewards.ts'
import type { NoticeServices } from './payments/notices.ts'
import { nextAnnouncement } from './notices/announcements.ts'
import { noticeAhead, noticeEverything, type WatchServices } from './notices/watch.ts'
import { reconcileOrders } from './payments/reconcile.ts'
import type { InferenceKeys } from './relay/inference-keys.ts'
import { ROLL_UP_EVERY_MS, rollUpModelHours } from './usage/model-hours.ts'
import { forgetOld, type RetentionServices } from './retention.ts'
import { nextPeriodEnd, renewSubscriptions, type RenewalServices } from './plans/renewals.ts'

/** How often a job runs when nothing is due sooner. */
const EVERY_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const AHEAD_EVERY_MS = 600_000

export interface Jobs {
  /** Resolves when no job runs any more. */
  stop(): Promise<void>
}

/** What the server does by itself besides serving; the ledger's own chores are its own. */
export function startJobs(
  services: RenewalServices &
    RewardServices &
    NoticeServices &
    BooksServices &
    RetentionServices &
    WatchServices & { keys: InferenceKeys },
): Jobs {
  const { sql, now, log } = services
  // The first look finds what an earlier process left unsaid.
  let spentSince = new Date(now().getTime() - DAY_MS)
  const jobs = [
    repeat(log, 'renewals', async () => {
      await renewSubscriptions(services)
      // To the moment: who renews must not be on Free for up to a minute.
      const next = await nextPeriodEnd(sql, now())
      return Math.min(EVERY_MS, next ? next.getTime() - now().getTime() : EVERY_MS)
    }),
    repeat(log, 'payments', async () => {
      await reconcileOrders(services)
      return EVERY_MS
    }),
    repeat(log, 'invitation rewards', async () => {
      await rewardDue(services)
      return EVERY_MS
    }),
    repeat(log, 'notices', async () => {
      const looked = now().getTime()
      await noticeEverything(services, spentSince)
      spentSince = new Date(looked - AHEAD_EVERY_MS)
      const next = await nextAnnouncement(sql, now())
      return Math.min(EVERY_MS, next ? next.getTime() - now().getTime() : EVERY_MS)
    }),
    repeat(log, 'notices of what lies ahead', async () => {
      await noticeAhead(services)
      return AHEAD_EVERY_MS
    }),
    repeat(log, 'books', () => checkBooks(services)),
    repeat(log, 'model hours', async () => ((await rollUpModelHours(sql, now())) ? 0 : ROLL_UP_EVERY_MS)),
    repeat(log, 'retention', async () => {
      await forgetOld(services)
      return HOUR_MS
    }),
    repeat(log, 'idempotency keys', async () => {
      await forgetOldKeys(sql, now())
      await services.keys.forgetOld()
      return HOUR_MS
    }),
  ]
  return {
    async stop() {
      await Promise.all(jobs.map((job) => job.stop()))
    },
  }
}

/** Runs a job again and again, one run at a time; it answers in how many ms it wants to run next. */
function repeat(log: Log, name: string, run: () => Promise<number>): Jobs {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let running = Promise.resolve()

  function schedule(ms: number) {
    if (!stopped) timer = setTimeout(start, Math.max(ms, 0))
  }

  function start() {
    running = run().then(schedule, (error: unknown) => {
      log.warn({ err: error, job: name }, 'a job failed and will be tried again')
      schedule(EVERY_MS)
    })
  }

  schedule(0)
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
