import { beforeAll, describe, expect, test } from 'vitest'
import { expireBuckets } from '../../server/ledger/expiry.ts'
import type { Ledger } from '../../server/ledger/ledger.ts'
import { newId } from '../../server/platform/ids.ts'
import type { Sql } from '../../server/platform/sql.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks, NOW, outcome, request } from './books.ts'

const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000)

describe.each(databases)('changes of a balance on $name', ({ missing, open }) => {
  let books: Books
  beforeAll(async () => {
    if (!missing) books = createBooks(await open())
  })
  const promise = (name: string, run: (ledger: Ledger) => Promise<void>) =>
    test.skipIf(missing)(missing ? `${name} (skipped: ${missing})` : name, async () => {
      await run(await books.open())
      await expectBooksInOrder(books.sql)
    })
  const inTransaction = <T>(work: (tx: Sql) => Promise<T>) => books.sql.transaction(work)
  const source = (accountId: string, sourceId = newId()) => ({
    accountId,
    sourceType: 'test',
    sourceId,
    note: null,
  })

  promise(
    'the same source changes a pool once, however often and from wherever it is repeated',
    async (ledger) => {
      const accountId = await books.account()
      const change = source(accountId)
      const bonus = { ...source(accountId), tokens: 70n, expiresAt: null, models: [] }
      const quota = { ...source(accountId), amount: 30n, validFrom: NOW, validUntil: minutes(60) }
      const done = await Promise.all(
        Array.from({ length: 12 }, () =>
          inTransaction(async (tx) => [
            await ledger.creditWallet(tx, { ...change, amount: 500n, kind: 'top_up' }),
            await ledger.grantBonus(tx, bonus),
            await ledger.grantQuota(tx, quota),
          ]),
        ),
      )
      expect(done.flat().filter(Boolean)).toHaveLength(3)
      expect(await ledger.balances(accountId)).toMatchObject({ wallet: 500n, bonusTokens: 70n, quota: 30n })
      const other = { ...change, amount: 501n, kind: 'top_up' as const }
      await expect(inTransaction((tx) => ledger.creditWallet(tx, other))).rejects.toThrow(/already/)
      await expect(inTransaction((tx) => ledger.grantBonus(tx, { ...bonus, tokens: 71n }))).rejects.toThrow(
        /already/,
      )
    },
  )

  promise('what is bought is paid from what the wallet has, and once', async (ledger) => {
    const accountId = await books.account({ wallet: 100n })
    const debit = (amount: bigint, sourceId: string) =>
      inTransaction((tx) =>
        ledger.debitWallet(tx, { ...source(accountId, sourceId), amount, kind: 'purchase' }),
      )
    await expect(debit(101n, newId())).rejects.toMatchObject({
      code: 'insufficient_balance',
      detail: { wallet: '0.0000001', needed: '0.000000101' },
    })
    const purchase = newId()
    expect(await debit(100n, purchase)).toBe(true)
    expect(await debit(100n, purchase)).toBe(false)
    expect(await books.wallet(accountId)).toBe(0n)
  })

  promise('racing purchases spend a wallet once', async (ledger) => {
    const accountId = await books.account({ wallet: 100n })
    const racing = Array.from({ length: 20 }, () =>
      inTransaction((tx) => ledger.debitWallet(tx, { ...source(accountId), amount: 60n, kind: 'purchase' })),
    )
    const bought = (await Promise.allSettled(racing)).filter(({ status }) => status === 'fulfilled')
    expect(bought).toHaveLength(1)
    expect(await books.wallet(accountId)).toBe(40n)
  })

  promise('T22: a transaction that fails leaves no trace', async (ledger) => {
    const accountId = await books.account({ wallet: 100n })
    const failing = inTransaction(async (tx) => {
      const purchase = source(accountId)
      await ledger.debitWallet(tx, { ...purchase, amount: 60n, kind: 'purchase' })
      await ledger.grantQuota(tx, { ...purchase, amount: 80n, validFrom: NOW, validUntil: NOW })
    })
    await expect(failing).rejects.toThrow()
    expect(await ledger.balances(accountId)).toMatchObject({ wallet: 100n, quota: 0n })
  })

  promise('a bonus never goes below nothing nor above what was granted', async (ledger) => {
    const accountId = await books.account({ bonus: [{ tokens: 50n }] })
    const bucketId = BigInt((await ledger.balances(accountId)).pools[0]!.id)
    const adjust = (amount: bigint) =>
      inTransaction((tx) => ledger.adjust(tx, { ...source(accountId), bucketId, amount, kind: 'clawback' }))
    await expect(adjust(-51n)).rejects.toThrow(/check constraint/)
    await expect(adjust(1n)).rejects.toThrow(/check constraint/)
    expect(await adjust(-20n)).toBe(true)
    expect(await ledger.balances(accountId)).toMatchObject({ bonusTokens: 30n })
    const stranger = await books.account()
    const theirs = { ...source(stranger), bucketId, amount: -1n, kind: 'clawback' as const }
    await expect(inTransaction((tx) => ledger.adjust(tx, theirs))).rejects.toThrow(/no pool/)
  })

  promise(
    'an ended bonus is hidden at once and written off when no request can use it any more',
    async (ledger) => {
      const accountId = await books.account({
        bonus: [{ tokens: 50n, expiresAt: minutes(-1) }, { tokens: 7n }],
      })
      expect(await ledger.balances(accountId)).toMatchObject({ bonusTokens: 7n })
      expect(await expireBuckets(books.sql, minutes(0))).not.toContain(accountId)
      // Admitted before the end, settled after it: the bonus still pays.
      const running = await ledger.admit(request(accountId, { admittedAt: minutes(-2) }))
      await running.settle(outcome(5, 5))
      await ledger.stop()
      expect(await expireBuckets(books.sql, minutes(75))).toContain(accountId)
      expect(await expireBuckets(books.sql, minutes(75))).not.toContain(accountId)
      const [expiry] = await ledger.entries(accountId, { backwards: false, cursor: undefined, limit: 10 })
      expect(expiry).toMatchObject({ kind: 'expiry', pool: 'bonus', amount: -40n, balanceAfter: 0n })
    },
  )

  promise('a statement runs from the newest entry to the oldest and back', async (ledger) => {
    const accountId = await books.account()
    for (let i = 1n; i <= 5n; i++)
      await inTransaction((tx) =>
        ledger.creditWallet(tx, { ...source(accountId), amount: i, kind: 'top_up' }),
      )
    const page = (cursor: string | undefined, backwards = false) =>
      ledger.entries(accountId, { backwards, cursor, limit: 2 })
    const first = await page(undefined)
    expect(first.map(({ amount }) => amount)).toEqual([5n, 4n, 3n])
    const second = await page(first[1]!.id.toString())
    expect(second.map(({ amount }) => amount)).toEqual([3n, 2n, 1n])
    const back = await page(second[0]!.id.toString(), true)
    expect(back.map(({ amount }) => amount)).toEqual([4n, 5n])
    await expect(page('1; DROP TABLE account')).rejects.toMatchObject({ code: 'invalid_request' })
  })
})
