import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '../../server/database.ts'
import type { RunningCharge } from '../../server/ledger/billing.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { missingPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type Books, createBooks, outcome, request } from './books.ts'

const missing = missingPostgres()
const skipped = missing ? ` (skipped: ${missing})` : ''

describe.skipIf(missing)(`while the database is away${skipped}`, () => {
  let server: PostgresServer
  let database: Database
  let books: Books
  let directory: string
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'journal-'))
    server = await startPostgres({ fsync: false })
    database = await openDatabase({ socketDir: server.socketDir, name: 'postgres' })
    books = createBooks(database)
  })
  afterAll(async () => {
    await database.close()
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  test('T6: rich accounts go on within a tenth of what they had, others hear 503, and everything is settled afterwards', async () => {
    const ledger = await books.open({ dataDir: directory })
    const rich = await books.account({ wallet: 100_000n })
    const poor = await books.account({ wallet: 500n })
    const before = [await ledger.admit(request(rich)), await ledger.admit(request(poor))]
    for (const charge of before) await charge.durable

    await server.kill()
    await vi.waitFor(() => expect(ledger.stats().databaseAwayMs).toBeGreaterThan(0), 10_000)
    const unavailable = {
      status: 503,
      code: 'service_unavailable',
      detail: { retryAfter: expect.any(Number) },
    }
    await expect(ledger.admit(request(poor))).rejects.toMatchObject(unavailable)

    const admitted: RunningCharge[] = []
    let refusals = 0
    for (let i = 0; i < 150; i++) {
      try {
        const charge = await ledger.admit(request(rich))
        await charge.durable
        admitted.push(charge)
      } catch (error) {
        expect(error).toMatchObject(unavailable)
        refusals += 1
      }
    }
    // A tenth of 99,900 at 100 each.
    expect({ admitted: admitted.length, refusals }).toEqual({ admitted: 99, refusals: 51 })
    await Promise.all([...before, ...admitted.slice(0, 90)].map((charge) => charge.settle(outcome(60, 41))))

    await server.start()
    await vi.waitFor(async () => expect(await books.wallet(rich)).toBe(100_000n - 91n * 101n), 15_000)
    await vi.waitFor(async () =>
      expect(await database.sql.query('SELECT 1 FROM hold WHERE account_id = $1', [rich])).toHaveLength(9),
    )
    await Promise.all(admitted.slice(90).map((charge) => charge.settle(outcome(60, 41))))
    await vi.waitFor(async () => expect(await books.wallet(rich)).toBe(100_000n - 100n * 101n), 15_000)
    expect(await books.wallet(poor)).toBe(500n - 101n)
    await vi.waitFor(async () => await (await ledger.admit(request(poor))).settle(outcome(60, 40)), 5_000)
    await expectBooksInOrder(database.sql)
  })

  test('without a journal nobody is admitted blindly', async () => {
    const ledger = await books.open()
    const rich = await books.account({ wallet: 1_000_000n })
    const poor = await books.account({ wallet: 500n })
    const running = await ledger.admit(request(rich))
    await server.kill()
    // Nobody knows yet that it is away. It is not the customer's fault: a 503, not a 402.
    const asked = ledger.admit(request(poor))
    const next = await ledger.admit(request(rich))
    await expect(asked).rejects.toMatchObject({ status: 503 })
    await expect(next.durable).rejects.toMatchObject({ status: 503 })
    await server.start()
    await Promise.all([
      running.settle(outcome(60, 40)),
      next.settle({ ...outcome(0, 0), notChargedBecause: 'failed_before_output' }),
    ])
    expect(await books.wallet(rich)).toBe(1_000_000n - 100n)
    await expectBooksInOrder(database.sql)
  })
})
