import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../server/database.ts'
import { newId } from '../../server/platform/ids.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { missingPostgres, startPostgres } from '../support/postgres.ts'
import { createBooks } from './books.ts'
import type { GatewaySettings } from './chaos.gateway.ts'

const ENDED = 200
const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')
const missing = missingPostgres() ?? (library ? undefined : 'faketime is not installed')

test.skipIf(missing)(
  `T12: two processes whose clocks are two hours apart sweep nothing of each other and charge everything once${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    const server = await startPostgres({ fsync: false })
    const folder = mkdtempSync(join(tmpdir(), 'skew-'))
    const database = await openDatabase({ socketDir: server.socketDir, name: 'postgres' })
    onTestFinished(async () => {
      await database.close()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    const books = createBooks(database)
    const accounts = await Promise.all([1, 2, 3].map(() => books.account({ wallet: 1_000_000_000n })))

    const gateways = ['+1h', '-1h'].map((offset) => {
      const settings: GatewaySettings = {
        socketDir: server.socketDir,
        database: 'postgres',
        journal: join(folder, offset),
        accounts,
        streams: 20,
        price: {
          versionId: newId(),
          input: '1000',
          cachedInput: null,
          output: '1000',
          discountPpm: '1000000',
        },
      }
      const output = join(folder, `${offset}.out`)
      const program = ['--import', 'tsx', resolve('test/ledger/chaos.gateway.ts'), JSON.stringify(settings)]
      const child = spawn(process.execPath, program, {
        stdio: ['ignore', openSync(output, 'a'), 'inherit'],
        env: { ...process.env, LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' },
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      return { child, ended: () => endedIn(readFileSync(output, 'utf8')) }
    })
    await vi.waitFor(() => gateways.forEach(({ ended }) => expect(ended().size).toBeGreaterThan(ENDED)), {
      timeout: 30_000,
      interval: 50,
    })
    for (const { child } of gateways) {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    }

    const charges = await database.sql.query<{ request_id: string; cost_nano: bigint; settled_by: string }>(
      'SELECT request_id, cost_nano, settled_by FROM charge',
    )
    const expected = new Map(gateways.flatMap(({ ended }) => [...ended()]))
    expect(new Map(charges.map(({ request_id, cost_nano }) => [request_id, cost_nano]))).toEqual(expected)
    expect(charges.filter(({ settled_by }) => settled_by === 'sweeper')).toEqual([])
    expect(await database.sql.query('SELECT 1 FROM hold')).toEqual([])
    await expectBooksInOrder(database.sql)
  },
  60_000,
)

/** What clients saw the end of, and its cost: fifty tokens of prompt and what was delivered, a nano each. */
const endedIn = (output: string) =>
  new Map([...output.matchAll(/^done (\S+) (\d+)$/gm)].map(([, id, tokens]) => [id!, 50n + BigInt(tokens!)]))
