import type { Attempts } from '../platform/attempts.ts'
import type { Log } from '../platform/log.ts'
import { isId, newId } from '../platform/ids.ts'
import type { Sql } from '../platform/sql.ts'
import { NANO_PER_FEN, ORDER, type Order, type PaymentServices } from './orders.ts'
import type { Notice, PaymentProvider, RawNotification } from './provider.ts'

export type NoticeServices = PaymentServices & { log: Log; attempts: Attempts }

/** What a notification led to: accepted ones need not be sent again. */
type Verdict = { accepted: true; changed: Order | undefined } | { accepted: false; reason: string }

const UNIQUE_VIOLATION = '23505'

/**
 * What a provider sends us. Nothing a notification says is believed but what its signature covers; what carries one is
 * kept word for word before anything is done about it. Whoever sends one forgery after another is not kept any more.
 * Answers what the provider wants to read. Errors: rate_limit_exceeded.
 */
export async function receiveNotification(
  services: NoticeServices,
  provider: PaymentProvider,
  { raw, ip }: { raw: RawNotification; ip?: string },
): Promise<{ status: number; type: string; body: string }> {
  const notice = read(provider, raw)
  if (!notice.ok) await services.attempts.take('payment_notice', [ip])
  const id = await keep(services.sql, provider.id, { raw, notice })
  const verdict = notice.ok ? await applyNotice(services, provider, notice) : refused(notice.reason)
  await services.sql.query('UPDATE payment_notification SET accepted = $2, reason = $3 WHERE id = $1', [
    id,
    verdict.accepted,
    verdict.accepted ? null : verdict.reason,
  ])
  if (!verdict.accepted)
    services.log.warn({ provider: provider.id, reason: verdict.reason }, 'a payment notification was refused')
  return provider.acknowledge(verdict.accepted)
}

const refused = (reason: string): Verdict => ({ accepted: false, reason })

/** SDKs of providers throw at what they do not understand: an unknown algorithm, a lone % … */
function read(
  provider: PaymentProvider,
  raw: RawNotification,
): ReturnType<PaymentProvider['verifyNotification']> {
  try {
    return provider.verifyNotification(raw)
  } catch {
    return { ok: false, reason: 'it cannot be read' }
  }
}

async function keep(
  sql: Sql,
  provider: string,
  { raw, notice }: { raw: RawNotification; notice: ReturnType<typeof read> },
): Promise<string> {
  const id = newId()
  await sql.query(
    `INSERT INTO payment_notification (id, provider, headers, query, body, received_at, order_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      provider,
      JSON.stringify(raw.headers),
      raw.query,
      raw.body,
      raw.now,
      notice.ok && isId(notice.orderId) ? notice.orderId : null,
    ],
  )
  return id
}

/**
 * Moves an order forward, never back, whatever order notices come in and however often; credits it in the same
 * transaction. Also what the reconciliation job does with a provider's own answer.
 */
export async function applyNotice(
  services: NoticeServices,
  provider: PaymentProvider,
  notice: Notice,
): Promise<Verdict> {
  try {
    const verdict = await services.sql.transaction(async (tx): Promise<Verdict> => {
      const order = await lockOrder(tx, notice.orderId, provider.id)
      if (!order) return { accepted: false, reason: 'unknown order' }
      const changed = await step(services, tx, { order, notice })
      return { accepted: true, changed: changed ? order : undefined }
    })
    if (verdict.accepted && verdict.changed)
      await told(services, provider, { order: verdict.changed, notice })
    return verdict
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error
    return { accepted: false, reason: 'the transaction belongs to another order' }
  }
}

/** The user's books first, then the order: as every change of money. */
async function lockOrder(tx: Sql, orderId: string, provider: string): Promise<Order | undefined> {
  if (!isId(orderId)) return undefined
  const [owner] = await tx.query<{ user_id: string }>(
    'SELECT user_id FROM payment_order WHERE id = $1 AND provider = $2',
    [orderId, provider],
  )
  if (!owner) return undefined
  await tx.query('SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE', [owner.user_id])
  return (await tx.query<Order>(`${ORDER} WHERE id = $1 FOR UPDATE`, [orderId]))[0]
}

interface Step {
  order: Order
  notice: Notice
}

/** Answers whether anything changed. */
async function step(services: NoticeServices, tx: Sql, { order, notice }: Step): Promise<boolean> {
  switch (notice.status) {
    case 'paid':
      return paid(services, tx, { order, notice })
    case 'closed':
      if (order.status !== 'created' && order.status !== 'pending') return false
      await tx.query("UPDATE payment_order SET status = 'closed' WHERE id = $1", [order.id])
      return true
    case 'refunded':
      return refunded(tx, order, services.now())
  }
}

async function paid({ ledger, now }: NoticeServices, tx: Sql, { order, notice }: Step): Promise<boolean> {
  if (order.status === 'credited' || order.status === 'refunded' || order.status === 'paid')
    return notice.providerTxn === order.providerTxn ? false : flag(tx, order, 'second_payment')
  if (notice.amountFen !== order.amountFen || notice.currency !== 'CNY') {
    await tx.query(
      "UPDATE payment_order SET status = 'paid', paid_at = $2, provider_txn = $3, flag = 'amount_mismatch' WHERE id = $1",
      [order.id, now(), notice.providerTxn],
    )
    return true
  }
  const late = order.status === 'closed' || order.status === 'expired'
  await tx.query(
    `UPDATE payment_order SET status = 'credited', paid_at = $2, credited_at = $2, provider_txn = $3,
            flag = coalesce($4, flag) WHERE id = $1`,
    [order.id, now(), notice.providerTxn, late ? 'paid_after_close' : null],
  )
  await ledger.creditWallet(tx, {
    accountId: order.userId,
    sourceType: 'payment_order',
    sourceId: order.id,
    note: order.provider,
    amount: order.amountFen * NANO_PER_FEN,
    kind: 'top_up',
  })
  return true
}

/** Our own refunds are confirmed by it; one that we did not ask for is a person's to look at. */
async function refunded(tx: Sql, order: Order, now: Date): Promise<boolean> {
  const done = await tx.query(
    'UPDATE payment_refund SET done_at = $2 WHERE order_id = $1 AND done_at IS NULL RETURNING id',
    [order.id, now],
  )
  if (done.length > 0) return true
  return order.refundedFen === 0n && order.status !== 'created' ? flag(tx, order, 'refund_unexpected') : false
}

async function flag(tx: Sql, order: Order, reason: string): Promise<boolean> {
  if (order.flag === reason) return false
  await tx.query('UPDATE payment_order SET flag = $2 WHERE id = $1', [order.id, reason])
  return true
}

async function told(
  services: NoticeServices,
  provider: PaymentProvider,
  { order, notice }: Step,
): Promise<void> {
  services.events.publish('orderChanged', order.userId, { orderId: order.id })
  if (notice.status !== 'paid') return
  await services.ledger.balanceChanged(order.userId)
  if (provider.real) services.onRealTopUp(order.userId)
}
