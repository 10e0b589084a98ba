import type { Sql } from '../platform/sql.ts'
import type { CapSettings, CapZone } from '../tokens/caps.ts'
import { accountSpendOf, type Spend, tokenSpendOf } from '../usage/spend.ts'
import type { Occasion } from './notice.kinds.ts'

/** From this share of a spend cap on its owner is told. */
const NEAR_PERCENT = 80n

/** Quota and wallet together, as settled. */
const BELOW = `SELECT u.id, u.low_balance_nano AS "limit", b.amount
  FROM app_user u JOIN account a ON a.id = u.id,
    LATERAL (SELECT a.wallet_nano + coalesce(sum(q.remaining), 0)::bigint AS amount FROM bucket q
             WHERE q.account_id = u.id AND q.kind = 'quota' AND q.valid_from <= $1
               AND (q.valid_until IS NULL OR q.valid_until > $1)) b
  WHERE u.low_balance_nano IS NOT NULL AND u.deleted_at IS NULL AND ($2::uuid[] IS NULL OR u.id = ANY ($2))`

/**
 * Who fell below the balance at which they want to be told, each fall once: in the transaction that tells them, so that
 * a fall is neither lost nor told by two processes.
 */
export async function lowBalances(tx: Sql, now: Date, userIds: string[] | null): Promise<Occasion[]> {
  await tx.query(
    `DELETE FROM low_balance l WHERE ($2::uuid[] IS NULL OR l.user_id = ANY ($2))
     AND NOT EXISTS (SELECT FROM (${BELOW}) b WHERE b.id = l.user_id AND b.amount < b.limit)`,
    [now, userIds],
  )
  return tx.query<Occasion>(
    `WITH below AS (SELECT * FROM (${BELOW}) b WHERE b.amount < b.limit),
     fell AS (INSERT INTO low_balance (user_id, since) SELECT id, $1 FROM below ORDER BY id
              ON CONFLICT (user_id) DO NOTHING RETURNING user_id, since)
     SELECT f.user_id AS "userId", 'low_balance' AS kind, f.since::text AS cause,
            jsonb_build_object('amount', b.amount::text, 'limit', b.limit::text) AS facts
     FROM fell f JOIN below b ON b.id = f.user_id`,
    [now, userIds],
  )
}

interface Capped extends CapZone {
  userId: string
  day: bigint | null
  week: bigint | null
  month: bigint | null
  tokens: { id: string; name: string; day: string | null; week: string | null; month: string | null }[]
}

const CAPPED = `SELECT u.id AS "userId", u.time_zone AS "timeZone", u.previous_time_zone AS previous,
    u.time_zone_changed_at AS "changedAt", u.cap_day AS day, u.cap_week AS week, u.cap_month AS month,
    coalesce(t.tokens, '[]') AS tokens
  FROM app_user u LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'day', t.cap_day::text, 'week', t.cap_week::text,
                                        'month', t.cap_month::text)) AS tokens
    FROM api_token t WHERE t.user_id = u.id AND t.revoked_at IS NULL
      AND coalesce(t.cap_day, t.cap_week, t.cap_month) IS NOT NULL) t ON true
  WHERE u.id = ANY ($1) AND (coalesce(u.cap_day, u.cap_week, u.cap_month) IS NOT NULL OR t.tokens IS NOT NULL)`

/** Whose API tokens were used since then; of them, those with a spend cap. */
export async function cappedSpenders(sql: Sql, since: Date): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `SELECT DISTINCT u.id FROM app_user u JOIN api_token t ON t.user_id = u.id AND t.last_used_at >= $1
     WHERE coalesce(u.cap_day, u.cap_week, u.cap_month) IS NOT NULL
        OR EXISTS (SELECT FROM api_token c WHERE c.user_id = u.id AND c.revoked_at IS NULL
                   AND coalesce(c.cap_day, c.cap_week, c.cap_month) IS NOT NULL)`,
    [since],
  )
  return rows.map(({ id }) => id)
}

/** Which spend caps of these users are used up, or nearly, in the periods that run now. */
export async function usedCaps(sql: Sql, now: Date, userIds: string[]): Promise<Occasion[]> {
  const occasions: Occasion[] = []
  for (const { userId, tokens, day, week, month, ...zone } of await sql.query<Capped>(CAPPED, [userIds])) {
    const question = { userId, zone, now }
    const spends = await accountSpendOf(sql, { ...question, caps: { day, week, month } })
    occasions.push(...spends.flatMap((spend) => occasionsOf(userId, 'account', spend)))
    if (tokens.length === 0) continue
    const asked = tokens.map((token) => ({ id: token.id, caps: capsOf(token) }))
    const byToken = await tokenSpendOf(sql, { ...question, tokens: asked })
    tokens.forEach(({ id, name }, at) =>
      occasions.push(...byToken[at]!.flatMap((spend) => occasionsOf(userId, id, spend, name))),
    )
  }
  return occasions
}

const capsOf = ({ day, week, month }: Capped['tokens'][number]): CapSettings => {
  const nano = (text: string | null) => (text === null ? null : BigInt(text))
  return { day: nano(day), week: nano(week), month: nano(month) }
}

function occasionsOf(userId: string, scope: string, spend: Spend, apiTokenName?: string): Occasion[] {
  const { period, spent, cap, resetsAt } = spend
  // A cap of nothing forbids; there is nothing to come near to.
  if (cap === null || cap === 0n || spent * 100n < cap * NEAR_PERCENT) return []
  const at = resetsAt.toISOString()
  const facts = { apiTokenName, period, amount: spent.toString(), limit: cap.toString(), at }
  const kind = spent >= cap ? 'spend_cap_reached' : 'spend_cap_near'
  return [{ userId, kind, cause: `${scope} ${period} ${at}`, facts }]
}
