import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { RunningCharge } from '../../server/ledger/billing.ts'
import type { Ledger } from '../../server/ledger/ledger.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks, FREE, NOW, ONE_NANO, outcome, request } from './books.ts'

const refused = { code: 'insufficient_balance', status: 402 }

/** Admits all at once; answers those who were let in. */
async function race(ledgers: Ledger[], accountId: string, count: number): Promise<RunningCharge[]> {
  const racing = Array.from({ length: count }, (_, i) =>
    ledgers[i % ledgers.length]!.admit(request(accountId)),
  )
  const results = await Promise.allSettled(racing)
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(refused)
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

const finish = (charges: RunningCharge[], completion = 40) =>
  Promise.all(charges.map((charge) => charge.settle(outcome(60, completion))))

describe.each(databases)('admission on $name', ({ missing, open }) => {
  let books: Books
  let ledger: Ledger
  beforeAll(async () => {
    if (!missing) books = createBooks(await open())
  })
  const promise = (name: string, run: () => Promise<void>) =>
    test.skipIf(missing)(missing ? `${name} (skipped: ${missing})` : name, async () => {
      ledger = await books.open()
      await run()
      await expectBooksInOrder(books.sql)
    })

  promise('a request starts when any pool alone has something left, and not otherwise', async () => {
    const inDebt = { wallet: -5_000n }
    for (const [funds, admitted] of [
      [{}, false],
      [{ wallet: -1n }, false],
      [{ wallet: 1n }, true],
      [{ ...inDebt, bonus: [{ tokens: 1n }] }, true],
      [{ ...inDebt, quota: [{ amount: 1n }] }, true],
      [{ bonus: [{ tokens: 1_000_000n, models: ['glm-5'] }] }, false],
      [{ bonus: [{ tokens: 1_000_000n, expiresAt: NOW }] }, false],
      [{ quota: [{ amount: 1_000_000n, validUntil: NOW }] }, false],
    ] as const) {
      const accountId = await books.account(funds as never)
      const admission = ledger.admit(request(accountId))
      if (admitted) await finish([await admission])
      else await expect(admission).rejects.toMatchObject(refused)
    }
  })

  promise('the answer to an empty account names its balances and what to do', async () => {
    const accountId = await books.account({ wallet: -1_500_000_000n })
    await expect(ledger.admit(request(accountId))).rejects.toMatchObject({
      message: expect.stringMatching(/^Nothing is left/),
      detail: {
        balance: { bonusTokens: '0', quota: '0', wallet: '-1.5' },
        remedies: ['top_up', 'redeem_code', 'wait_for_bonus'],
      },
    })
  })

  promise('T20: one below, at and above what is held decides exactly, in every pool', async () => {
    const purses = [
      (left: bigint) => ({ wallet: left }),
      (left: bigint) => ({ bonus: [{ tokens: left }] }),
      (left: bigint) => ({ quota: [{ amount: left }] }),
    ]
    for (const purse of purses)
      for (const [left, second] of [
        [99n, false],
        [100n, false],
        [101n, true],
      ] as const) {
        const accountId = await books.account(purse(left))
        const first = await ledger.admit(request(accountId))
        const next = ledger.admit(request(accountId))
        if (second) await finish([await next])
        else await expect(next).rejects.toMatchObject(refused)
        await finish([first])
      }
  })

  promise('memory decides while there are fifty estimates left, below that the database does', async () => {
    const mine = await books.open({ timing: { refresh: 1e9 } })
    for (const [wallet, byMemory] of [
      [5_099n, false],
      [5_100n, true],
    ] as const) {
      const accountId = await books.account({ wallet })
      const first = await mine.admit(request(accountId))
      // All that is left, held by another process: memory will not hear of it.
      const elsewhere = await ledger.admit(request(accountId, { promptTokens: 10_000 }))
      const second = mine.admit(request(accountId))
      if (byMemory) await finish([await second])
      else await expect(second).rejects.toMatchObject(refused)
      await finish([first, elsewhere])
    }
  })

  promise('a hundred racing requests on money for ten are ten', async () => {
    const accountId = await books.account({ wallet: 1_000n })
    const admitted = await race([ledger], accountId, 100)
    expect(admitted).toHaveLength(10)
    await finish(admitted)
    await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(0n))
  })

  promise(
    'racing requests overdraw by no more than one estimate and what answers cost beyond theirs',
    async () => {
      const accountId = await books.account({ wallet: 951n })
      const admitted = await race([ledger], accountId, 100)
      expect(admitted).toHaveLength(10)
      await finish(admitted, 47)
      await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(951n - 1_070n))
    },
  )

  promise('a mixed purse admits what all its pools carry, each in its own unit', async () => {
    const accountId = await books.account({ bonus: [{ tokens: 950n }], quota: [{ amount: 300n }] })
    const admitted = await race([ledger], accountId, 100)
    // Nine from the bonus, one from bonus and quota, then 250 of quota for three: a hold may exceed what is left.
    expect(admitted).toHaveLength(13)
    await finish(admitted)
    await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(-50n))
  })

  promise('T9: two processes that share a user admit together what one would', async () => {
    const accountId = await books.account({ wallet: 1_950n })
    const other = await books.open()
    const admitted = await race([ledger, other], accountId, 200)
    expect(admitted).toHaveLength(20)
    await finish(admitted)
  })

  promise(
    'a rich account is admitted from memory, and its holds are in the database before a byte is sent',
    async () => {
      const accountId = await books.account({ wallet: 1_000_000_000n })
      await finish([await ledger.admit(request(accountId))])
      const charge = await ledger.admit(request(accountId))
      await charge.durable
      const holds = await books.sql.query('SELECT wallet_nano FROM hold WHERE request_id = $1', [
        charge.requestId,
      ])
      expect(holds).toEqual([{ wallet_nano: 100n }])
      await finish([charge])
    },
  )

  promise('what another process holds is known here within the refresh', async () => {
    const accountId = await books.account({ wallet: 10_000n })
    const [mine, other] = [await books.open({ timing: { refresh: 20 } }), await books.open()]
    await finish([await mine.admit(request(accountId))])
    const held = await other.admit(request(accountId, { promptTokens: 10_000 }))
    await vi.waitFor(() => expect(mine.admit(request(accountId))).rejects.toMatchObject(refused))
    await finish([held], 0)
  })

  promise(
    'a model that costs nothing needs no balance, touches no pool and leaves a receipt of nothing',
    async () => {
      const accountId = await books.account({ wallet: -1n, bonus: [{ tokens: 5n }] })
      const charge = await ledger.admit(request(accountId, { price: FREE }))
      await charge.settle(outcome(1_000, 1_000))
      await vi.waitFor(async () =>
        expect(await ledger.receiptOf(charge.requestId)).toMatchObject({
          cost: 0n,
          promptTokens: 1_000n,
          legs: [],
        }),
      )
      expect(await ledger.balances(accountId)).toMatchObject({ wallet: -1n, bonusTokens: 5n })
    },
  )

  promise('a top-up is good for the next request at once', async () => {
    const accountId = await books.account()
    await expect(ledger.admit(request(accountId))).rejects.toMatchObject(refused)
    await books.sql.transaction((tx) =>
      ledger.creditWallet(tx, {
        accountId,
        amount: 1n,
        kind: 'top_up',
        sourceType: 'test',
        sourceId: accountId,
        note: null,
      }),
    )
    await ledger.balanceChanged(accountId)
    await finish([await ledger.admit(request(accountId, { price: ONE_NANO }))])
  })
})
