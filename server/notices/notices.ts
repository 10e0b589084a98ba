import { type Context, signedIn } from '../platform/context.ts'
import { isId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQuery, toConnection } from '../platform/page.ts'
import type { AnnouncementText } from './announcements.ts'
import { type Facts, NOTICE_KINDS, type NoticeKind } from './notice.kinds.ts'

/** Something in the inbox: a personal notice, or an announcement. */
export interface InboxItem {
  id: string
  kind: NoticeKind | 'announcement'
  facts: Facts
  announcement: (Pick<AnnouncementText, 'level'> & Record<Words, string>) | null
  createdAt: Date
  readAt: Date | null
}
type Words = 'titleEn' | 'titleZh' | 'bodyEn' | 'bodyZh'

export interface InboxFilter {
  kinds?: InboxItem['kind'][]
  unread?: boolean
}

/** $1: the user, $2: now. Announcements are not copied to everybody: they are read where they stand. */
const INBOX = `
  SELECT n.id, n.kind, n.facts, NULL::jsonb AS announcement, n.created_at AS "createdAt", n.read_at AS "readAt"
  FROM notice n WHERE n.user_id = $1
  UNION ALL
  SELECT a.id, 'announcement', '{}', jsonb_build_object('level', a.level, 'titleEn', a.title_en, 'titleZh', a.title_zh,
         'bodyEn', a.body_en, 'bodyZh', a.body_zh), a.published_from, r.read_at
  FROM announcement a
  LEFT JOIN announcement_read r ON r.announcement_id = a.id AND r.user_id = $1
  WHERE a.published_from <= $2 AND (a.published_until IS NULL OR a.published_until > $2)
    AND (a.audience = 'all' OR EXISTS (SELECT FROM plan_subscription s WHERE s.user_id = $1 AND s.status = 'active'))`

/** The viewer's inbox, newest first. */
export async function listInbox(
  ctx: Context,
  page: PageArgs,
  { kinds, unread }: InboxFilter = {},
): Promise<Connection<InboxItem>> {
  const { id } = signedIn(ctx)
  const query = pageQuery(page)
  const key = keyIn(query.cursor)
  if (query.cursor !== undefined && !key) return toConnection<InboxItem>([], query, () => '')
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const rows = await ctx.sql.query<InboxItem>(
    `SELECT * FROM (${INBOX}) i
     WHERE ($3::timestamptz IS NULL OR (i."createdAt", i.id) ${past} ($3, $4::uuid))
       AND ($5::text[] IS NULL OR i.kind = ANY ($5)) AND ($6::boolean IS NULL OR (i."readAt" IS NULL) = $6)
     ORDER BY i."createdAt" ${order}, i.id ${order} LIMIT $7`,
    [id, ctx.now(), key?.at ?? null, key?.id ?? null, kinds ?? null, unread ?? null, query.limit + 1],
  )
  return toConnection(rows, query, (item) => `${item.createdAt.toISOString()} ${item.id}`)
}

function keyIn(cursor: string | undefined): { at: string; id: string } | undefined {
  const [at = '', id = ''] = cursor?.split(' ') ?? []
  return isId(id) && !Number.isNaN(Date.parse(at)) ? { at, id } : undefined
}

/** What the viewer may see of one; undefined when it is not theirs, or was taken back. */
export async function findInboxItem(ctx: Context, id: string): Promise<InboxItem | undefined> {
  const { id: userId } = signedIn(ctx)
  const [item] = await ctx.sql.query<InboxItem>(`SELECT * FROM (${INBOX}) i WHERE i.id = $3`, [
    userId,
    ctx.now(),
    id,
  ])
  return item
}

export async function countUnread(ctx: Context): Promise<number> {
  const { id } = signedIn(ctx)
  const [row] = await ctx.sql.query<{ unread: bigint }>(
    `SELECT count(*) AS unread FROM (${INBOX}) i WHERE i."readAt" IS NULL`,
    [id, ctx.now()],
  )
  return Number(row!.unread)
}

/** Of these, or of everything; what is somebody else's is left alone. Answers how many are unread now. */
export async function markRead(ctx: Context, ids: string[] | null): Promise<number> {
  const { id: userId } = signedIn(ctx)
  const which = ids?.filter(isId) ?? null
  await ctx.sql.transaction(async (tx) => {
    await tx.query(
      `UPDATE notice SET read_at = $2
       WHERE user_id = $1 AND read_at IS NULL AND ($3::uuid[] IS NULL OR id = ANY ($3))`,
      [userId, ctx.now(), which],
    )
    await tx.query(
      `INSERT INTO announcement_read (user_id, announcement_id, read_at)
       SELECT $1, i.id, $2 FROM (${INBOX}) i
       WHERE i.kind = 'announcement' AND i."readAt" IS NULL AND ($3::uuid[] IS NULL OR i.id = ANY ($3))
       ON CONFLICT DO NOTHING`,
      [userId, ctx.now(), which],
    )
  })
  // The viewer's other windows count anew.
  ctx.events.publish('notificationReceived', userId, { noticeId: null })
  return countUnread(ctx)
}

/** Of which kinds the viewer wants copies by e-mail. */
export async function mailedKinds({ sql }: Context, userId: string): Promise<NoticeKind[]> {
  const rows = await sql.query<{ kind: NoticeKind }>('SELECT kind FROM notice_mail WHERE user_id = $1', [
    userId,
  ])
  return NOTICE_KINDS.filter((kind) => rows.some((row) => row.kind === kind))
}

export async function setMailedKinds(ctx: Context, kinds: NoticeKind[]): Promise<NoticeKind[]> {
  const { id } = signedIn(ctx)
  await ctx.sql.transaction(async (tx) => {
    await tx.query('DELETE FROM notice_mail WHERE user_id = $1 AND kind <> ALL ($2)', [id, kinds])
    await tx.query(
      'INSERT INTO notice_mail (user_id, kind) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
      [id, kinds],
    )
  })
  return mailedKinds(ctx, id)
}
