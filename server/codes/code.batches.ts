import { audit } from '../platform/audit.ts'
import { administrator, type Context } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import { once } from '../platform/idempotency.ts'
import { isId, newId } from '../platform/ids.ts'
import { formatCny, type Nano, parseCny } from '../platform/money.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import type { Sql } from '../platform/sql.ts'
import { codeBatchNotFound } from './code.errors.ts'
import { hashCode, mintCode } from './code.secret.ts'
import type { CodeKind } from './codes.ts'

export type BatchesContext = Context & { codeKey: Buffer }

export interface NewBatch {
  kind: CodeKind
  /** nano-CNY for the wallet, LLM tokens for a bonus; undefined for a plan. */
  amount?: bigint
  bonusDays?: number
  planId?: string
  count: number
  prefix?: string
  usesPerCode: number
  usesPerUser: number
  validUntil?: Date
  note?: string
  idempotencyKey: string
}

/** What was asked for, with its amount in the one unit of its kind. Errors: invalid_request. */
export function newBatchOf({
  money,
  tokens,
  ...batch
}: Omit<NewBatch, 'amount'> & { money?: bigint; tokens?: bigint }): NewBatch {
  if (batch.kind !== 'wallet' && money != null)
    throw invalidField('money', 'Only wallet codes give money.', '只有钱包兑换码可以发放金额。')
  if (batch.kind !== 'bonus' && tokens != null)
    throw invalidField('tokens', 'Only bonus codes give bonus tokens.', '只有赠送兑换码可以发放 Token。')
  return { ...batch, amount: money ?? tokens ?? undefined }
}

export interface CodeBatch {
  id: string
  kind: CodeKind
  amount: bigint | null
  bonusDays: number | null
  planId: string | null
  prefix: string
  usesPerCode: number
  usesPerUser: number
  validUntil: Date | null
  note: string | null
  createdAt: Date
  revokedAt: Date | null
  /** Codes of the batch, and how often they were redeemed together. */
  codes: number
  used: number
}

const SELECT = `SELECT b.id, b.kind, b.amount, b.bonus_days AS "bonusDays", b.plan_id AS "planId", b.prefix,
    b.uses_per_code AS "usesPerCode", b.uses_per_user AS "usesPerUser", b.valid_until AS "validUntil", b.note,
    b.created_at AS "createdAt", b.revoked_at AS "revokedAt", c.codes::integer, c.used::integer
  FROM code_batch b, LATERAL (SELECT count(*) AS codes, coalesce(sum(used), 0) AS used FROM redemption_code
                              WHERE batch_id = b.id) c`

/**
 * Makes codes and shows them this once: only their hashes are kept, so a repeated call answers the batch without
 * them. Errors: admin_required, invalid_request; those of `once`.
 */
export async function createCodeBatch(
  ctx: BatchesContext,
  { idempotencyKey, ...wanted }: NewBatch,
): Promise<{ batch: CodeBatch; codes: string[] }> {
  const { id: userId } = administrator(ctx)
  checkBatch(ctx, wanted)
  const codes = Array.from({ length: wanted.count }, () => mintCode(wanted.prefix))
  const call = {
    userId,
    key: idempotencyKey,
    operation: 'createCodeBatch',
    arguments: wanted,
    now: ctx.now(),
  }
  const { result, repeated } = await once(ctx.sql, call, async (tx) => {
    const batchId = await insertBatch(tx, { ...wanted, createdBy: userId, now: ctx.now() })
    await tx.query(
      `INSERT INTO redemption_code (id, batch_id, code_hash, last_four, max_uses)
       SELECT t.id, $1, t.hash, t.last_four, $2 FROM unnest($3::uuid[], $4::bytea[], $5::text[]) AS t(id, hash, last_four)`,
      [
        batchId,
        wanted.usesPerCode,
        codes.map(() => newId()),
        codes.map((code) => hashCode(ctx.codeKey, code.replaceAll('-', '').slice(-21))),
        codes.map((code) => code.replaceAll('-', '').slice(-4)),
      ],
    )
    const { kind, amount, planId, count, prefix, usesPerCode, note } = wanted
    const given = kind === 'wallet' ? { money: formatCny(amount!) } : { tokens: amount, planId }
    await audit(tx, ctx, {
      action: 'create_code_batch',
      target: batchId,
      detail: { kind, ...given, count, prefix, usesPerCode, note },
    })
    return { batchId }
  })
  return { batch: await findBatch(ctx, result.batchId), codes: repeated ? [] : codes }
}

/** No code of it can be redeemed any more; what was redeemed stays. Errors: admin_required, code_batch_not_found. */
export async function revokeCodeBatch(ctx: BatchesContext, id: string, reason: string): Promise<CodeBatch> {
  administrator(ctx)
  const batch = await findBatch(ctx, id)
  if (batch.revokedAt) return batch
  await ctx.sql.transaction(async (tx) => {
    await tx.query('UPDATE code_batch SET revoked_at = $2 WHERE id = $1', [id, ctx.now()])
    await audit(tx, ctx, { action: 'revoke_code_batch', target: id, reason })
  })
  return { ...batch, revokedAt: ctx.now() }
}

/** Newest first. Errors: admin_required. */
export async function listCodeBatches(ctx: BatchesContext, page: PageArgs): Promise<Connection<CodeBatch>> {
  administrator(ctx)
  const query = pageQueryById(page)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const rows = await ctx.sql.query<CodeBatch>(
    `${SELECT} WHERE $1::text IS NULL OR b.id::text ${past} $1 ORDER BY b.id ${order} LIMIT $2`,
    [query.cursor ?? null, query.limit + 1],
  )
  return toConnection(rows, query, ({ id }) => id)
}

async function findBatch(ctx: BatchesContext, id: string): Promise<CodeBatch> {
  const [batch] = isId(id) ? await ctx.sql.query<CodeBatch>(`${SELECT} WHERE b.id = $1`, [id]) : []
  if (!batch) throw codeBatchNotFound()
  return batch
}

/** Of one code. */
const MONEY_MAX: Nano = parseCny('1000000')
const TOKENS_MAX = 1_000_000_000_000n

function checkBatch(
  ctx: BatchesContext,
  { kind, amount, planId, validUntil }: Omit<NewBatch, 'idempotencyKey'>,
) {
  if (kind === 'plan' && planId === undefined)
    throw invalidField('planId', 'Say which plan the codes give.', '请选择兑换码发放的套餐。')
  if (kind !== 'plan' && (amount === undefined || amount <= 0n))
    throw invalidField(
      kind === 'wallet' ? 'money' : 'tokens',
      'Say how much the codes give, above zero.',
      '请填写发放数量，须大于零。',
    )
  if (kind === 'wallet' && amount! > MONEY_MAX)
    throw invalidField('money', 'A code gives 1,000,000 CNY at most.', '每个兑换码最多 1,000,000 元。')
  if (kind === 'bonus' && amount! > TOKENS_MAX)
    throw invalidField(
      'tokens',
      'A code gives 1,000,000,000,000 tokens at most.',
      '每个兑换码最多 1,000,000,000,000 Token。',
    )
  if (kind === 'plan' ? amount !== undefined : planId !== undefined)
    throw invalidField(
      'kind',
      'A code gives an amount or a plan, not both.',
      '兑换码只能发放金额或套餐之一。',
    )
  if (validUntil && validUntil <= ctx.now())
    throw invalidField('validUntil', 'The expiry must lie in the future.', '到期时间须在将来。')
}

async function insertBatch(
  tx: Sql,
  batch: Omit<NewBatch, 'idempotencyKey'> & { createdBy: string; now: Date },
): Promise<string> {
  const id = newId()
  if (batch.planId !== undefined) {
    const known = await tx.query("SELECT 1 FROM plan WHERE id = $1 AND id <> 'free'", [batch.planId])
    if (known.length === 0)
      throw invalidField(
        'planId',
        `There is no plan "${batch.planId}" to give.`,
        `没有可发放的套餐“${batch.planId}”。`,
      )
  }
  await tx.query(
    `INSERT INTO code_batch (id, kind, amount, bonus_days, plan_id, prefix, uses_per_code, uses_per_user, valid_until,
                             note, created_by, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      id,
      batch.kind,
      batch.amount ?? null,
      batch.bonusDays ?? null,
      batch.planId ?? null,
      batch.prefix ?? '',
      batch.usesPerCode,
      batch.usesPerUser,
      batch.validUntil ?? null,
      batch.note ?? null,
      batch.createdBy,
      batch.now,
    ],
  )
  return id
}
