import { applyNotice, type NoticeServices } from './notices.ts'
import { ORDER, type Order } from './orders.ts'
import type { PaymentProvider } from './provider.ts'
import { sendRefunds } from './refunds.ts'

/** A payment usually tells us itself within seconds; after this long we ask. */
const ASK_AFTER_MS = 120_000
const BATCH = 100

/** Finds payments whose notification never came, ends orders nobody paid, and sends refunds again. */
export async function reconcileOrders(services: NoticeServices): Promise<void> {
  const { sql, now, log, providers } = services
  const open = await sql.query<Order>(
    `${ORDER} WHERE status IN ('created', 'pending') AND (created_at < $1 OR expires_at <= $2)
     ORDER BY created_at LIMIT ${BATCH}`,
    [new Date(now().getTime() - ASK_AFTER_MS), now()],
  )
  for (const order of open) {
    const provider = providers.get(order.provider)
    if (!provider) continue
    try {
      await reconcile(services, provider, order)
    } catch (error) {
      log.warn({ err: error, orderId: order.id }, 'an order could not be compared with its provider')
    }
  }
  await sendRefunds(services)
}

async function reconcile(services: NoticeServices, provider: PaymentProvider, order: Order): Promise<void> {
  const state = await provider.query(order.id)
  if (state.status === 'paid' || state.status === 'closed') {
    const { status, amountFen } = state
    const providerTxn = state.providerTxn ?? ''
    await applyNotice(services, provider, {
      ok: true,
      orderId: order.id,
      providerTxn,
      amountFen,
      currency: 'CNY',
      status,
    })
    return
  }
  if (order.expiresAt > services.now()) return
  await provider.close(order.id)
  await services.sql.query(
    "UPDATE payment_order SET status = 'expired' WHERE id = $1 AND status IN ('created', 'pending')",
    [order.id],
  )
  services.events.publish('orderChanged', order.userId, { orderId: order.id })
}
