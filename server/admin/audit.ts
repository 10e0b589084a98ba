import { administrator, type Context } from '../platform/context.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'

/** What administrators did (platform/audit.ts writes it), read again. */
export interface AuditEntry {
  id: string
  /** The administrator's address and id. */
  actor: string
  actorId: string
  action: string
  /** The id of what it was done to. */
  target: string
  /** Whose account it was, when it was one. */
  targetEmail: string | null
  /** What it is called, when an id does not say it. */
  targetName: string | null
  reason: string | null
  ip: string | null
  /** JSON. */
  detail: string
  createdAt: Date
}

export interface AuditFilter {
  /** Part of the administrator's address. */
  actor?: string
  action?: string
  /** An id, or part of the address of the account it was done to. */
  target?: string
  from?: Date
  to?: Date
}

/** Newest first. Errors: admin_required. */
export async function listAudit(
  ctx: Pick<Context, 'sql' | 'viewer'>,
  page: PageArgs,
  filter: AuditFilter = {},
): Promise<Connection<AuditEntry>> {
  administrator(ctx)
  const query = pageQueryById(page)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const rows = await ctx.sql.query<AuditEntry>(
    `SELECT a.id, u.email AS actor, u.id AS "actorId", a.action, a.target, t.email AS "targetEmail",
            coalesce(split_part(c.name, ' ' || c.id, 1), n.title_en, b.prefix, p.email, a.detail ->> 'name',
                     a.detail -> 'before' ->> 'titleEn', a.detail -> 'after' ->> 'titleEn') AS "targetName",
            a.reason, a.ip, a.detail::text AS detail, a.created_at AS "createdAt"
     FROM audit_entry a JOIN app_user u ON u.id = a.actor_id
     CROSS JOIN LATERAL (SELECT CASE WHEN a.target ~ '^[0-9a-f-]{36}$' THEN a.target::uuid END AS id) target
     LEFT JOIN app_user t ON t.id = target.id
     LEFT JOIN channel c ON c.id = target.id
     LEFT JOIN announcement n ON n.id = target.id
     LEFT JOIN code_batch b ON b.id = target.id
     LEFT JOIN payment_order o ON o.id = target.id
     LEFT JOIN invitation i ON i.id = target.id
     LEFT JOIN app_user p ON p.id = coalesce(o.user_id, i.invitee_id)
     WHERE ($1::uuid IS NULL OR a.id ${past} $1)
       AND ($3::text IS NULL OR strpos(u.email_key, lower($3)) > 0)
       AND ($4::text IS NULL OR a.action = $4)
       AND ($5::text IS NULL OR $5 IN (a.target, o.user_id::text, i.inviter_id::text, i.invitee_id::text)
            OR strpos(t.email_key, lower($5)) > 0)
       AND ($6::timestamptz IS NULL OR a.created_at >= $6) AND ($7::timestamptz IS NULL OR a.created_at < $7)
     ORDER BY a.id ${order} LIMIT $2`,
    [
      query.cursor ?? null,
      query.limit + 1,
      filter.actor?.trim() || null,
      filter.action || null,
      filter.target?.trim() || null,
      filter.from ?? null,
      filter.to ?? null,
    ],
  )
  return toConnection(rows, query, ({ id }) => id)
}

/** Every kind of deed that was ever done, for a filter. Errors: admin_required. */
export async function listAuditActions(ctx: Context): Promise<string[]> {
  administrator(ctx)
  const rows = await ctx.sql.query<{ action: string }>(
    'SELECT DISTINCT action FROM audit_entry ORDER BY action',
  )
  return rows.map(({ action }) => action)
}
