import { beforeAll, describe, expect, test } from 'vitest'
import { bookInvariants } from '../../server/books.ts'
import type { Database } from '../../server/database.ts'
import { selfCheck } from '../../server/ledger/self-check.ts'
import { chargeOf, requestRow, settleBatch } from '../../server/ledger/settlement.ts'
import { newId } from '../../server/platform/ids.ts'
import type { Sql } from '../../server/platform/sql.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks, outcome, request } from './books.ts'

interface Forged {
  accountId: string
  /** A request that bonus tokens, quota and wallet paid for. */
  requestId: string
}

/** What somebody with the database's password could do to the books, and which promises then are broken. */
const forgeries: [what: string, broken: string[], statements: string[]][] = [
  [
    'a wallet is changed without an entry',
    ['I1', 'I9'],
    ['UPDATE account SET wallet_nano = wallet_nano + 1'],
  ],
  [
    'a bonus is changed without an entry',
    ['I2'],
    ["UPDATE bucket SET remaining = remaining + 1 WHERE kind = 'bonus'"],
  ],
  [
    'the money of a token leg is another',
    ['I3'],
    ["UPDATE ledger_entry SET value_nano = value_nano - 1 WHERE unit = 'token' AND kind = 'usage'"],
  ],
  ['a charge is gone', ['I4'], ['DELETE FROM charge']],
  [
    'the wallet pays while a bonus has something left',
    ['I5'],
    [
      "UPDATE ledger_entry SET amount = amount + 1, balance_after = balance_after + 1 WHERE unit = 'token' AND kind = 'usage'",
      "UPDATE bucket SET remaining = remaining + 1 WHERE kind = 'bonus'",
    ],
  ],
  [
    'a balance on the way is another',
    ['I6'],
    [
      "UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE bucket_id IS NULL AND kind = 'adjustment'",
    ],
  ],
  [
    'a source changed a pool twice',
    ['I7'],
    [
      'DROP INDEX ledger_entry_source',
      `INSERT INTO ledger_entry (account_id, kind, unit, amount, value_nano, balance_after, source_type, source_id)
       SELECT e.account_id, e.kind, e.unit, e.amount, e.value_nano, a.wallet_nano + e.amount, e.source_type, e.source_id
       FROM ledger_entry e JOIN account a ON a.id = e.account_id WHERE e.bucket_id IS NULL AND e.kind = 'adjustment'`,
      "UPDATE account SET wallet_nano = wallet_nano + (SELECT amount FROM ledger_entry WHERE bucket_id IS NULL AND kind = 'adjustment' LIMIT 1)",
    ],
  ],
  ['something is held for longer than a request can run', ['I8'], [`${hold(':other', '76 minutes')}`]],
  ['a settled request still holds something', ['I8'], [`${hold(':request', '1 minute')}`]],
  [
    'a cost is not its tokens at its prices',
    ['I10'],
    ['UPDATE charge SET completion_tokens = completion_tokens + 1'],
  ],
  [
    'a charge names prices that its version does not have',
    ['I10'],
    [
      `INSERT INTO model (id, provider_id, display_name, created_at) SELECT 'i10', id, 'I10', now() FROM provider LIMIT 1`,
      `INSERT INTO price_version (id, model_id, input, output, effective_from, created_at)
       SELECT price_version_id, 'i10', input_price + 1, output_price, now(), now() FROM charge`,
    ],
  ],
  ['history can be changed', ['I12'], ['ALTER TABLE charge DISABLE TRIGGER charge_is_history']],
  ['an order is credited without its top-up', ['I13'], [order("'credited'", 'now()')]],
  [
    'an order that nobody paid has a top-up',
    ['I13'],
    [order("'pending'", 'NULL'), walletEntry('top_up', 'payment_order')],
  ],
  ['a top-up names an order that is not there', ['I4 payments'], [walletEntry('top_up', 'payment_order')]],
  ['a refund names nothing that was refunded', ['I4 payments'], [walletEntry('refund', 'payment_refund')]],
  ['a gift names a code that nobody redeemed', ['I4 codes'], [walletEntry('redemption', 'redemption')]],
  [
    'an order is refunded and the wallet keeps the money',
    ['I13', 'I13 refunds'],
    [order("'credited'", 'now()'), 'UPDATE payment_order SET refunded_fen = 1'],
  ],
  [
    'a code says that it was used, and nobody redeemed it',
    ['I7 codes'],
    [
      `INSERT INTO code_batch (id, kind, amount, uses_per_code, uses_per_user, created_by, created_at)
       SELECT :other, 'wallet', 1, 1, 1, id, now() FROM account`,
      `INSERT INTO redemption_code (id, batch_id, code_hash, last_four, used, max_uses) VALUES (:other, :other, 'h', 'ABCD', 1, 1)`,
    ],
  ],
]

function hold(requestId: string, age: string) {
  return `INSERT INTO hold (request_id, account_id, instance_id, model_id, price_version_id, input_price, output_price,
            discount_ppm, bonus_tokens, quota_nano, wallet_nano, bucket_ids, bucket_amounts, detail, admitted_at, placed_at)
          SELECT ${requestId}, account_id, account_id, model_id, price_version_id, 1, 1, 1, 0, 0, 1, '{}', '{}', '{}',
                 now(), clock_timestamp() - interval '${age}' FROM charge`
}

/** The wallet follows, so that this entry alone is what is wrong. */
function walletEntry(kind: string, sourceType: string) {
  return `WITH changed AS (UPDATE account SET wallet_nano = wallet_nano + 10000000 RETURNING id, wallet_nano)
          INSERT INTO ledger_entry (account_id, kind, unit, amount, value_nano, balance_after, source_type, source_id)
          SELECT id, '${kind}', 'nano', 10000000, 10000000, wallet_nano, '${sourceType}', :other FROM changed`
}

function order(status: string, creditedAt: string) {
  return `INSERT INTO payment_order (id, user_id, provider, amount_fen, status, expires_at, credited_at, created_at)
          SELECT :other, id, 'bank', 1, ${status}, now(), ${creditedAt}, now() FROM account`
}

const UNDO = new Error('undo')

describe.each(databases)('the check of the books on $name', ({ missing, open }) => {
  let database: Database
  let books: Books
  let forged: Forged
  beforeAll(async () => {
    if (missing) return
    database = await open()
    books = createBooks(database)
    const accountId = await books.account({
      wallet: 10_000n,
      bonus: [{ tokens: 20n }],
      quota: [{ amount: 30n }],
    })
    const charge = chargeOf(requestRow(request(accountId)), outcome(60, 40))
    await database.sql.transaction((tx) => settleBatch(tx, [charge], 'owner'))
    forged = { accountId, requestId: charge.request_id }
  })

  /** The promises that are broken once these statements were made, which then are undone. */
  async function brokenBy(statements: string[]): Promise<string[]> {
    let broken: string[] = []
    const other = newId()
    await database.sql
      .transaction(async (tx: Sql) => {
        // Triggers and foreign keys look away: whoever forges books has switched them off.
        await tx.query('SET LOCAL session_replication_role = replica')
        for (const statement of statements)
          await tx.query(
            statement.replaceAll(':other', `'${other}'`).replaceAll(':request', `'${forged.requestId}'`),
          )
        const checks = await selfCheck(tx, { accountIds: [forged.accountId], more: bookInvariants })
        broken = checks.filter(({ rows }) => rows.length > 0).map(({ id }) => id)
        throw UNDO
      })
      .catch((error: unknown) => {
        if (error !== UNDO) throw error
      })
    return broken.sort()
  }

  test.skipIf(missing).each(forgeries)('%s: %j is broken', async (_, broken, statements) => {
    expect(await brokenBy(statements)).toEqual(broken)
    await expectBooksInOrder(database.sql)
  })

  test.skipIf(missing)('every promise has somebody here who breaks it', async () => {
    const checks = await selfCheck(database.sql, { more: bookInvariants })
    const promised = checks.filter(({ notChecked }) => notChecked === undefined).map(({ id }) => id)
    expect([...new Set(forgeries.flatMap(([, broken]) => broken))].sort()).toEqual(promised.sort())
  })
})
