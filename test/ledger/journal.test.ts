import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openJournal } from '../../server/ledger/journal.ts'
import { encodeLine } from '../../server/ledger/journal.lines.ts'
import { chargeOf, requestRow } from '../../server/ledger/settlement.ts'
import { isId, newId } from '../../server/platform/ids.ts'
import { createLog } from '../../server/platform/log.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks, outcome, request, usage } from './books.ts'

const log = createLog('silent')

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'journal-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Leaves a journal as a dead process leaves it: the folder is there, its lock is free. */
function died(directory: string, text: string) {
  const path = join(directory, newId())
  mkdirSync(path)
  writeFileSync(join(path, '00000001.log'), text)
}

const start = (accountId: string) => ({ kind: 'start' as const, row: requestRow(request(accountId)) })

test('what everyone knows to be committed is no longer kept', async () => {
  const [directory, instanceId] = [folder(), newId()]
  const journal = openJournal({ directory, instanceId, log, segmentBytes: 1_000 })
  const lines = Array.from({ length: 20 }, () => start(newId()))
  for (const line of lines) await journal.append(line)
  const files = () => readdirSync(join(directory, instanceId))
  expect(files().length).toBeGreaterThan(5)
  // The first is needed: everything after it stays, too.
  journal.settled(lines.slice(1).map(({ row }) => row.request_id))
  const kept = files()
  journal.settled([lines[0]!.row.request_id])
  await vi.waitFor(() => expect(files()).toHaveLength(1))
  expect(kept.length).toBeGreaterThan(5)
  await journal.close()
  expect(readdirSync(directory)).toEqual([])
})

test('an end that cannot be settled is carried along instead of keeping every file', async () => {
  const [directory, instanceId] = [folder(), newId()]
  const journal = openJournal({ directory, instanceId, log, segmentBytes: 1_000 })
  const stuck = chargeOf(start(newId()).row, outcome(60, 40))
  await journal.append({ kind: 'usage', row: stuck })
  for (let i = 0; i < 10; i++) {
    const line = start(newId())
    await journal.append(line)
    journal.settled([line.row.request_id])
  }
  const files = () => readdirSync(join(directory, instanceId))
  expect(files().length).toBeGreaterThan(3)
  await journal.carry(stuck)
  await vi.waitFor(() => expect(files()).toHaveLength(1))
  expect(readFileSync(join(directory, instanceId, files()[0]!), 'utf8')).toContain(stuck.request_id)
  await journal.close()
  expect(files()).toHaveLength(1)
})

test('T38: two processes never share a journal', async () => {
  const [directory, instanceId] = [folder(), newId()]
  const journal = openJournal({ directory, instanceId, log })
  expect(() => openJournal({ directory, instanceId, log })).toThrow(/in use/)
  await journal.close()
})

describe.each(databases)('recovery on $name', ({ missing, open }) => {
  let books: Books
  beforeAll(async () => {
    if (!missing) books = createBooks(await open())
  })
  const promise = (name: string, run: () => Promise<void>) =>
    test.skipIf(missing)(missing ? `${name} (skipped: ${missing})` : name, async () => {
      await run()
      await expectBooksInOrder(books.sql)
    })

  promise('the next start charges what had ended, and what was running at its last checkpoint', async () => {
    const directory = folder()
    const accountId = await books.account({ wallet: 10_000n })
    const [ended, running, silent] = [start(accountId), start(accountId), start(accountId)]
    const lines = [
      ended,
      running,
      silent,
      { kind: 'progress' as const, requestId: running.row.request_id, usage: usage(60, 7) },
      { kind: 'progress' as const, requestId: running.row.request_id, usage: usage(60, 12) },
      { kind: 'usage' as const, row: chargeOf(ended.row, outcome(60, 33)) },
    ]
    died(directory, lines.map(encodeLine).join(''))
    const ledger = await books.open({ dataDir: directory })
    expect(await books.wallet(accountId)).toBe(10_000n - 93n - 72n)
    expect(await ledger.receiptOf(ended.row.request_id)).toMatchObject({
      settledBy: 'journal',
      source: 'upstream',
    })
    expect(await ledger.receiptOf(running.row.request_id)).toMatchObject({
      source: 'checkpoint',
      completionTokens: 12n,
    })
    expect(await ledger.receiptOf(silent.row.request_id)).toMatchObject({
      cost: 0n,
      notCharged: 'lost_before_output',
    })
    expect(readdirSync(directory).filter(isId)).toHaveLength(1)
  })

  promise('T38: a torn last line is no fault, a damaged line costs only itself and is reported', async () => {
    const directory = folder()
    const accountId = await books.account({ wallet: 10_000n })
    const rows = Array.from({ length: 5 }, () => chargeOf(start(accountId).row, outcome(60, 40)))
    const lines = rows.map((row) => encodeLine({ kind: 'usage', row }))
    lines[1] = lines[1]!.replace('"completion_tokens":40', '"completion_tokens":41')
    lines[3] = `\u0000\u0000${lines[3]!.slice(20)}`
    died(directory, lines.join('') + encodeLine(start(accountId)).slice(0, 60))
    const ledger = await books.open({ dataDir: directory })
    expect(await books.wallet(accountId)).toBe(10_000n - 300n)
    expect(ledger.stats()).toMatchObject({ damagedJournalLines: 2, swept: 0 })
  })

  promise('a journal that was replayed by half is replayed again without charging twice', async () => {
    const accountId = await books.account({ wallet: 10_000n })
    const rows = Array.from({ length: 4 }, () => chargeOf(start(accountId).row, outcome(60, 40)))
    const text = rows.map((row) => encodeLine({ kind: 'usage', row })).join('')
    for (const part of [text.slice(0, text.length / 2), text, text]) {
      const directory = folder()
      died(directory, part)
      await books.open({ dataDir: directory })
    }
    expect(await books.wallet(accountId)).toBe(10_000n - 400n)
  })

  promise('the journal of a process that lives is left alone', async () => {
    const directory = folder()
    const accountId = await books.account({ wallet: 1_000_000n })
    const living = await books.open({ dataDir: directory })
    const running = await living.admit(request(accountId))
    await running.durable
    const other = await books.open({ dataDir: directory })
    expect(other.stats().swept).toBe(0)
    await running.settle(outcome(60, 40))
    await vi.waitFor(async () => expect(await books.wallet(accountId)).toBe(1_000_000n - 100n))
  })

  promise(
    'a full disk stops admission with a 503, what runs is still charged, and space ends it',
    async () => {
      const [directory, instanceId] = [folder(), newId()]
      const accountId = await books.account({ wallet: 1_000_000n })
      const ledger = await books.open({ dataDir: directory, instanceId })
      // Writes to /dev/full fail like those to a full disk.
      symlinkSync('/dev/full', join(directory, instanceId, '00000001.log'))
      const running = await ledger.admit(request(accountId))
      await vi.waitFor(() => expect(ledger.stats().journalUsable).toBe(false))
      await expect(ledger.admit(request(accountId))).rejects.toMatchObject({
        status: 503,
        code: 'service_unavailable',
        detail: { retryAfter: expect.any(Number) },
      })
      await running.settle(outcome(60, 40))
      expect(await books.wallet(accountId)).toBe(1_000_000n - 100n)
      await vi.waitFor(() => expect(ledger.stats().journalUsable).toBe(true), 5_000)
      const next = await ledger.admit(request(accountId))
      await next.settle(outcome(60, 40))
    },
  )
})
