import type { Sql } from '../platform/sql.ts'
import type { Occasion } from './notice.kinds.ts'

/**
 * What is to be told, read from the books of the modules below: none of them knows that anybody is told. Each rule looks
 * a little further back than it must; what was told already is not told again.
 */
const PRICE_USED_DAYS = 30
const TOKEN_EXPIRY_DAYS = 7

/** $1: now; $2: these users alone, or everybody when null. */
const AT_ONCE = `
  SELECT p.user_id AS "userId", 'plan_renewed' AS kind, p.id::text AS cause,
         jsonb_build_object('planName', l.name, 'amount', p.price_nano::text, 'at', ${iso('p.period_end')}) AS facts
  FROM plan_period p JOIN plan_version v ON v.id = p.plan_version_id JOIN plan l ON l.id = v.plan_id
  WHERE p.created_at > $1::timestamptz - interval '2 days' AND ${asked('p.user_id')}
    AND EXISTS (SELECT FROM plan_period e WHERE e.subscription_id = p.subscription_id AND e.period_start < p.period_start)
  UNION ALL
  SELECT s.user_id, 'plan_renewal_failed', s.id || ' ' || ${iso('s.period_end')},
         jsonb_build_object('planName', l.name, 'amount', v.price_nano::text, 'at', ${iso("s.period_end + interval '3 days'")})
  FROM plan_subscription s JOIN plan_version v ON v.id = s.plan_version_id JOIN plan l ON l.id = v.plan_id
  WHERE s.status = 'past_due' AND ${asked('s.user_id')}
  UNION ALL
  SELECT s.user_id, 'plan_ended', s.id::text, jsonb_build_object('planName', l.name, 'at', ${iso('s.ended_at')})
  FROM plan_subscription s JOIN plan_version v ON v.id = s.plan_version_id JOIN plan l ON l.id = v.plan_id
  WHERE s.ended_at > $1::timestamptz - interval '2 days' AND ${asked('s.user_id')}
    AND NOT EXISTS (SELECT FROM plan_subscription o WHERE o.user_id = s.user_id AND o.created_at >= s.ended_at)
  UNION ALL
  SELECT o.user_id, 'order_credited', o.id::text,
         jsonb_build_object('amount', (o.amount_fen * 10000000)::text, 'at', ${iso('o.credited_at')})
  FROM payment_order o
  WHERE o.credited_at > $1::timestamptz - interval '2 days' AND ${asked('o.user_id')}
  UNION ALL
  SELECT side.user_id, 'invitation_rewarded', i.id::text, jsonb_build_object('tokens', side.tokens::text)
  FROM invitation i,
       LATERAL (VALUES (i.inviter_id, i.inviter_tokens), (i.invitee_id, i.invitee_tokens)) AS side(user_id, tokens)
  WHERE i.rewarded_at > $1::timestamptz - interval '2 days' AND side.tokens > 0 AND ${asked('side.user_id')}`

/** $1: now. */
const AHEAD = `
  SELECT u.user_id AS "userId", 'price_change' AS kind, v.id::text AS cause,
         jsonb_build_object('modelId', v.model_id, 'at', ${iso('v.effective_from')}) AS facts
  FROM price_version v
  JOIN LATERAL (SELECT DISTINCT r.user_id FROM usage_record r WHERE r.model_id = v.model_id
                AND r.created_at > $1::timestamptz - interval '${PRICE_USED_DAYS} days') u ON true
  WHERE v.effective_from > $1
    AND EXISTS (SELECT FROM price_version before WHERE before.model_id = v.model_id AND before.effective_from <= $1)
  UNION ALL
  SELECT t.user_id, 'api_token_expiring', t.id || ' ' || ${iso('t.expires_at')},
         jsonb_build_object('apiTokenName', t.name, 'at', ${iso('t.expires_at')})
  FROM api_token t
  WHERE t.revoked_at IS NULL AND t.expires_at > $1
    AND t.expires_at < $1::timestamptz + interval '${TOKEN_EXPIRY_DAYS} days'`

function iso(moment: string): string {
  return `to_char((${moment}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

function asked(column: string): string {
  return `($2::uuid[] IS NULL OR ${column} = ANY ($2))`
}

/** What happened to plans, orders and invitations lately: of these users, or of everybody. */
export const happened = (sql: Sql, now: Date, userIds: string[] | null) =>
  sql.query<Occasion>(`${AT_ONCE} ORDER BY 1, 2, 3`, [now, userIds])

/** What will happen: prices of models that somebody used, API tokens that expire. */
export const ahead = (sql: Sql, now: Date) => sql.query<Occasion>(`${AHEAD} ORDER BY 1, 2, 3`, [now])
