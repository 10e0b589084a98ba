import { audit } from '../platform/audit.ts'
import { administrator } from '../platform/context.ts'
import { once } from '../platform/idempotency.ts'
import { newId } from '../platform/ids.ts'
import { formatCny, type Nano } from '../platform/money.ts'
import type { NoticeServices } from './notices.ts'
import { NANO_PER_FEN, type Order, ORDER, type PaymentsContext, readOrder } from './orders.ts'
import { orderNotFound, orderNotOpen, refundTooLarge } from './payment.errors.ts'

export interface RefundOrder {
  orderId: string
  /** Undefined: all that is left of it. */
  amount?: Nano
  reason: string
  idempotencyKey: string
}

/**
 * Takes the money out of the wallet at once (below zero if it was spent) and has the provider send it back; until the
 * provider has it, the job asks again. Errors: admin_required, payment_order_not_found, payment_order_not_open,
 * refund_too_large; those of `once`.
 */
export async function refundOrder(ctx: PaymentsContext, input: RefundOrder): Promise<Order> {
  const { id: adminId } = administrator(ctx)
  const { idempotencyKey, ...asked } = input
  const known = await readOrder(ctx.sql, input.orderId)
  if (!known) throw orderNotFound()
  const call = {
    userId: adminId,
    key: idempotencyKey,
    operation: 'refundOrder',
    arguments: asked,
    now: ctx.now(),
  }
  const { repeated } = await once(ctx.sql, call, async (tx) => {
    await tx.query('SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE', [known.userId])
    const [order] = await tx.query<Order>(`${ORDER} WHERE id = $1 FOR UPDATE`, [known.id])
    if (order!.status !== 'credited') throw orderNotOpen(order!.status)
    const left = order!.amountFen - order!.refundedFen
    const amountFen = input.amount === undefined ? left : input.amount / NANO_PER_FEN
    if (amountFen <= 0n || amountFen > left || (input.amount ?? 0n) % NANO_PER_FEN !== 0n)
      throw refundTooLarge()
    const id = newId()
    await tx.query(
      `INSERT INTO payment_refund (id, order_id, amount_fen, reason, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, known.id, amountFen, input.reason, adminId, ctx.now()],
    )
    await tx.query(
      `UPDATE payment_order SET refunded_fen = refunded_fen + $2,
              status = CASE WHEN refunded_fen + $2 = amount_fen THEN 'refunded' ELSE status END WHERE id = $1`,
      [known.id, amountFen],
    )
    await ctx.ledger.adjust(tx, {
      accountId: known.userId,
      bucketId: null,
      amount: -amountFen * NANO_PER_FEN,
      kind: 'refund',
      sourceType: 'payment_refund',
      sourceId: id,
      note: input.reason,
    })
    await audit(tx, ctx, {
      action: 'refund_order',
      target: known.id,
      detail: { amount: formatCny(amountFen * NANO_PER_FEN), userId: known.userId },
      reason: input.reason,
    })
    return {}
  })
  if (!repeated) {
    await ctx.ledger.balanceChanged(known.userId)
    ctx.events.publish('orderChanged', known.userId, { orderId: known.id })
  }
  await sendRefunds(ctx)
  return (await readOrder(ctx.sql, known.id))!
}

interface OpenRefund {
  id: string
  orderId: string
  provider: string
  amountFen: bigint
}

const BATCH = 50

/** Sends what no provider has confirmed yet; the refund's id keeps it from being paid out twice. */
export async function sendRefunds({
  sql,
  providers,
  now,
  log,
}: Pick<NoticeServices, 'sql' | 'providers' | 'now' | 'log'>): Promise<void> {
  const open = await sql.query<OpenRefund>(
    `SELECT r.id, r.order_id AS "orderId", o.provider, r.amount_fen AS "amountFen"
     FROM payment_refund r JOIN payment_order o ON o.id = r.order_id
     WHERE r.done_at IS NULL ORDER BY r.created_at LIMIT ${BATCH}`,
  )
  for (const { id, orderId, provider, amountFen } of open)
    try {
      await providers.get(provider)?.refund({ orderId, refundId: id, amountFen })
      if (providers.has(provider))
        await sql.query('UPDATE payment_refund SET done_at = coalesce(done_at, $2) WHERE id = $1', [
          id,
          now(),
        ])
    } catch (error) {
      log.warn({ err: error, refundId: id }, 'a refund could not be sent and will be tried again')
    }
}
