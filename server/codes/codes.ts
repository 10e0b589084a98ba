import type { Client } from '../identity/sessions.ts'
import type { Attempts } from '../platform/attempts.ts'
import { signedIn } from '../platform/context.ts'
import { once } from '../platform/idempotency.ts'
import { newId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import type { Sql } from '../platform/sql.ts'
import { giftPlan, planChanged, type SubscriptionsContext } from '../plans/subscriptions.ts'
import { codeAlreadyRedeemed, codeMistyped, codeNotRedeemable } from './code.errors.ts'
import { hashCode, readCode } from './code.secret.ts'

/** Redeeming: a code that somebody typed becomes money, bonus tokens or a plan. */
export type CodesContext = SubscriptionsContext & { attempts: Attempts; client: Client; codeKey: Buffer }

export type CodeKind = 'wallet' | 'bonus' | 'plan'

export interface Redemption {
  id: string
  kind: CodeKind
  /** nano-CNY for the wallet, LLM tokens for a bonus; null for a plan. */
  amount: bigint | null
  planId: string | null
  lastFour: string
  createdAt: Date
}

interface Claimed {
  id: string
  batchId: string
  kind: CodeKind
  amount: bigint | null
  bonusDays: number | null
  planId: string | null
  usesPerUser: number
}

const DAY_MS = 86_400_000

/**
 * Errors: code_mistyped, code_not_redeemable, code_already_redeemed, subscription_running, rate_limit_exceeded; those
 * of `once`.
 */
export async function redeemCode(
  ctx: CodesContext,
  { code: typed, idempotencyKey }: { code: string; idempotencyKey: string },
): Promise<Redemption> {
  const { id: userId } = signedIn(ctx)
  const code = readCode(typed)
  if (!code) throw codeMistyped()
  await ctx.attempts.take('redeem_code', [userId])
  await ctx.attempts.take('redeem_code_address', [ctx.client.ip])
  const hash = hashCode(ctx.codeKey, code)
  const call = { userId, key: idempotencyKey, operation: 'redeemCode', now: ctx.now() }
  const { result, repeated } = await once(
    ctx.sql,
    { ...call, arguments: { code: hash.toString('hex') } },
    async (tx) => ({ redemptionId: await redeem(tx, ctx, { userId, hash }) }),
  )
  if (!repeated) await planChanged(ctx, userId)
  const [redemption] = await ctx.sql.query<Redemption>(`${SELECT} WHERE r.id = $1`, [result.redemptionId])
  return redemption!
}

/** The viewer's, newest first. */
export async function listRedemptions(ctx: CodesContext, page: PageArgs): Promise<Connection<Redemption>> {
  const query = pageQueryById(page)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const rows = await ctx.sql.query<Redemption>(
    `${SELECT} WHERE r.user_id = $1 AND ($2::text IS NULL OR r.id::text ${past} $2) ORDER BY r.id ${order} LIMIT $3`,
    [signedIn(ctx).id, query.cursor ?? null, query.limit + 1],
  )
  return toConnection(rows, query, ({ id }) => id)
}

const SELECT = `SELECT r.id, b.kind, b.amount, b.plan_id AS "planId", c.last_four AS "lastFour",
    r.created_at AS "createdAt"
  FROM code_redemption r JOIN redemption_code c ON c.id = r.code_id JOIN code_batch b ON b.id = c.batch_id`

/** The user's books are locked first, then the code: the order of every change of money. */
async function redeem(
  tx: Sql,
  ctx: CodesContext,
  { userId, hash }: { userId: string; hash: Buffer },
): Promise<string> {
  await tx.query('SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE', [userId])
  const usedBefore = await usesBy(tx, userId, hash)
  const claimed = await claimUse(tx, hash)
  if (!claimed) throw usedBefore > 0 ? codeAlreadyRedeemed() : codeNotRedeemable()
  if (usedBefore >= claimed.usesPerUser) throw codeAlreadyRedeemed()
  const id = newId()
  await tx.query(
    'INSERT INTO code_redemption (id, code_id, user_id, nth, created_at) VALUES ($1, $2, $3, $4, $5)',
    [id, claimed.id, userId, usedBefore + 1, ctx.now()],
  )
  await give(tx, ctx, { ...claimed, userId, redemptionId: id })
  return id
}

async function usesBy(tx: Sql, userId: string, hash: Buffer): Promise<number> {
  const [count] = await tx.query<{ uses: bigint }>(
    `SELECT count(*) AS uses FROM code_redemption r JOIN redemption_code c ON c.id = r.code_id
     WHERE r.user_id = $1 AND c.code_hash = $2`,
    [userId, hash],
  )
  return Number(count!.uses)
}

/** By the clock of the database, which is the same for every process; checked again after waiting for the row. */
async function claimUse(tx: Sql, hash: Buffer): Promise<Claimed | undefined> {
  const [claimed] = await tx.query<Claimed>(
    `UPDATE redemption_code c SET used = c.used + 1 FROM code_batch b
     WHERE b.id = c.batch_id AND c.code_hash = $1 AND c.used < c.max_uses AND b.revoked_at IS NULL
       AND (b.valid_until IS NULL OR clock_timestamp() < b.valid_until)
     RETURNING c.id, b.id AS "batchId", b.kind, b.amount, b.bonus_days AS "bonusDays", b.plan_id AS "planId",
               b.uses_per_user AS "usesPerUser"`,
    [hash],
  )
  return claimed
}

async function give(
  tx: Sql,
  ctx: CodesContext,
  {
    kind,
    amount,
    bonusDays,
    planId,
    userId,
    redemptionId,
  }: Claimed & { userId: string; redemptionId: string },
): Promise<void> {
  const source = { accountId: userId, sourceType: 'redemption', sourceId: redemptionId, note: null }
  switch (kind) {
    case 'wallet':
      await ctx.ledger.creditWallet(tx, { ...source, amount: amount!, kind: 'redemption' })
      return
    case 'bonus': {
      const expiresAt = bonusDays === null ? null : new Date(ctx.now().getTime() + bonusDays * DAY_MS)
      await ctx.ledger.grantBonus(tx, {
        ...source,
        tokens: amount!,
        expiresAt,
        models: [],
        kind: 'redemption',
      })
      return
    }
    case 'plan':
      await giftPlan(ctx, tx, { userId, planId: planId! })
  }
}
