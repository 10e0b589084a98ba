import { administrator, type Context } from '../platform/context.ts'
import { isId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import { codeBatchNotFound } from './code.errors.ts'

/** Somebody's use of a code, as the operator sees it. */
export interface BatchRedemption {
  id: string
  lastFour: string
  userId: string
  email: string
  createdAt: Date
}

/** Who redeemed the codes of a batch, newest first. Errors: admin_required, code_batch_not_found. */
export async function listBatchRedemptions(
  ctx: Context,
  batchId: string,
  page: PageArgs,
): Promise<Connection<BatchRedemption>> {
  administrator(ctx)
  const query = pageQueryById(page)
  const [batch] = isId(batchId)
    ? await ctx.sql.query('SELECT 1 FROM code_batch WHERE id = $1', [batchId])
    : []
  if (!batch) throw codeBatchNotFound()
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const rows = await ctx.sql.query<BatchRedemption>(
    `SELECT r.id, c.last_four AS "lastFour", u.id AS "userId", u.email, r.created_at AS "createdAt"
     FROM redemption_code c JOIN code_redemption r ON r.code_id = c.id JOIN app_user u ON u.id = r.user_id
     WHERE c.batch_id = $1 AND ($2::text IS NULL OR r.id::text ${past} $2) ORDER BY r.id ${order} LIMIT $3`,
    [batchId, query.cursor ?? null, query.limit + 1],
  )
  return toConnection(rows, query, ({ id }) => id)
}
