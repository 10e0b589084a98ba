import { audit } from '../platform/audit.ts'
import { administrator, type Context } from '../platform/context.ts'
import { invalidField, notFound } from '../platform/errors.ts'
import { EVERYONE, type Events } from '../platform/events.ts'
import { isId, newId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import type { Sql, SqlPool } from '../platform/sql.ts'

/** What the operator tells everybody, or everybody with a plan, in both languages. */
export interface AnnouncementText {
  level: 'info' | 'important'
  audience: 'all' | 'pro'
  titleEn: string
  titleZh: string
  bodyEn: string
  bodyZh: string
  /** Null: a draft. */
  publishedFrom: Date | null
  /** Exclusive; null: for good. */
  publishedUntil: Date | null
}

export interface Announcement extends AnnouncementText {
  id: string
  createdAt: Date
}

export const ANNOUNCEMENT = `SELECT a.id, a.level, a.audience, a.title_en AS "titleEn", a.title_zh AS "titleZh",
    a.body_en AS "bodyEn", a.body_zh AS "bodyZh", a.published_from AS "publishedFrom",
    a.published_until AS "publishedUntil", a.created_at AS "createdAt" FROM announcement a`

/** Newest first, drafts too. Errors: admin_required. */
export async function listAnnouncements(ctx: Context, page: PageArgs): Promise<Connection<Announcement>> {
  administrator(ctx)
  const query = pageQueryById(page)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const rows = await ctx.sql.query<Announcement>(
    `${ANNOUNCEMENT} WHERE $1::uuid IS NULL OR a.id ${past} $1 ORDER BY a.id ${order} LIMIT $2`,
    [query.cursor ?? null, query.limit + 1],
  )
  return toConnection(rows, query, ({ id }) => id)
}

/** Errors: admin_required, invalid_request. */
export async function createAnnouncement(ctx: Context, text: AnnouncementText): Promise<Announcement> {
  const { id: createdBy } = administrator(ctx)
  check(text)
  const announcement = { ...text, id: newId(), createdAt: ctx.now() }
  await ctx.sql.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO announcement (id, level, audience, title_en, title_zh, body_en, body_zh, published_from,
                                 published_until, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [announcement.id, ...columnsOf(text), createdBy, announcement.createdAt],
    )
    await audit(tx, ctx, { action: 'create_announcement', target: announcement.id, after: text })
  })
  await announceDue(ctx)
  return announcement
}

/** Who read it before need not read it again; moved to a later moment it is announced anew. Errors: admin_required, announcement_not_found, invalid_request. */
export async function updateAnnouncement(
  ctx: Context,
  id: string,
  text: AnnouncementText,
): Promise<Announcement> {
  administrator(ctx)
  check(text)
  const changed = await ctx.sql.transaction(async (tx) => {
    const { id: _, createdAt, ...before } = await lock(tx, id)
    await tx.query(
      `UPDATE announcement SET level = $2, audience = $3, title_en = $4, title_zh = $5, body_en = $6, body_zh = $7,
              published_from = $8, published_until = $9,
              announced_at = CASE WHEN $8::timestamptz <= $10::timestamptz THEN announced_at END
       WHERE id = $1`,
      [id, ...columnsOf(text), ctx.now()],
    )
    await audit(tx, ctx, { action: 'update_announcement', target: id, before, after: text })
    return { ...text, id, createdAt }
  })
  ctx.events.publish('notificationReceived', EVERYONE, { noticeId: null })
  await announceDue(ctx)
  return changed
}

/** Errors: admin_required, announcement_not_found. */
export async function deleteAnnouncement(ctx: Context, id: string): Promise<void> {
  administrator(ctx)
  await ctx.sql.transaction(async (tx) => {
    const { id: _, createdAt: __, ...before } = await lock(tx, id)
    await tx.query('DELETE FROM announcement WHERE id = $1', [id])
    await audit(tx, ctx, { action: 'delete_announcement', target: id, before })
  })
  ctx.events.publish('notificationReceived', EVERYONE, { noticeId: null })
}

/** Tells whoever is looking of announcements whose time has come: once, whichever process finds them first. */
export async function announceDue(services: {
  sql: SqlPool
  events: Events
  now: () => Date
}): Promise<void> {
  const due = await services.sql.query<{ id: string }>(
    `UPDATE announcement SET announced_at = $1 WHERE published_from <= $1 AND announced_at IS NULL
       AND (published_until IS NULL OR published_until > $1) RETURNING id`,
    [services.now()],
  )
  for (const { id } of due) services.events.publish('notificationReceived', EVERYONE, { noticeId: id })
}

/** When the next one that waits is to appear. */
export async function nextAnnouncement(sql: Sql, now: Date): Promise<Date | undefined> {
  const [next] = await sql.query<{ at: Date | null }>(
    'SELECT min(published_from) AS at FROM announcement WHERE published_from > $1 AND announced_at IS NULL',
    [now],
  )
  return next?.at ?? undefined
}

async function lock(tx: Sql, id: string): Promise<Announcement> {
  const rows = isId(id)
    ? await tx.query<Announcement>(`${ANNOUNCEMENT} WHERE a.id = $1 FOR UPDATE`, [id])
    : []
  if (!rows[0]) throw notFound('announcement')
  return rows[0]
}

const columnsOf = (text: AnnouncementText) => [
  text.level,
  text.audience,
  text.titleEn,
  text.titleZh,
  text.bodyEn,
  text.bodyZh,
  text.publishedFrom,
  text.publishedUntil,
]

function check({ publishedFrom, publishedUntil }: AnnouncementText) {
  if (publishedFrom && publishedUntil && publishedFrom >= publishedUntil)
    throw invalidField('publishedUntil', 'It must end after it begins.', '结束时间须晚于开始时间。')
}
