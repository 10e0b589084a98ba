import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Ledger } from '../../server/ledger/ledger.ts'
import type { SqlPool } from '../../server/platform/sql.ts'
import { newId } from '../../server/platform/ids.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks, outcome, request } from './books.ts'

/** The same database, which does not hear of holds until `open` is called. */
function deafToHolds(sql: SqlPool): { sql: SqlPool; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return {
    open: () => open(),
    sql: {
      ...sql,
      transaction: (work) => sql.transaction(work),
      query: async (text: string, ...rest: [never?, never?]) => {
        if (text.startsWith('INSERT INTO hold')) await opened
        return sql.query(text, ...rest)
      },
    } as SqlPool,
  }
}

/** The same database, and how many holds it has been handed by memory's decision. */
function countingHolds(sql: SqlPool): { sql: SqlPool; handed(): number } {
  let handed = 0
  return {
    handed: () => handed,
    sql: {
      ...sql,
      transaction: (work) => sql.transaction(work),
      query: (text: string, ...rest: [never?, never?]) => {
        if (text.startsWith('INSERT INTO hold'))
          handed += (JSON.parse((rest[0] as unknown as [string])[0]) as unknown[]).length
        return sql.query(text, ...rest)
      },
    } as SqlPool,
  }
}

const stateOf = (promise: Promise<void>) =>
  Promise.race([promise.then(() => 'done'), new Promise((resolve) => setImmediate(resolve, 'waiting'))])

describe.each(databases)('an answer that is given as a whole, on $name', ({ missing, open }) => {
  let books: Books
  beforeAll(async () => {
    if (!missing) books = createBooks(await open())
  })
  const held = async (accountId: string) =>
    (await books.sql.query('SELECT 1 FROM hold WHERE account_id = $1', [accountId])).length
  /** The first request of an account is decided by the database; afterwards memory knows that it is rich. */
  async function known(ledger: Ledger, accountId: string) {
    const first = await ledger.admit(request(accountId))
    await first.settle(outcome(0, 0))
    await expect.poll(() => held(accountId)).toBe(0)
  }
  const folder = () => {
    const directory = mkdtempSync(join(tmpdir(), 'pingtoken-whole-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    return directory
  }

  test.skipIf(missing)(
    'is settled in the journal while its hold is still being written, and charged once',
    async () => {
      const deaf = deafToHolds(books.sql)
      const accountId = await books.account({ wallet: 1_000_000n })
      const ledger = await books.open({ dataDir: folder(), sql: deaf.sql })
      await known(ledger, accountId)
      const running = await ledger.admit(request(accountId))
      await running.settleable()
      // The hold is on its way by now.
      await new Promise(setImmediate)
      await running.settle(outcome(60, 40))
      expect(await stateOf(running.durable)).toBe('waiting')
      expect(await books.wallet(accountId)).toBe(1_000_000n)
      deaf.open()
      await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(1_000_000n - 100n), 5_000)
      expect(await books.sql.query('SELECT 1 FROM hold WHERE account_id = $1', [accountId])).toEqual([])
      await expectBooksInOrder(books.sql)
    },
  )

  test.skipIf(missing)('waits for its hold where there is no journal', async () => {
    const deaf = deafToHolds(books.sql)
    const accountId = await books.account({ wallet: 1_000_000n })
    const ledger = await books.open({ sql: deaf.sql })
    await known(ledger, accountId)
    const running = await ledger.admit(request(accountId))
    const settleable = running.settleable()
    expect(await stateOf(settleable)).toBe('waiting')
    deaf.open()
    await settleable
    await running.settle(outcome(60, 40))
    expect(await books.wallet(accountId)).toBe(1_000_000n - 100n)
  })

  test.skipIf(missing)('that nobody waits for is never held when its end overtakes it', async () => {
    const counting = countingHolds(books.sql)
    const accountId = await books.account({ wallet: 1_000_000n })
    const ledger = await books.open({ dataDir: folder(), sql: counting.sql })
    await known(ledger, accountId)
    const before = counting.handed()
    const running = await ledger.admit({ ...request(accountId), patient: true })
    await running.settle(outcome(60, 40))
    await running.durable
    await expect.poll(() => books.wallet(accountId)).toBe(1_000_000n - 100n)
    expect(counting.handed()).toBe(before)
    await expectBooksInOrder(books.sql)
  })

  test.skipIf(missing)('that nobody waits for is held by itself while its model thinks', async () => {
    const accountId = await books.account({ wallet: 1_000_000n })
    const ledger = await books.open({ dataDir: folder() })
    await known(ledger, accountId)
    const running = await Promise.all(
      Array.from({ length: 5 }, () => ledger.admit({ ...request(accountId), patient: true })),
    )
    await Promise.all(running.map(({ durable }) => durable))
    expect(await held(accountId)).toBe(5)
    await Promise.all(running.map((one) => one.settle(outcome(60, 40))))
    await expect.poll(() => books.wallet(accountId)).toBe(1_000_000n - 500n)
    expect(await held(accountId)).toBe(0)
  })

  test.skipIf(missing)(
    'counts at once for a request that the database decides, however young its hold is',
    async () => {
      // The big one is most of what is there: too much for memory to decide alone.
      const accountId = await books.account({ wallet: 1_000_000n })
      const ledger = await books.open({ dataDir: folder() })
      await known(ledger, accountId)
      const young = await ledger.admit({ ...request(accountId), patient: true })
      const big = { ...request(accountId), promptTokens: 400_000, outputTokens: 600_000 }
      const asked = await ledger.admit(big)
      expect(await held(accountId)).toBe(2)
      await expect(ledger.admit({ ...big, requestId: newId() })).rejects.toMatchObject({
        code: 'insufficient_balance',
        message: expect.stringMatching(/held for requests that still run/),
        detail: { retryAfter: 1 },
      })
      await Promise.all([young, asked].map((one) => one.settle(outcome(60, 40))))
      await expectBooksInOrder(books.sql)
    },
  )
})
