import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../server/database.ts'
import { type ChargeRow, settleBatch } from '../../server/ledger/settlement.ts'
import { newId } from '../../server/platform/ids.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks, NOW } from './books.ts'
import { type OracleAccount, type OracleBooks, type OracleRequest, settleOne } from './oracle.ts'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 40)
const MODELS = ['a', 'b']

const moment = fc.integer({ min: -3, max: 3 })
const bucket = fc
  .record({
    kind: fc.constantFrom('bonus' as const, 'quota' as const),
    remaining: fc.bigInt(1n, 60n),
    models: fc.subarray(MODELS),
    from: fc.integer({ min: -3, max: 1 }),
    until: fc.option(fc.integer({ min: 2, max: 4 })),
  })
  .map((bucket) => (bucket.kind === 'quota' ? { ...bucket, models: [] } : bucket))
const account = fc.record({ wallet: fc.bigInt(-100n, 200n), buckets: fc.array(bucket, { maxLength: 4 }) })
const request = fc.record({
  id: fc.integer({ min: 0, max: 15 }),
  account: fc.integer({ min: 0, max: 2 }),
  model: fc.constantFrom(...MODELS),
  at: moment,
  tokens: fc.bigInt(0n, 40n),
  /** Pico-CNY per token: 0 makes a free model, small ones make roundings, large ones make debts. */
  price: fc.constantFrom(0n, 7n, 400n, 1_000n, 2_500n),
})
const world = fc.record({
  accounts: fc.array(account, { minLength: 3, maxLength: 3 }),
  batches: fc.array(fc.array(request, { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
})

const at = (moment: number) => new Date(NOW.getTime() + moment * 1_000)

const toOracle = (
  ids: string[],
  r: { id: number; price: bigint } & Omit<OracleRequest, 'id' | 'cost' | 'free'>,
) => ({
  ...r,
  id: ids[r.id]!,
  cost: (r.tokens * r.price + 500n) / 1_000n,
  free: r.price === 0n,
})

function toRow(accountIds: string[], price: bigint, request: OracleRequest): ChargeRow {
  return {
    request_id: request.id,
    account_id: accountIds[request.account]!,
    model_id: request.model,
    price_version_id: accountIds[0]!,
    input_price: price.toString(),
    cached_input_price: null,
    output_price: price.toString(),
    discount_ppm: '1000000',
    admitted_at: at(request.at).toISOString(),
    detail: {},
    prompt_tokens: Number(request.tokens),
    cached_tokens: null,
    completion_tokens: 0,
    reasoning_tokens: null,
    cost_nano: request.cost.toString(),
    usage_source: 'counted',
    not_charged: null,
  }
}

async function openAccount(books: Books, { wallet, buckets }: OracleAccount) {
  const { grantBonus, grantQuota } = await import('../../server/ledger/grants.ts')
  const accountId = await books.account({ wallet })
  for (const { kind, remaining, models, from, until } of buckets)
    await books.sql.transaction((tx) => {
      const source = { accountId, sourceType: 'test', sourceId: newId(), note: null }
      const expiresAt = until === null ? null : at(until)
      return kind === 'bonus'
        ? grantBonus(tx, { ...source, tokens: remaining, models, expiresAt }, at(from))
        : grantQuota(tx, {
            ...source,
            amount: remaining,
            validFrom: at(from),
            validUntil: expiresAt ?? at(999),
          })
    })
  return accountId
}

describe.each(databases)('settlement on $name', ({ missing, open }) => {
  let database: Database
  let books: Books
  beforeAll(async () => {
    if (missing) return
    database = await open()
    books = createBooks(database)
  })

  test.skipIf(missing)(
    `T1: any batches, with repetitions, debts, limits and deadlines, leave the books a person would keep${missing ? ` (skipped: ${missing})` : ''}`,
    async () => {
      const property = fc.asyncProperty(world, async ({ accounts, batches }) => {
        const oracle: OracleBooks = {
          accounts: structuredClone(accounts),
          charges: new Map(),
          conflicts: new Set(),
        }
        for (const account of oracle.accounts)
          for (const bucket of account.buckets) if (bucket.kind === 'quota') bucket.until ??= 999
        const ids = Array.from({ length: 16 }, newId)
        const accountIds: string[] = []
        for (const account of accounts) accountIds.push(await openAccount(books, account))
        // The database locks and settles account by account; a person does so too, in the order of the ids.
        for (const batch of batches) {
          const requests = batch.map((r) => ({ price: r.price, request: toOracle(ids, r) }))
          for (const { request } of requests) settleOne(oracle, request)
          await books.sql.transaction((tx) =>
            settleBatch(
              tx,
              requests.map(({ price, request }) => toRow(accountIds, price, request)),
              'owner',
            ),
          )
        }
        expect(await state(books, accountIds, ids)).toEqual({
          wallets: oracle.accounts.map(({ wallet }) => wallet),
          buckets: oracle.accounts.map(({ buckets }) => buckets.map(({ remaining }) => remaining)),
          charges: [...oracle.charges].sort(),
          conflicts: [...oracle.conflicts].sort(),
        })
      })
      await fc.assert(property, { numRuns: RUNS })
      await expectBooksInOrder(books.sql)
    },
    120_000,
  )
})

async function state({ sql }: Books, accountIds: string[], ids: string[]) {
  const wallets: bigint[] = []
  const buckets: bigint[][] = []
  for (const id of accountIds) {
    const [account] = await sql.query<{ wallet_nano: bigint }>(
      'SELECT wallet_nano FROM account WHERE id = $1',
      [id],
    )
    const rows = await sql.query<{ remaining: bigint }>(
      'SELECT remaining FROM bucket WHERE account_id = $1 ORDER BY id',
      [id],
    )
    wallets.push(account!.wallet_nano)
    buckets.push(rows.map(({ remaining }) => remaining))
  }
  const charges = await sql.query<{ request_id: string; cost_nano: bigint }>(
    'SELECT request_id, cost_nano FROM charge WHERE request_id = ANY ($1)',
    [ids],
  )
  const conflicts = await sql.query<{ request_id: string; offered_cost_nano: bigint }>(
    'SELECT request_id, offered_cost_nano FROM settlement_conflict WHERE request_id = ANY ($1)',
    [ids],
  )
  return {
    wallets,
    buckets,
    charges: charges.map(({ request_id, cost_nano }) => [request_id, cost_nano]).sort(),
    conflicts: conflicts.map((row) => `${row.request_id} ${row.offered_cost_nano}`).sort(),
  }
}
