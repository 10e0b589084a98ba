import type { Events } from '../platform/events.ts'
import type { Log } from '../platform/log.ts'
import type { Mailer } from '../platform/mail/mailer.ts'
import type { Settings } from '../platform/settings.ts'
import type { Sql, SqlPool } from '../platform/sql.ts'
import { announceDue } from './announcements.ts'
import { noticeLetter } from './letters/letters.ts'
import { type Occasion, tell, type Told } from './notice.kinds.ts'
import { cappedSpenders, lowBalances, usedCaps } from './notice.money.ts'
import { ahead, happened } from './notice.rules.ts'

export interface WatchServices {
  sql: SqlPool
  events: Events
  mailer: Mailer
  settings: Settings
  config: { publicUrl: string }
  now: () => Date
  log: Log
}

/** Accounts whose money just changed, gathered; looked at a moment later, off every request's path. */
export interface NoticeWatch {
  consider(userIds: Iterable<string>): void
  /** Resolves when everything considered so far has been looked at. */
  settled(): Promise<void>
  /** Resolves when nothing is looked at any more; what is considered later is the next process's. */
  stop(): Promise<void>
}

const GATHER_MS = 500

export function createNoticeWatch(services: WatchServices): NoticeWatch {
  const considered = new Set<string>()
  let running: Promise<void> | undefined
  let hurry: () => void = () => undefined
  let stopped = false

  async function look() {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS).unref()
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    if (stopped) return
    const userIds = [...considered]
    considered.clear()
    await noticeChanges(services, userIds)
  }

  return {
    consider(userIds) {
      if (stopped) return
      for (const id of userIds) considered.add(id)
      running ??= look()
        // The job, or the next change, finds them again.
        .catch((error: unknown) => services.log.warn({ err: error }, 'notices could not be looked for'))
        .finally(() => {
          running = undefined
          if (considered.size > 0) this.consider([])
        })
    },
    async settled() {
      while (running) await running
    },
    async stop() {
      stopped = true
      hurry()
      await running
    },
  }
}

/** Tells these users what changed for them. */
export async function noticeChanges(services: WatchServices, userIds: string[]): Promise<void> {
  const { sql, now } = services
  const at = now()
  const found = [...(await happened(sql, at, userIds)), ...(await usedCaps(sql, at, userIds))]
  await tellThem(services, async (tx) => [...found, ...(await lowBalances(tx, at, userIds))])
}

/**
 * Everybody, whatever was missed, and announcements whose time has come: for a job. `spentSince`: from when on a spend
 * cap may have been used up without a word, as the process that would have said it died.
 */
export async function noticeEverything(services: WatchServices, spentSince: Date): Promise<void> {
  const { sql, now } = services
  await announceDue(services)
  const caps = await usedCaps(sql, now(), await cappedSpenders(sql, spentSince))
  await tellThem(services, async (tx) => [
    ...caps,
    ...(await happened(tx, now(), null)),
    ...(await lowBalances(tx, now(), null)),
  ])
}

/** What lies ahead: for a job that runs now and then, as it looks at a month of requests. */
export const noticeAhead = (services: WatchServices): Promise<void> =>
  tellThem(services, (tx) => ahead(tx, services.now()))

async function tellThem(services: WatchServices, find: (tx: Sql) => Promise<Occasion[]>): Promise<void> {
  const { sql, events, mailer, now } = services
  const told = await sql.transaction(async (tx) => {
    const news = await tell(tx, await find(tx), now())
    await copyByMail(tx, services, news)
    return news
  })
  if (told.length > 0) mailer.wake()
  for (const { userId, id } of told) events.publish('notificationReceived', userId, { noticeId: id })
}

interface Reader {
  userId: string
  kind: string
  email: string
  locale: string | null
}

/** To those who want it, at an address that was proved to be theirs. */
async function copyByMail(tx: Sql, { mailer, settings, config }: WatchServices, told: Told[]): Promise<void> {
  if (!mailer.enabled || told.length === 0) return
  const readers = await tx.query<Reader>(
    `SELECT m.user_id AS "userId", m.kind, u.email, u.locale FROM notice_mail m JOIN app_user u ON u.id = m.user_id
     WHERE m.user_id = ANY ($1) AND u.email_verified_at IS NOT NULL AND u.suspended_at IS NULL`,
    [told.map(({ userId }) => userId)],
  )
  const site = settings.values.siteName
  for (const notice of told) {
    const reader = readers.find(({ userId, kind }) => userId === notice.userId && kind === notice.kind)
    if (!reader) continue
    const letter = noticeLetter(reader.locale, notice, { site, publicUrl: config.publicUrl })
    await mailer.queue(tx, { kind: `notice_${notice.kind}`, to: reader.email, letter })
  }
}
