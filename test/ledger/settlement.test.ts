import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Database } from '../../server/database.ts'
import type { Ledger } from '../../server/ledger/ledger.ts'
import { costOf } from '../../server/ledger/price.ts'
import { type ChargeRow, chargeOf, requestRow, settleBatch } from '../../server/ledger/settlement.ts'
import { newId } from '../../server/platform/ids.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks, ONE_NANO, outcome, request, usage } from './books.ts'

const charge = (accountId: string, tokens = 100, options = {}): ChargeRow =>
  chargeOf(requestRow(request(accountId, options)), outcome(tokens, 0))

test('a cost is rounded once, half up, after every kind of token and the discount', () => {
  const price = { ...ONE_NANO, input: 1_499n, cachedInput: 1n, output: 3_000n }
  const cost = (
    promptTokens: number,
    cachedTokens: number | null,
    completionTokens: number,
    discountPpm = 1_000_000n,
  ) =>
    costOf({ ...price, discountPpm }, { promptTokens, cachedTokens, completionTokens, reasoningTokens: null })
  expect(cost(1, null, 0)).toBe(1n)
  expect(cost(1, 1, 0)).toBe(0n)
  // 1.499 + 0.001 is one and a half: rounded apart they would be 1.
  expect(cost(2, 1, 0)).toBe(2n)
  // ¥12.96 per million: 1,000 in and 500 out at a fifth less.
  expect(cost(1_000, null, 500, 800_000n)).toBe(2_399n)
  expect(cost(0, null, 0)).toBe(0n)
})

describe.each(databases)('settlement on $name', ({ name, missing, open }) => {
  let books: Books
  let database: Database
  beforeAll(async () => {
    if (missing) return
    database = await open()
    books = createBooks(database)
  })
  const promise = (name: string, run: (ledger: Ledger) => Promise<void>) =>
    test.skipIf(missing)(missing ? `${name} (skipped: ${missing})` : name, async () => {
      await run(await books.open())
      await expectBooksInOrder(books.sql)
    })
  const settle = (rows: ChargeRow[]) => books.sql.transaction((tx) => settleBatch(tx, rows, 'owner'))

  promise('a second settlement of a request answers what the first did and takes nothing', async (ledger) => {
    const accountId = await books.account({ wallet: 1_000n })
    const running = await ledger.admit(request(accountId))
    const [first, second] = await Promise.all([
      running.settle(outcome(60, 5)),
      running.settle(outcome(60, 500)),
    ])
    expect(second).toEqual(first)
    await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(935n))
  })

  promise('a usage that is none ends nothing: the request is charged by the next one', async (ledger) => {
    const accountId = await books.account({ wallet: 1_000n })
    const running = await ledger.admit(request(accountId))
    await expect(running.settle(outcome(60, -5))).rejects.toThrow(RangeError)
    expect(await running.settle(outcome(60, 5))).toMatchObject({ cost: 65n })
  })

  promise('T8: the same requests offered by two processes in another order are charged once', async () => {
    const accountId = await books.account({ wallet: 100_000n })
    const rows = Array.from({ length: 60 }, () => charge(accountId))
    const parts = [rows, rows.toReversed(), rows.slice(20), rows.slice(0, 40).toReversed()]
    const fresh = await Promise.all(parts.map(settle))
    expect(fresh.flat()).toHaveLength(60)
    expect(await books.wallet(accountId)).toBe(100_000n - 6_000n)
  })

  promise('another cost for a known request is recorded as a conflict, and not charged', async () => {
    const accountId = await books.account({ wallet: 1_000n })
    const row = charge(accountId)
    await settle([row])
    await settle([{ ...row, cost_nano: '70' }])
    await settle([{ ...row, cost_nano: '70' }])
    expect(await books.wallet(accountId)).toBe(900n)
    const conflicts = await books.sql.query(
      'SELECT settled_cost_nano, offered_cost_nano FROM settlement_conflict WHERE request_id = $1',
      [row.request_id],
    )
    expect(conflicts).toEqual([{ settled_cost_nano: 100n, offered_cost_nano: 70n }])
  })

  promise(
    'a request admitted a millisecond before its quota ends is paid by it, at the end by the wallet',
    async () => {
      const end = new Date('2026-12-01T00:00:00Z')
      const next = new Date('2027-01-01T00:00:00Z')
      for (const [ms, expected] of [
        [-1, [0n, 100n]],
        [0, [100n, 0n]],
        [1, [100n, 0n]],
      ] as const) {
        const accountId = await books.account({
          quota: [
            { amount: 100n, validUntil: end },
            { amount: 100n, validFrom: end, validUntil: next },
          ],
        })
        await settle([charge(accountId, 100, { admittedAt: new Date(end.getTime() + ms) })])
        const left = await books.sql.query<{ remaining: bigint }>(
          'SELECT remaining FROM bucket WHERE account_id = $1 ORDER BY id',
          [accountId],
        )
        expect(left.map(({ remaining }) => remaining)).toEqual(expected)
        expect(await books.wallet(accountId)).toBe(0n)
      }
    },
  )

  promise(
    'T17: a request keeps the prices it was admitted with, and its receipt says which',
    async (ledger) => {
      const accountId = await books.account({ wallet: 1_000_000n })
      const price = { ...ONE_NANO, versionId: newId(), output: 2_000n, discountPpm: 500_000n }
      const running = await ledger.admit(request(accountId, { price }))
      price.output = 9_000_000n
      await running.settle(outcome(100, 100))
      await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(1_000_000n - 150n))
      expect(await ledger.receiptOf(running.requestId)).toMatchObject({
        priceVersionId: price.versionId,
        inputPrice: 1_000n,
        outputPrice: 2_000n,
        discountPpm: 500_000n,
        cost: 150n,
        source: 'upstream',
        settledBy: 'owner',
        legs: [{ pool: 'wallet', tokens: null, money: 150n }],
      })
    },
  )

  promise('a receipt shows every pool that paid, and its money adds up', async (ledger) => {
    const accountId = await books.account({ wallet: 10n, bonus: [{ tokens: 30n }], quota: [{ amount: 25n }] })
    const running = await ledger.admit(request(accountId))
    await running.settle(outcome(60, 37))
    await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(10n - 42n))
    const { legs, cost } = (await ledger.receiptOf(running.requestId))!
    expect(legs).toEqual([
      { pool: 'bonus', tokens: 30n, money: 30n },
      { pool: 'quota', tokens: null, money: 25n },
      { pool: 'wallet', tokens: null, money: 42n },
    ])
    expect(cost).toBe(97n)
  })

  promise('what produced nothing costs nothing, and its receipt says why', async (ledger) => {
    const accountId = await books.account({ wallet: 1_000n })
    const running = await ledger.admit(request(accountId))
    await running.settle({ ...outcome(0, 0), notChargedBecause: 'failed_before_output' })
    await vi.waitFor(async () =>
      expect(await ledger.receiptOf(running.requestId)).toMatchObject({
        cost: 0n,
        notCharged: 'failed_before_output',
        legs: [],
      }),
    )
    expect(await books.wallet(accountId)).toBe(1_000n)
  })

  promise(
    'T19: debts are kept, a top-up counts against them, a bonus is not eaten by them',
    async (ledger) => {
      const accountId = await books.account({ wallet: 50n })
      await settle([charge(accountId, 250)])
      expect(await books.wallet(accountId)).toBe(-200n)
      const change = { accountId, sourceType: 'test', note: null }
      await books.sql.transaction(async (tx) => {
        await ledger.creditWallet(tx, { ...change, amount: 150n, kind: 'top_up', sourceId: newId() })
        await ledger.grantBonus(tx, {
          ...change,
          tokens: 500n,
          expiresAt: null,
          models: [],
          sourceId: newId(),
        })
      })
      expect(await ledger.balances(accountId)).toMatchObject({ wallet: -50n, bonusTokens: 500n })
      const purchase = { ...change, amount: 1n, kind: 'purchase' as const, sourceId: newId() }
      await expect(books.sql.transaction((tx) => ledger.debitWallet(tx, purchase))).rejects.toMatchObject({
        code: 'insufficient_balance',
      })
      const running = await ledger.admit(request(accountId))
      await running.settle(outcome(60, 40))
    },
  )

  promise('T36: the largest numbers are exact or refused, never wrapped', async () => {
    const largest = 2n ** 63n - 1n
    const accountId = await books.account({ wallet: largest })
    const dearest = { ...ONE_NANO, input: 10_000_000_000n, output: 10_000_000_000n }
    const row = charge(accountId, 2_000_000, { price: dearest })
    expect(row.cost_nano).toBe('20000000000000')
    await settle([row, charge(accountId, 0), charge(accountId, 1, { price: { ...ONE_NANO, input: 1n } })])
    expect(await books.wallet(accountId)).toBe(largest - 20_000_000_000_000n)
    const debtor = await books.account({ wallet: -largest })
    await expect(settle([row, charge(debtor, 2)])).rejects.toThrow(/out of range/)
    expect(await books.wallet(debtor)).toBe(-largest)
  })

  promise('T37: a row the database refuses is left out, the thousand around it are charged', async () => {
    const accountId = await books.account({ wallet: 1_000_000n })
    const poison = newId()
    const ledger = await books.open({
      listener: {
        async record(tx, charges) {
          if (charges.some(({ requestId }) => requestId === poison)) await tx.query('SELECT 1 / 0')
        },
        committed: () => {},
      },
    })
    const running = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) =>
        ledger.admit(request(accountId, { requestId: i === 500 ? poison : newId() })),
      ),
    )
    for (const one of running) void one.settle(outcome(60, 40))
    await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(1_000_000n - 99_900n), 15_000)
    await vi.waitFor(() =>
      expect(ledger.stats()).toMatchObject({ settlementsRefused: 1, settlementsQueued: 0 }),
    )
  })

  promise('charges and entries are history: no row of them is changed, removed or emptied', async () => {
    const accountId = await books.account({ wallet: 1_000n })
    await settle([charge(accountId)])
    for (const table of ['charge', 'ledger_entry'])
      for (const change of [
        `UPDATE ${table} SET account_id = account_id`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
      ])
        await expect(books.sql.query(change)).rejects.toThrow(/history/)
  })

  if (name === 'PostgreSQL')
    promise(
      'T10: six writers on the same accounts in any order never wait for each other in a circle',
      async (ledger) => {
        const accountIds = await Promise.all(
          Array.from({ length: 12 }, () => books.account({ wallet: 90_000n })),
        )
        const pick = (seed: number) => accountIds[(seed * 7_919) % 12]!
        // Not `sql.transaction`: it would try again after a deadlock, and nobody would know.
        const once = async (rows: ChargeRow[]) => {
          const client = await database.pool.connect()
          await client.query('SELECT settle_batch($1, $2)', [JSON.stringify(rows), 'owner'])
          client.release()
        }
        const writers = Array.from({ length: 6 }, async (_, writer) => {
          for (let round = 0; round < 15; round++) {
            const rows = Array.from({ length: 40 }, (_, i) => charge(pick(writer * 31 + round * 17 + i)))
            const admission = ledger.admit(request(pick(round + writer))).catch((error: unknown) => error)
            await Promise.all([once(rows), once(rows.toReversed()), admission])
          }
        })
        await Promise.all(writers)
      },
    )
})

test('a usage that is none is refused before it can reach the books', () => {
  for (const bad of [usage(-1, 0), usage(1.5, 0), usage(0, Number.NaN), { ...usage(1, 1), cachedTokens: 2 }])
    expect(() => chargeOf(requestRow(request(newId())), { ...outcome(0, 0), usage: bad })).toThrow(RangeError)
})
