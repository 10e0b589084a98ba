import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks, outcome, request, usage } from './books.ts'

/** A clock that runs a few hundred times faster; the order of the deadlines is that of the real ones. */
const QUICK = { renew: 20, lease: 600, fence: 900, sweep: 1_500, patrol: 20 }
/** Like a process that is asleep: it never renews. */
const ASLEEP = { ...QUICK, renew: 1e9, patrol: 20 }
/** Like one that works until its machine is lost. */
const LOST = { ...ASLEEP, fence: 1e9 }

describe.each(databases)('leases on $name', ({ missing, open }) => {
  let books: Books
  beforeAll(async () => {
    if (!missing) books = createBooks(await open())
  })
  const promise = (name: string, run: () => Promise<void>) =>
    test.skipIf(missing)(missing ? `${name} (skipped: ${missing})` : name, async () => {
      await run()
      await expectBooksInOrder(books.sql)
    })
  const holds = (accountId: string) =>
    books.sql.query('SELECT 1 FROM hold WHERE account_id = $1', [accountId])

  promise(
    'T11: a process that sleeps is fenced before others settle what it ran, and its own word comes too late',
    async () => {
      const accountId = await books.account({ wallet: 1_000_000n })
      const sleeper = await books.open({ timing: ASLEEP })
      const detail = { apiTokenId: newId(), streamed: true }
      const running = await sleeper.admit(request(accountId, { detail }))
      await running.durable
      running.checkpoint(usage(60, 25))
      await vi.waitFor(
        async () =>
          expect(
            await books.sql.query('SELECT checkpoint FROM hold WHERE request_id = $1', [running.requestId]),
          ).toEqual([{ checkpoint: usage(60, 25) }]),
        5_000,
      )
      const other = await books.open({ timing: QUICK })
      await vi.waitFor(async () => expect(await holds(accountId)).toEqual([]), 5_000)

      expect(running.fenced.aborted).toBe(true)
      await expect(sleeper.admit(request(accountId))).rejects.toMatchObject({ status: 503 })
      await running.settle(outcome(60, 40))
      await vi.waitFor(async () =>
        expect(
          await books.sql.query(
            'SELECT settled_cost_nano, offered_cost_nano FROM settlement_conflict WHERE request_id = $1',
            [running.requestId],
          ),
        ).toEqual([{ settled_cost_nano: 85n, offered_cost_nano: 100n }]),
      )
      expect(await books.wallet(accountId)).toBe(1_000_000n - 85n)
      expect(await other.receiptOf(running.requestId)).toMatchObject({
        source: 'checkpoint',
        settledBy: 'sweeper',
      })
      expect(books.recorded.find(({ requestId }) => requestId === running.requestId)).toMatchObject({
        detail,
      })
    },
  )

  promise(
    'T4: a machine that is lost with its journal leaves what was committed, the checkpoints in the database, and no estimate',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'journal-'))
      const accountId = await books.account({ wallet: 1_000_000n })
      const lost = await books.open({ timing: LOST, dataDir: directory })
      const [committed, halfway, silent] = await Promise.all(
        [1, 2, 3].map(() => lost.admit(request(accountId, { outputTokens: 1_000 }))),
      )
      await Promise.all([committed!.durable, halfway!.durable, silent!.durable])
      await committed!.settle(outcome(60, 40))
      await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(1_000_000n - 100n), 5_000)
      halfway!.checkpoint(usage(60, 25))
      await vi.waitFor(
        async () =>
          expect(
            await books.sql.query('SELECT checkpoint FROM hold WHERE request_id = $1', [halfway!.requestId]),
          ).toEqual([{ checkpoint: usage(60, 25) }]),
        5_000,
      )
      // Delivered after the last checkpoint that left the machine: at our cost.
      rmSync(directory, { recursive: true })

      const other = await books.open({ timing: QUICK })
      await vi.waitFor(async () => expect(await holds(accountId)).toEqual([]), 5_000)
      expect(await other.receiptOf(committed!.requestId)).toMatchObject({ cost: 100n, settledBy: 'owner' })
      expect(await other.receiptOf(halfway!.requestId)).toMatchObject({ cost: 85n, source: 'checkpoint' })
      expect(await other.receiptOf(silent!.requestId)).toMatchObject({
        cost: 0n,
        notCharged: 'lost_before_output',
      })
      expect(await books.wallet(accountId)).toBe(1_000_000n - 185n)
    },
  )

  promise('what a dead process had not begun to deliver costs nothing, never the estimate', async () => {
    const accountId = await books.account({ wallet: 1_000_000n })
    const dead = await books.open({ timing: ASLEEP })
    const running = await dead.admit(request(accountId))
    await running.durable
    const other = await books.open({ timing: QUICK })
    await vi.waitFor(async () => expect(await holds(accountId)).toEqual([]), 5_000)
    expect(await other.receiptOf(running.requestId)).toMatchObject({
      cost: 0n,
      notCharged: 'lost_before_output',
    })
    expect(await books.wallet(accountId)).toBe(1_000_000n)
    await vi.waitFor(() => expect(other.stats()).toMatchObject({ swept: 1, sweptAtZero: 1 }))
    await running.settle({ ...outcome(0, 0), notChargedBecause: 'client_left_before_output' })
  })

  promise('a process that renews keeps its requests, and gives its lease back when it stops', async () => {
    const accountId = await books.account({ wallet: 1_000_000n })
    const instanceId = newId()
    const living = await books.open({ timing: QUICK, instanceId })
    const running = await living.admit(request(accountId))
    await running.durable
    const other = await books.open({ timing: QUICK })
    const renewed = async () => {
      const [row] = await books.sql.query<{ at: Date }>(
        'SELECT lease_until AS at FROM gateway_instance WHERE id = $1',
        [instanceId],
      )
      return row!.at.getTime()
    }
    const first = await renewed()
    await vi.waitFor(async () => expect(await renewed()).toBeGreaterThan(first + QUICK.sweep), 10_000)
    expect(await holds(accountId)).toHaveLength(1)
    expect(other.stats()).toMatchObject({ swept: 0, instances: expect.any(Number) })
    await running.settle(outcome(60, 40))
    await living.stop()
    expect(await books.sql.query('SELECT 1 FROM gateway_instance WHERE id = $1', [instanceId])).toEqual([])
    expect(await holds(accountId)).toEqual([])
  })

  promise('a hold whose charge came first is removed, not settled again', async () => {
    const accountId = await books.account({ wallet: 1_000_000n })
    const gone = await books.open({ timing: ASLEEP })
    const running = await gone.admit(request(accountId))
    await running.durable
    const [kept] = await books.sql.query<{ hold: object }>(
      'SELECT to_jsonb(h) AS hold FROM hold h WHERE request_id = $1',
      [running.requestId],
    )
    await running.settle(outcome(60, 40))
    await vi.waitFor(async () => expect(await holds(accountId)).toEqual([]))
    await books.sql.query('INSERT INTO hold SELECT * FROM jsonb_populate_record(NULL::hold, $1)', [
      kept!.hold,
    ])
    await books.open({ timing: QUICK })
    await vi.waitFor(async () => expect(await holds(accountId)).toEqual([]), 5_000)
    expect(
      await books.sql.query('SELECT 1 FROM settlement_conflict WHERE request_id = $1', [running.requestId]),
    ).toEqual([])
    expect(await books.wallet(accountId)).toBe(1_000_000n - 100n)
  })
})
