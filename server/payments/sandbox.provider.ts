import { createHmac, timingSafeEqual } from 'node:crypto'
import { isId, newId } from '../platform/ids.ts'
import type { SqlPool } from '../platform/sql.ts'
import { orderNotFound, orderNotOpen } from './payment.errors.ts'
import type { Notice, PaymentProvider, RawNotification } from './provider.ts'

export const SANDBOX = 'sandbox'
export const SIGNATURE_HEADER = 'x-sandbox-signature'
const STALE_MS = 300_000

/** A provider with books of its own that moves no money, for trying out and for tests. Never in production. */
export interface SandboxProvider extends PaymentProvider {
  /** What its payment page shows. Errors: payment_order_not_found. */
  find(orderId: string): Promise<{ amountFen: bigint; status: string }>
  /** What the customer does on that page. Errors: payment_order_not_found, payment_order_not_open. */
  decide(orderId: string, decision: 'pay' | 'cancel'): Promise<RawNotification>
}

interface Row {
  provider_txn: string
  amount_fen: bigint
  status: 'waiting' | 'paid' | 'closed' | 'refunded'
}

export interface SandboxOptions {
  sql: SqlPool
  /** Signs its notifications. */
  key: Buffer
  publicUrl: string
  now: () => Date
}

export function createSandboxProvider({ sql, key, publicUrl, now }: SandboxOptions): SandboxProvider {
  const read = async (orderId: string) =>
    isId(orderId)
      ? (await sql.query<Row>('SELECT * FROM sandbox_payment WHERE order_id = $1', [orderId]))[0]
      : undefined

  return {
    id: SANDBOX,
    real: false,
    async create({ orderId, amountFen }) {
      await sql.query(
        `INSERT INTO sandbox_payment (order_id, provider_txn, amount_fen, status) VALUES ($1, $2, $3, 'waiting')
         ON CONFLICT (order_id) DO NOTHING`,
        [orderId, `sandbox-${newId()}`, amountFen],
      )
      return { kind: 'redirect', value: `${publicUrl}/sandbox-pay/${orderId}` }
    },
    verifyNotification: (raw) => verify(key, raw),
    acknowledge: (accepted) =>
      accepted
        ? { status: 200, type: 'text/plain', body: 'success' }
        : { status: 400, type: 'text/plain', body: 'fail' },
    async query(orderId) {
      const row = await read(orderId)
      return row
        ? { status: row.status, providerTxn: row.provider_txn, amountFen: row.amount_fen }
        : { status: 'unknown', providerTxn: null, amountFen: 0n }
    },
    async close(orderId) {
      await sql.query(
        "UPDATE sandbox_payment SET status = 'closed' WHERE order_id = $1 AND status = 'waiting'",
        [orderId],
      )
    },
    async refund({ orderId, amountFen }) {
      await sql.query(
        `UPDATE sandbox_payment SET refunded_fen = least(amount_fen, refunded_fen + $2),
                status = CASE WHEN refunded_fen + $2 >= amount_fen THEN 'refunded' ELSE status END
         WHERE order_id = $1 AND status = 'paid'`,
        [orderId, amountFen],
      )
    },
    async find(orderId) {
      const row = await read(orderId)
      if (!row) throw orderNotFound()
      return { amountFen: row.amount_fen, status: row.status }
    },
    async decide(orderId, decision) {
      if (!isId(orderId)) throw orderNotFound()
      const status = decision === 'pay' ? 'paid' : 'closed'
      const [row] = await sql.query<Row>(
        "UPDATE sandbox_payment SET status = $2 WHERE order_id = $1 AND status = 'waiting' RETURNING *",
        [orderId, status],
      )
      const known = row ?? (await read(orderId))
      if (!known) throw orderNotFound()
      // Paying what is paid says so once more, as providers do.
      if (known.status !== status) throw orderNotOpen(known.status)
      return sign(key, {
        orderId,
        providerTxn: known.provider_txn,
        amountFen: known.amount_fen.toString(),
        currency: 'CNY',
        status,
        now: now(),
      })
    },
  }
}

/** A notification as the sandbox sends it: the signature covers the moment and the body's bytes. */
export function sign(
  key: Buffer,
  { now, ...content }: Record<string, unknown> & { now: Date },
): RawNotification {
  const body = Buffer.from(JSON.stringify(content))
  const at = now.getTime().toString()
  return { headers: { [SIGNATURE_HEADER]: `${at}.${mac(key, at, body)}` }, query: '', body, now }
}

function verify(
  key: Buffer,
  { headers, body, now }: RawNotification,
): Notice | { ok: false; reason: string } {
  const [at = '', given = ''] = String(headers[SIGNATURE_HEADER] ?? '').split('.')
  const expected = Buffer.from(mac(key, at, body))
  const offered = Buffer.from(given)
  if (offered.length !== expected.length || !timingSafeEqual(offered, expected))
    return { ok: false, reason: 'the signature does not fit' }
  if (!(Math.abs(now.getTime() - Number(at)) <= STALE_MS))
    return { ok: false, reason: 'the notification is too old or from the future' }
  return readContent(body)
}

function readContent(body: Buffer): Notice | { ok: false; reason: string } {
  const { orderId, providerTxn, amountFen, currency, status } = JSON.parse(body.toString('utf8')) as Record<
    string,
    string
  >
  if (status !== 'paid' && status !== 'closed' && status !== 'refunded')
    return { ok: false, reason: 'an unknown status' }
  return {
    ok: true,
    orderId: orderId!,
    providerTxn: providerTxn!,
    amountFen: BigInt(amountFen!),
    currency: currency!,
    status,
  }
}

const mac = (key: Buffer, at: string, body: Buffer) =>
  createHmac('sha256', key).update(at).update('\n').update(body).digest('hex')
