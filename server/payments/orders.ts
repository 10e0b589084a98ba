import type { Ledger } from '../ledger/ledger.ts'
import { administrator, type Context, signedIn } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import type { Events } from '../platform/events.ts'
import { once } from '../platform/idempotency.ts'
import { isId, newId } from '../platform/ids.ts'
import { formatCny, type Nano } from '../platform/money.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import type { Sql, SqlPool } from '../platform/sql.ts'
import {
  amountOutOfRange,
  orderNotFound,
  orderNotOpen,
  tooManyOpenOrders,
  topUpUnavailable,
} from './payment.errors.ts'
import type { PaymentProvider } from './provider.ts'

/** What top-up needs of the process. */
export interface PaymentServices {
  sql: SqlPool
  ledger: Ledger
  events: Events
  now: () => Date
  providers: ReadonlyMap<string, PaymentProvider>
  /** Real money came in for the first time or again: whoever invited this user may be due a reward. */
  onRealTopUp(userId: string): void
}

export type PaymentsContext = Context & PaymentServices

/**
 * created (known to us) → pending (known to the provider) → paid → credited; or expired, or closed by the user; a
 * credited one may be refunded. `paid` rests only where a person must look: the amount was another than asked for.
 */
export type OrderStatus = 'created' | 'pending' | 'paid' | 'credited' | 'expired' | 'closed' | 'refunded'

export interface Order {
  id: string
  userId: string
  /** Whose it is. */
  email: string
  provider: string
  amountFen: bigint
  status: OrderStatus
  providerTxn: string | null
  payKind: 'redirect' | 'qr' | 'form' | null
  payValue: string | null
  /** Why a person should look at it: amount_mismatch, paid_after_close, second_payment, refund_unexpected. */
  flag: string | null
  expiresAt: Date
  paidAt: Date | null
  creditedAt: Date | null
  refundedFen: bigint
  createdAt: Date
}

export const NANO_PER_FEN = 10_000_000n
export const TOP_UP_MIN: Nano = 1_000_000_000n
export const TOP_UP_MAX: Nano = 50_000_000_000_000n
export const ORDER_LIFE_MS = 30 * 60_000
export const OPEN_ORDERS_MAX = 5

export const ORDER = `SELECT id, user_id AS "userId", provider, amount_fen AS "amountFen", status,
    provider_txn AS "providerTxn", pay_kind AS "payKind", pay_value AS "payValue", flag, expires_at AS "expiresAt",
    paid_at AS "paidAt", credited_at AS "creditedAt", refunded_fen AS "refundedFen", created_at AS "createdAt",
    (SELECT email FROM app_user WHERE app_user.id = user_id) AS email
  FROM payment_order`

/**
 * An order at our amount, and where to pay it. Errors: top_up_unavailable, too_many_open_orders, invalid_request; those
 * of `once`.
 */
export async function createTopUpOrder(
  ctx: PaymentsContext,
  { amount, providerId, idempotencyKey }: { amount: Nano; providerId: string; idempotencyKey: string },
): Promise<Order> {
  const { id: userId } = signedIn(ctx)
  const provider = providerOf(ctx, providerId)
  if (amount < TOP_UP_MIN || amount > TOP_UP_MAX || amount % NANO_PER_FEN !== 0n)
    throw amountOutOfRange(formatCny(TOP_UP_MIN), formatCny(TOP_UP_MAX))
  const call = { userId, key: idempotencyKey, operation: 'createTopUpOrder', now: ctx.now() }
  const { result } = await once(ctx.sql, { ...call, arguments: { amount, providerId } }, async (tx) => {
    await tx.query('SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE', [userId])
    if ((await countOpen(tx, userId, ctx.now())) >= OPEN_ORDERS_MAX) throw tooManyOpenOrders(OPEN_ORDERS_MAX)
    return { orderId: await insertOrder(tx, { userId, providerId, amount, now: ctx.now() }) }
  })
  const order = await readOrder(ctx.sql, result.orderId)
  return order!.status === 'created' ? openAtProvider(ctx, provider, order!) : order!
}

/** The user gave up; what arrives later is credited all the same. Errors: payment_order_not_found, payment_order_not_open. */
export async function closeTopUpOrder(ctx: PaymentsContext, id: string): Promise<Order> {
  const order = await findOrder(ctx, id)
  if (order.status !== 'created' && order.status !== 'pending') throw orderNotOpen(order.status)
  await ctx.providers.get(order.provider)?.close(order.id)
  await ctx.sql.query(
    "UPDATE payment_order SET status = 'closed' WHERE id = $1 AND status IN ('created', 'pending')",
    [order.id],
  )
  ctx.events.publish('orderChanged', order.userId, { orderId: order.id })
  return (await readOrder(ctx.sql, order.id))!
}

/** Someone else's order does not exist. Errors: payment_order_not_found. */
export async function findOrder(ctx: Context, id: string): Promise<Order> {
  const order = await readOrder(ctx.sql, id)
  if (!order || order.userId !== signedIn(ctx).id) throw orderNotFound()
  return order
}

export async function readOrder(sql: Sql, id: string): Promise<Order | undefined> {
  return isId(id) ? (await sql.query<Order>(`${ORDER} WHERE id = $1`, [id]))[0] : undefined
}

export interface OrderFilter {
  status?: OrderStatus
  /** Only those a person should look at. */
  flagged?: boolean
  userId?: string
  /** An order's id, or the provider's own reference. */
  search?: string
}

/** The viewer's, newest first. */
export const listOrders = (ctx: Context, page: PageArgs, filter: OrderFilter) =>
  pageOfOrders(ctx.sql, page, { ...filter, userId: signedIn(ctx).id })

/** Everybody's, newest first. Errors: admin_required. */
export function listAllOrders(ctx: Context, page: PageArgs, filter: OrderFilter) {
  administrator(ctx)
  return pageOfOrders(ctx.sql, page, filter)
}

async function pageOfOrders(sql: Sql, page: PageArgs, filter: OrderFilter): Promise<Connection<Order>> {
  const query = pageQueryById(page)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  if (filter.userId != null && !isId(filter.userId)) return toConnection<Order>([], query, () => '')
  const rows = await sql.query<Order>(
    `${ORDER} WHERE ($1::uuid IS NULL OR id ${past} $1) AND ($2::uuid IS NULL OR user_id = $2)
       AND ($3::text IS NULL OR status = $3) AND (NOT $4 OR flag IS NOT NULL)
       AND ($6::text IS NULL OR $6 IN (id::text, provider_txn))
     ORDER BY id ${order} LIMIT $5`,
    [
      query.cursor ?? null,
      filter.userId ?? null,
      filter.status ?? null,
      filter.flagged ?? false,
      query.limit + 1,
      filter.search?.trim() || null,
    ],
  )
  return toConnection(rows, query, ({ id }) => id)
}

function providerOf({ providers }: PaymentServices, id: string): PaymentProvider {
  if (providers.size === 0) throw topUpUnavailable()
  const provider = providers.get(id)
  if (!provider) throw invalidField('providerId', `The providers are: ${[...providers.keys()].join(', ')}.`)
  return provider
}

async function countOpen(tx: Sql, userId: string, now: Date): Promise<number> {
  const [row] = await tx.query<{ open: bigint }>(
    `SELECT count(*) AS open FROM payment_order
     WHERE user_id = $1 AND status IN ('created', 'pending') AND expires_at > $2`,
    [userId, now],
  )
  return Number(row!.open)
}

async function insertOrder(
  tx: Sql,
  { userId, providerId, amount, now }: { userId: string; providerId: string; amount: Nano; now: Date },
): Promise<string> {
  const id = newId()
  await tx.query(
    `INSERT INTO payment_order (id, user_id, provider, amount_fen, status, expires_at, created_at)
     VALUES ($1, $2, $3, $4, 'created', $5, $6)`,
    [id, userId, providerId, amount / NANO_PER_FEN, new Date(now.getTime() + ORDER_LIFE_MS), now],
  )
  return id
}

/** Outside any transaction: the provider is asked over the network. Asked again, it answers the same. */
async function openAtProvider(ctx: PaymentsContext, provider: PaymentProvider, order: Order): Promise<Order> {
  const subject = `PingToken ${order.id}`
  const { kind, value } = await provider.create({ orderId: order.id, amountFen: order.amountFen, subject })
  await ctx.sql.query(
    `UPDATE payment_order SET status = 'pending', pay_kind = $2, pay_value = $3 WHERE id = $1 AND status = 'created'`,
    [order.id, kind, value],
  )
  return (await readOrder(ctx.sql, order.id))!
}
