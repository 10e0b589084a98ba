import { describe, expect, test } from 'vitest'
import { readAccounts } from '../../server/ledger/balances.ts'
import { type ChargeRow, chargeOf, requestRow, settleBatch } from '../../server/ledger/settlement.ts'
import { newId } from '../../server/platform/ids.ts'
import type { Sql } from '../../server/platform/sql.ts'
import { addSpend } from '../../server/usage/spend.ts'
import { databases } from '../support/databases.ts'
import { createBooks, outcome, request } from './books.ts'

const BATCH = 20
/** By then PostgreSQL keeps its plans for good, made of tables that were nearly empty. */
const WARM_UP = 30
const BATCHES = 300

const postgres = databases.find(({ name }) => name === 'PostgreSQL')!

describe(`what settling costs on ${postgres.name}`, () => {
  test.skipIf(postgres.missing)(
    'six thousand requests later a batch reads no more pages than at the start',
    async () => {
      const { sql } = await postgres.open()
      const books = createBooks({ sql })
      const accountId = await books.account({ wallet: 1_000_000_000n })
      const instanceId = newId()
      const batch = () =>
        Array.from({ length: BATCH }, () => chargeOf(requestRow(request(accountId)), outcome(60, 5)))

      const pages: number[] = []
      for (let i = 0; i < BATCHES; i++) {
        const rows = batch()
        await hold(sql, instanceId, rows)
        pages.push(await sql.transaction((tx) => settleAndRead(tx, { rows, accountId, instanceId })))
      }
      const [early, late] = [pages.slice(WARM_UP, 2 * WARM_UP), pages.slice(-WARM_UP)].map(median)
      expect(late).toBeLessThan(1.08 * early!)
    },
  )
})

async function hold(sql: Sql, instanceId: string, rows: ChargeRow[]) {
  await sql.query(
    `INSERT INTO hold (request_id, account_id, instance_id, model_id, price_version_id, input_price, output_price,
                       discount_ppm, bonus_tokens, quota_nano, wallet_nano, bucket_ids, bucket_amounts, detail, admitted_at)
     SELECT id, $2, $3, 'qwen3-max', $3, 1, 1, 1, 0, 0, 65, '{}', '{}', '{}', now() FROM unnest($1::uuid[]) AS id`,
    [rows.map(({ request_id }) => request_id), rows[0]!.account_id, instanceId],
  )
}

interface Step {
  rows: ChargeRow[]
  accountId: string
  instanceId: string
}

/** As the settler does it. Answers the pages of tables and indexes that this touched, by this transaction's own count. */
async function settleAndRead(tx: Sql, { rows, accountId, instanceId }: Step): Promise<number> {
  const before = await pagesTouched(tx)
  await settleBatch(tx, rows, 'owner')
  await addSpend(
    tx,
    rows.map(({ request_id, admitted_at }) => ({
      id: request_id,
      user_id: accountId,
      api_token_id: instanceId,
      created_at: admitted_at,
    })),
  )
  await readAccounts(tx, [accountId], instanceId)
  return (await pagesTouched(tx)) - before
}

async function pagesTouched(tx: Sql): Promise<number> {
  const [row] = await tx.query<{ pages: bigint }>(
    `SELECT sum(pg_stat_get_xact_blocks_fetched(oid))::bigint AS pages FROM pg_class
     WHERE relnamespace = 'public'::regnamespace`,
  )
  return Number(row!.pages)
}

const median = (list: number[]) => list.toSorted((a, b) => a - b)[list.length >> 1]!
