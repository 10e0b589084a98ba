import type { Invariant } from '../ledger/self-check.ts'

/** LEDGER.md §8.1, as far as payments and their orders are concerned. */
export const paymentInvariants: Invariant[] = [
  {
    id: 'I4 payments',
    promise: 'no entry names an order or a refund that the same user does not have',
    sql: `SELECT e.id, e.source_type, e.source_id FROM ledger_entry e
          LEFT JOIN payment_order o ON e.source_type = 'payment_order' AND o.id::text = e.source_id
                                   AND o.user_id = e.account_id
          LEFT JOIN (SELECT r.id, o.user_id FROM payment_refund r JOIN payment_order o ON o.id = r.order_id) r
            ON e.source_type = 'payment_refund' AND r.id::text = e.source_id AND r.user_id = e.account_id
          WHERE {of e.account_id} AND e.source_type IN ('payment_order', 'payment_refund')
            AND o.id IS NULL AND r.id IS NULL`,
  },
  {
    id: 'I13',
    promise:
      'a credited order has exactly one top-up entry of exactly its amount, and no other order has one',
    sql: `SELECT o.id, o.status, o.amount_fen, sum(e.amount) AS credited
          FROM payment_order o
          LEFT JOIN ledger_entry e ON e.source_type = 'payment_order' AND e.source_id = o.id::text AND e.kind = 'top_up'
          WHERE {of o.user_id} GROUP BY o.id
          HAVING CASE WHEN o.credited_at IS NOT NULL
                      THEN count(e.id) <> 1 OR sum(e.amount) <> o.amount_fen * 10000000 ELSE count(e.id) > 0 END`,
  },
  {
    id: 'I13 refunds',
    promise: 'what was refunded of an order is what left the wallet for it',
    sql: `SELECT o.id, o.refunded_fen, coalesce(sum(e.amount), 0) AS taken
          FROM payment_order o LEFT JOIN payment_refund r ON r.order_id = o.id
          LEFT JOIN ledger_entry e ON e.source_type = 'payment_refund' AND e.source_id = r.id::text
          WHERE {of o.user_id} GROUP BY o.id HAVING o.refunded_fen * 10000000 <> -coalesce(sum(e.amount), 0)`,
  },
]
