import type { Settings } from './platform/settings.ts'
import type { SqlPool } from './platform/sql.ts'

export interface RetentionServices {
  sql: SqlPool
  settings: Settings
  now: () => Date
}

const DAY_MS = 86_400_000
/** How often somebody's address got a sign-up bonus matters on that day alone. */
const BONUS_COUNT_DAYS = 2

/**
 * Forgets what the operator does not want to keep. Never anything about money: charges, entries, usage records, orders
 * and what providers said of them stay for ever.
 */
export async function forgetOld({ sql, settings, now }: RetentionServices): Promise<void> {
  const { sessionsKeptDays, auditKeptDays } = settings.values
  const ago = (days: number) => new Date(now().getTime() - days * DAY_MS)
  await sql.query('DELETE FROM user_session WHERE expires_at < $1', [ago(sessionsKeptDays)])
  await sql.query('DELETE FROM sign_in_link WHERE expires_at < $1', [now()])
  await sql.query('DELETE FROM sign_up_bonus_count WHERE day < $1::timestamptz::date', [
    ago(BONUS_COUNT_DAYS),
  ])
  await sql.query('DELETE FROM audit_entry WHERE created_at < $1', [ago(auditKeptDays)])
}
