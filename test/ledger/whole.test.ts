import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Ledger } from '../../server/ledger/ledger.ts'
import type { SqlPool } from '../../server/platform/sql.ts'
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

const stateOf = (promise: Promise<void>) =>
  Promise.race([promise.then(() => 'done'), new Promise((resolve) => setImmediate(resolve, 'waiting'))])

/** The first request of an account is decided by the database; afterwards memory knows that it is rich. */
async function known(ledger: Ledger, accountId: string) {
  const first = await ledger.admit(request(accountId))
  await first.settle(outcome(0, 0))
}

describe.each(databases)('an answer that is given as a whole, on $name', ({ missing, open }) => {
  let books: Books
  beforeAll(async () => {
    if (!missing) books = createBooks(await open())
  })
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
})
