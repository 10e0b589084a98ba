import type { Invariant } from '../ledger/self-check.ts'

/** LEDGER.md §8.1, as far as redemption codes are concerned. */
export const codeInvariants: Invariant[] = [
  {
    id: 'I4 codes',
    promise: 'no entry names a redemption that the same user did not make',
    sql: `SELECT e.id, e.source_id FROM ledger_entry e
          LEFT JOIN code_redemption r ON r.id::text = e.source_id AND r.user_id = e.account_id
          WHERE {of e.account_id} AND e.source_type = 'redemption' AND r.id IS NULL`,
  },
  {
    id: 'I7 codes',
    promise: 'a code was used as often as it was redeemed, and never more than it may be',
    sql: `SELECT c.id, c.used, c.max_uses, count(r.id) AS redemptions
          FROM redemption_code c LEFT JOIN code_redemption r ON r.code_id = c.id
          GROUP BY c.id HAVING c.used <> count(r.id) OR c.used > c.max_uses`,
  },
]
