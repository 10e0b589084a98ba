import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../server/database.ts'
import { isId, newId } from '../../server/platform/ids.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { createBooks, outcome, request, usage } from './books.ts'

const postgres = inject('postgres')
const missing = 'missing' in postgres ? postgres.missing : undefined

test.skipIf(missing)(
  `T41: a database restored from a backup takes from the journals what it lacks, and nothing twice${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const { socketDir } = postgres as { socketDir: string }
    const [name, backup] = [`now_${Date.now()}`, `backup_${Date.now()}`]
    await createPostgresDatabase(socketDir, name)
    const before = await openDatabase({ socketDir, name })
    const accountId = await createBooks(before).account({ wallet: 10_000n, bonus: [{ tokens: 150n }] })
    await before.close()
    const client = new Client({ host: socketDir, user: 'postgres', database: 'postgres' })
    await client.connect()
    await client.query(`CREATE DATABASE ${backup} TEMPLATE ${name}`)
    await client.end()

    // After the backup: one request ends, one is under way when the machine's disk is copied.
    const live = await openDatabase({ socketDir, name })
    onTestFinished(() => live.close())
    const [directory, copy, again] = ['journal', 'copy', 'again'].map((part) =>
      mkdtempSync(join(tmpdir(), `${part}-`)),
    ) as [string, string, string]
    onTestFinished(() => [directory, copy, again].forEach((path) => rmSync(path, { recursive: true })))
    const books = createBooks(live)
    const gateway = await books.open({ dataDir: directory })
    const [ended, running] = await Promise.all([
      gateway.admit(request(accountId)),
      gateway.admit(request(accountId)),
    ])
    await Promise.all([ended.durable, running.durable])
    running.checkpoint(usage(60, 12))
    const settled = ended.settle(outcome(60, 40))
    await settled
    await vi.waitFor(() => expect(readdirSync(directory).filter(isId)).toHaveLength(1))
    for (const to of [copy, again])
      for (const folder of readdirSync(directory).filter(isId))
        cpSync(join(directory, folder), join(to, newId()), { recursive: true })

    const restored = await openDatabase({ socketDir, name: backup })
    onTestFinished(() => restored.close())
    const there = createBooks(restored)
    for (const dataDir of [copy, again]) {
      const ledger = await there.open({ dataDir })
      expect(await ledger.receiptOf(ended.requestId)).toMatchObject({ cost: 100n, settledBy: 'journal' })
      expect(await ledger.receiptOf(running.requestId)).toMatchObject({ cost: 72n, source: 'checkpoint' })
      // 150 tokens are the gift's, what is above is the wallet's.
      expect(await there.wallet(accountId)).toBe(10_000n - 22n)
    }
    expect(await restored.sql.query('SELECT 1 FROM settlement_conflict')).toEqual([])
    await expectBooksInOrder(restored.sql)
    await running.settle(outcome(60, 40))
  },
)
