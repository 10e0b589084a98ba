import { administrator, type Context } from '../platform/context.ts'
import { isId, newId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQuery, toConnection } from '../platform/page.ts'
import type { Sql } from '../platform/sql.ts'

export interface AuditEntry {
  id: string
  actor: string
  action: string
  /** The id of what it was done to. */
  target: string
  detail: string
  createdAt: Date
}

/** Notes what an administrator does, in the transaction that does it. Never put a secret into `detail`. */
export async function audit(
  tx: Sql,
  ctx: Context,
  { action, target, detail }: { action: string; target: string; detail: Record<string, unknown> },
): Promise<void> {
  await tx.query(
    'INSERT INTO audit_entry (id, actor_id, action, target, detail, created_at) VALUES ($1, $2, $3, $4, $5, $6)',
    [newId(), administrator(ctx).id, action, target, json(detail), ctx.now()],
  )
}

/** Newest first. Errors: admin_required. */
export async function listAudit(ctx: Context, page: PageArgs): Promise<Connection<AuditEntry>> {
  administrator(ctx)
  const query = pageQuery(page)
  if (query.cursor !== undefined && !isId(query.cursor)) return toConnection<AuditEntry>([], query, () => '')
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const rows = await ctx.sql.query<AuditEntry>(
    `SELECT a.id, u.email AS actor, a.action, a.target, a.detail::text AS detail, a.created_at AS "createdAt"
     FROM audit_entry a JOIN app_user u ON u.id = a.actor_id
     WHERE $1::uuid IS NULL OR a.id ${past} $1 ORDER BY a.id ${order} LIMIT $2`,
    [query.cursor ?? null, query.limit + 1],
  )
  return toConnection(rows, query, ({ id }) => id)
}

const json = (detail: object) =>
  JSON.stringify(detail, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))
