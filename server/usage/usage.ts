import { type Context, signedIn } from '../platform/context.ts'
import { notFound } from '../platform/errors.ts'
import { isId } from '../platform/ids.ts'
import { type Connection, type PageArgs, type PageQuery, pageQuery, toConnection } from '../platform/page.ts'
import type { Sql } from '../platform/sql.ts'
import type { UsageRecordType, UsageStatusType } from './usage.type.ts'

/** What was used: one row per request, written beside its charge, read here by its owner. */
export interface UsageRecord extends UsageRecordType {
  apiTokenId: string
}

export interface UsageFilter {
  apiTokenId?: string
  model?: string
  status?: UsageStatusType
  from?: Date
  to?: Date
}

const COLUMNS = `id, created_at AS "createdAt", model_id AS model, status, error_code AS "errorCode", streamed,
  prompt_tokens AS "promptTokens", cached_tokens AS "cachedTokens", completion_tokens AS "completionTokens",
  reasoning_tokens AS "reasoningTokens", usage_source AS source, cost_nano AS cost, ttft_ms AS "ttftMs",
  duration_ms AS "durationMs", api_token_id AS "apiTokenId"`

/** The viewer's requests, newest first. */
export async function listUsage(
  ctx: Context,
  page: PageArgs,
  filter: UsageFilter,
): Promise<Connection<UsageRecord>> {
  const query = pageQuery(page)
  if ([filter.apiTokenId, query.cursor].some((id) => id !== undefined && !isId(id)))
    return toConnection<UsageRecord>([], query, () => '')
  const rows = await usageRows(ctx.sql, { userId: signedIn(ctx).id, filter, query })
  return toConnection(rows, query, (record) => record.id)
}

/** At most one row more than the page holds. */
export function usageRows(
  sql: Sql,
  { userId, filter, query }: { userId: string; filter: UsageFilter; query: PageQuery },
): Promise<UsageRecord[]> {
  return sql.query<UsageRecord>(
    `SELECT ${COLUMNS} FROM usage_record
      WHERE user_id = $1
        AND ($2::uuid IS NULL OR CASE WHEN $3 THEN id > $2 ELSE id < $2 END)
        AND ($4::uuid IS NULL OR api_token_id = $4)
        AND ($5::text IS NULL OR model_id = $5)
        AND ($6::text IS NULL OR status = $6)
        AND ($7::timestamptz IS NULL OR created_at >= $7)
        AND ($8::timestamptz IS NULL OR created_at < $8)
      ORDER BY id ${query.backwards ? 'ASC' : 'DESC'} LIMIT $9`,
    [
      userId,
      query.cursor,
      query.backwards,
      filter.apiTokenId,
      filter.model,
      filter.status,
      filter.from,
      filter.to,
      query.limit + 1,
    ],
  )
}

/** Someone else's request does not exist. Errors: usage_record_not_found. */
export async function findUsage(ctx: Context, id: string): Promise<UsageRecord> {
  const record = await readUsage(ctx.sql, signedIn(ctx).id, id)
  if (!record) throw notFound('usage record')
  return record
}

export async function readUsage(sql: Sql, userId: string, id: string): Promise<UsageRecord | undefined> {
  if (!isId(id)) return undefined
  const text = `SELECT ${COLUMNS} FROM usage_record WHERE id = $1 AND user_id = $2`
  return (await sql.query<UsageRecord>(text, [id, userId]))[0]
}
