import type { Sessions } from '../identity/sessions.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { audit } from '../platform/audit.ts'
import { administrator, type Context } from '../platform/context.ts'
import { DomainError, invalidField, notFound } from '../platform/errors.ts'
import { once } from '../platform/idempotency.ts'
import { isId, newId } from '../platform/ids.ts'
import { formatCny, type Nano, parseCny } from '../platform/money.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import type { TokenBook } from '../tokens/token.book.ts'
import { PREFIX_SHOWN, SECRET_PREFIX } from '../tokens/token.secret.ts'

export type UsersContext = Context & { ledger: Ledger; tokenBook: TokenBook; sessions: Sessions }

export interface ManagedUser {
  id: string
  email: string
  displayName: string | null
  isAdmin: boolean
  suspendedAt: Date | null
  createdAt: Date
  /** nano-CNY. */
  wallet: bigint
  quota: bigint
  bonusTokens: bigint
  activeTokens: number
  /** Charged since the account was made. */
  spent: bigint
}

const SELECT = `SELECT u.id, u.email, u.display_name AS "displayName", u.is_admin AS "isAdmin",
    u.suspended_at AS "suspendedAt", u.created_at AS "createdAt", coalesce(a.wallet_nano, 0)::bigint AS wallet,
    coalesce(b.quota, 0)::bigint AS quota, coalesce(b.bonus, 0)::bigint AS "bonusTokens",
    coalesce(t.active, 0)::integer AS "activeTokens", coalesce(s.spent, 0)::bigint AS spent
  FROM app_user u LEFT JOIN account a ON a.id = u.id
  LEFT JOIN LATERAL (SELECT sum(remaining) FILTER (WHERE kind = 'quota') AS quota,
                            sum(remaining) FILTER (WHERE kind = 'bonus') AS bonus
                     FROM bucket WHERE account_id = u.id AND valid_from <= $1 AND (valid_until IS NULL OR valid_until > $1)) b ON true
  LEFT JOIN LATERAL (SELECT count(*) AS active FROM api_token WHERE user_id = u.id AND revoked_at IS NULL) t ON true
  LEFT JOIN LATERAL (SELECT sum(spent_nano) AS spent FROM spend_quarter WHERE user_id = u.id) s ON true`

/** Newest first. Errors: admin_required. */
export async function listUsers(
  ctx: Context,
  page: PageArgs,
  search?: string,
): Promise<Connection<ManagedUser>> {
  administrator(ctx)
  const query = pageQueryById(page)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const wanted = search?.trim() || null
  const rows = await ctx.sql.query<ManagedUser>(
    `${SELECT} WHERE ($2::uuid IS NULL OR u.id ${past} $2) AND ${whoIs(wanted)}
     ORDER BY u.id ${order} LIMIT $4`,
    [ctx.now(), query.cursor ?? null, wanted, query.limit + 1],
  )
  return toConnection(rows, query, ({ id }) => id)
}

const LAST_FOUR = 4

/** What a person may have typed: an id, the start of an API token or its last four characters, part of an address. */
function whoIs(search: string | null): string {
  if (search === null) return '$3::text IS NULL'
  if (isId(search))
    return `u.id IN (SELECT $3::text::uuid UNION ALL SELECT user_id FROM usage_record WHERE id = $3::text::uuid
      UNION ALL SELECT user_id FROM payment_order WHERE id = $3::text::uuid
      UNION ALL SELECT user_id FROM api_token WHERE id = $3::text::uuid)`
  if (search.startsWith(SECRET_PREFIX))
    return `u.id IN (SELECT user_id FROM api_token WHERE prefix = left($3, ${PREFIX_SHOWN}))`
  const byAddress = 'strpos(u.email_key, lower($3)) > 0'
  if (search.length !== LAST_FOUR) return byAddress
  return `(${byAddress} OR u.id IN (SELECT user_id FROM api_token WHERE last_four = $3))`
}

/** Errors: admin_required, user_not_found. */
export async function findUser(ctx: Context, id: string): Promise<ManagedUser> {
  administrator(ctx)
  const [user] = isId(id)
    ? await ctx.sql.query<ManagedUser>(`${SELECT} WHERE u.id = $2`, [ctx.now(), id])
    : []
  if (!user) throw notFound('user')
  return user
}

export interface BalanceChange {
  userId: string
  /** Signed nano-CNY for the wallet; may take it below zero. */
  money?: bigint | null
  /** Bonus LLM tokens to give. */
  tokens?: bigint | null
  /** How long given tokens last; undefined: for ever. */
  days?: number | null
  reason: string
  idempotencyKey: string
}

const DAY_MS = 86_400_000
/** Far from what a column of 64 bits holds. */
const ADJUSTMENT_MAX: Nano = parseCny('100000000')
const GIVEN_TOKENS_MAX = 1_000_000_000_000n

/** A correction with a reason, as an entry of its own. Errors: admin_required, user_not_found, invalid_request; those of `once`. */
export async function adjustBalance(ctx: UsersContext, change: BalanceChange): Promise<ManagedUser> {
  const { id: adminId } = administrator(ctx)
  const { userId, money, tokens, days, reason, idempotencyKey } = change
  await findUser(ctx, userId)
  if ((money == null) === (tokens == null))
    throw invalidField('money', 'Give either money or tokens.', '金额与 Token 请只填一项。')
  if (money === 0n || (tokens != null && tokens <= 0n))
    throw invalidField(money === 0n ? 'money' : 'tokens', 'Nothing would change.', '没有任何变化。')
  if (money != null && (money > ADJUSTMENT_MAX || money < -ADJUSTMENT_MAX))
    throw invalidField('money', 'At most 100,000,000 CNY at a time.', '单次最多 100,000,000 元。')
  if (tokens != null && tokens > GIVEN_TOKENS_MAX)
    throw invalidField(
      'tokens',
      'At most 1,000,000,000,000 tokens at a time.',
      '单次最多 1,000,000,000,000 Token。',
    )
  const asked = { userId, money, tokens, days, reason }
  const call = {
    userId: adminId,
    key: idempotencyKey,
    operation: 'adjustBalance',
    arguments: asked,
    now: ctx.now(),
  }
  const { repeated } = await once(ctx.sql, call, async (tx) => {
    const source = { accountId: userId, sourceType: 'admin', sourceId: newId(), note: reason }
    if (money != null)
      await ctx.ledger.adjust(tx, { ...source, bucketId: null, amount: money, kind: 'adjustment' })
    else {
      const expiresAt = days == null ? null : new Date(ctx.now().getTime() + days * DAY_MS)
      await ctx.ledger.grantBonus(tx, {
        ...source,
        tokens: tokens!,
        expiresAt,
        models: [],
        kind: 'adjustment',
      })
    }
    await audit(tx, ctx, {
      action: 'adjust_balance',
      target: userId,
      detail: { money: money == null ? null : formatCny(money), tokens, days },
      reason,
    })
    return {}
  })
  if (!repeated) await ctx.ledger.balanceChanged(userId)
  return findUser(ctx, userId)
}

/** Ends every session and every API token's work at once, or lets both in again. Errors: admin_required, user_not_found. */
export async function setSuspended(
  ctx: UsersContext,
  userId: string,
  { suspended, reason }: { suspended: boolean; reason: string },
): Promise<ManagedUser> {
  const { id: adminId } = administrator(ctx)
  const { suspendedAt } = await findUser(ctx, userId)
  if (userId === adminId)
    throw new DomainError('conflict', 'cannot_suspend_yourself', 'You cannot suspend your own account.')
  await ctx.sql.transaction(async (tx) => {
    const at = suspended ? (suspendedAt ?? ctx.now()) : null
    await tx.query('UPDATE app_user SET suspended_at = $2 WHERE id = $1', [userId, at])
    await audit(tx, ctx, {
      action: suspended ? 'suspend_user' : 'resume_user',
      target: userId,
      before: { suspendedAt },
      after: { suspendedAt: at },
      reason,
    })
  })
  ctx.tokenBook.forgetUser(userId)
  ctx.sessions.forgetUser(userId)
  return findUser(ctx, userId)
}
