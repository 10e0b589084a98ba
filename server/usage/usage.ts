import { type Context, signedIn } from '../platform/context.ts'
import { invalidField, notFound } from '../platform/errors.ts'
import { isId } from '../platform/ids.ts'
import { type Connection, type PageArgs, type PageQuery, pageQuery, toConnection } from '../platform/page.ts'
import type { Sql } from '../platform/sql.ts'
import { matchesNothing, type UsageFilter, usageWhere } from './usage.filter.ts'
import type { UsageRecordType } from './usage.type.ts'

/** What was used: one row per request, written beside its charge, read here by its owner. */
export interface UsageRecord extends UsageRecordType {
  apiTokenId: string
  apiTokenName: string
  attempts: { outcome: string; status: number | null; durationMs: number; channelId: string }[]
}

const COLUMNS = `id, created_at AS "createdAt", model_id AS model, status, error_code AS "errorCode", streamed,
  protocol, prompt_tokens AS "promptTokens", cached_tokens AS "cachedTokens", completion_tokens AS "completionTokens",
  reasoning_tokens AS "reasoningTokens", usage_source AS source, cost_nano AS cost, ttft_ms AS "ttftMs",
  duration_ms AS "durationMs", api_token_id AS "apiTokenId", attempts,
  (SELECT t.name FROM api_token t WHERE t.id = api_token_id) AS "apiTokenName"`

/** The viewer's requests, newest first. Errors: invalid_request for a cursor that is not one of ours. */
export async function listUsage(
  ctx: Context,
  page: PageArgs,
  filter: UsageFilter,
): Promise<Connection<UsageRecord>> {
  const query = pageQuery(page)
  const rows = await usageRows(ctx.sql, { userId: signedIn(ctx).id, filter, query })
  return toConnection(rows, query, cursorOf)
}

/** At most one row more than the page holds. */
export async function usageRows(
  sql: Sql,
  { userId, filter, query }: { userId: string; filter: UsageFilter; query: PageQuery },
): Promise<UsageRecord[]> {
  if (matchesNothing(filter)) return []
  const { where, values } = usageWhere(userId, filter)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const place = query.cursor === undefined ? undefined : placeOf(query.cursor)
  const bound = place
    ? `AND (created_at, id) ${past} ($${values.push(place.at)}::timestamptz, $${values.push(place.id)}::uuid)`
    : ''
  return sql.query<UsageRecord>(
    `SELECT ${COLUMNS} FROM usage_record WHERE ${where} ${bound}
      ORDER BY created_at ${order}, id ${order} LIMIT $${values.push(query.limit + 1)}`,
    values,
  )
}

/** Where a page goes on: a moment alone would lose what happened in the same millisecond. */
export const cursorOf = ({ createdAt, id }: UsageRecord) => `${createdAt.getTime()} ${id}`

function placeOf(cursor: string): { at: Date; id: string } {
  const [ms = '', id = ''] = cursor.split(' ')
  if (!/^\d{1,15}$/.test(ms) || !isId(id)) throw invalidField('after', 'This cursor is not one of ours.')
  return { at: new Date(Number(ms)), id }
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

const A = 'A'.charCodeAt(0)

/** Routes get letters: which provider is behind one is the operator's business. */
export function shownAttempts(attempts: UsageRecord['attempts']) {
  const channels = [...new Set(attempts.map(({ channelId }) => channelId))]
  return attempts.map(({ channelId, outcome, status, durationMs }) => ({
    route: String.fromCharCode(A + channels.indexOf(channelId)),
    outcome,
    status,
    durationMs,
  }))
}
