import { administrator, type Context } from '../platform/context.ts'
import { NANO_PER_FEN } from './orders.ts'

/** Something that happened to a payment beside its own state. */
export interface PaymentEvent {
  id: string
  kind: 'notice' | 'refund'
  at: Date
  /** A notice was believed; a refund has left. */
  done: boolean
  /** Why a notice was refused; why money was sent back. */
  reason: string | null
  /** nano-CNY; of refunds. */
  amount: bigint | null
}

const HISTORY_MAX = 50

/** What the provider said and what was sent back, newest first. Errors: admin_required. */
export async function historyOf(ctx: Context, orderId: string): Promise<PaymentEvent[]> {
  administrator(ctx)
  const rows = await ctx.sql.query<PaymentEvent & { amountFen: bigint | null }>(
    `SELECT id, 'notice' AS kind, received_at AS at, coalesce(accepted, false) AS done, reason, NULL::bigint AS "amountFen"
       FROM payment_notification WHERE order_id = $1
     UNION ALL
     SELECT id, 'refund', created_at, done_at IS NOT NULL, reason, amount_fen FROM payment_refund WHERE order_id = $1
     ORDER BY at DESC LIMIT ${HISTORY_MAX}`,
    [orderId],
  )
  return rows.map(({ amountFen, ...event }) => ({
    ...event,
    amount: amountFen === null ? null : amountFen * NANO_PER_FEN,
  }))
}
