import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '../../server/database.ts'
import { decodeLine } from '../../server/ledger/journal.lines.ts'
import { isId, newId } from '../../server/platform/ids.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { missingPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type Books, createBooks } from './books.ts'
import type { GatewaySettings } from './chaos.gateway.ts'

/** 1 takes seconds; `npm run test:chaos` sets more. The seed decides when is killed, the machine what that hits. */
const SCALE = Number(process.env.CHAOS_SCALE ?? 1)
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)
const STREAMS = Math.min(1_000, 150 * SCALE)
const KILLS = 2 * SCALE
const PROMPT = 50
const missing = missingPostgres()

interface Gateway {
  process: ChildProcess
  /** Reads what clients saw since. */
  listen(): void
  /** Resolves when so many answers more have ended. */
  after(ended: number): Promise<void>
  said(word: string): Promise<void>
}

describe.skipIf(missing)(`sudden death, seed ${SEED}${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer
  let database: Database
  let books: Books
  let journal: string
  let random = SEED
  const children: ChildProcess[] = []
  /** What clients saw: tokens delivered, and tokens of answers whose end they saw. */
  const delivered = new Map<string, number>()
  const ended = new Map<string, number>()

  beforeAll(async () => {
    journal = mkdtempSync(join(tmpdir(), 'journal-'))
    server = await startPostgres({ fsync: true })
    database = await openDatabase({ socketDir: server.socketDir, name: 'postgres' })
    books = createBooks(database)
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    await database.close()
    await server.stop()
    rmSync(journal, { recursive: true, force: true })
  })

  const next = (below: number) => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648
    return random % below
  }

  const pause = () => 100 + next(400)

  function startGateway(accounts: string[]): Gateway {
    const settings: GatewaySettings = {
      socketDir: server.socketDir,
      database: 'postgres',
      journal,
      accounts,
      streams: STREAMS,
      price: { versionId: newId(), input: '1499', cachedInput: null, output: '2501', discountPpm: '900000' },
    }
    const program = resolve('test/ledger/chaos.gateway.ts')
    const output = join(journal, `${newId()}.out`)
    const file = openSync(output, 'a')
    const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(settings)], {
      stdio: ['ignore', file, 'inherit'],
    })
    children.push(child)
    const words = new Set<string>()
    let seen = 0
    const listen = () => {
      const text = readFileSync(output, 'utf8')
      const complete = text.lastIndexOf('\n') + 1
      for (const line of text.slice(seen, complete).split('\n')) {
        const [word, id, tokens] = line.split(' ')
        words.add(word!)
        if (word === 'bytes') delivered.set(id!, Number(tokens))
        if (word === 'done') ended.set(id!, Number(tokens))
      }
      seen = complete
    }
    const wait = (condition: () => boolean) =>
      vi.waitFor(
        () => {
          listen()
          expect(condition()).toBe(true)
        },
        { timeout: 60_000, interval: 20 },
      )
    return {
      process: child,
      listen,
      after: async (count) => {
        const from = ended.size
        await wait(() => ended.size >= from + count)
      },
      said: (word) => wait(() => words.has(word)),
    }
  }

  async function kill({ process, listen }: Gateway) {
    process.kill('SIGKILL')
    await once(process, 'close')
    listen()
  }

  async function fundedAccounts() {
    const rich = Array.from({ length: 4 }, () => books.account({ wallet: 10n ** 12n }))
    const mixed = Array.from({ length: 2 }, () =>
      books.account({
        wallet: 10n ** 9n,
        bonus: [{ tokens: 20_000n }],
        quota: [{ amount: 10n ** 6n, validUntil: new Date('2100-01-01') }],
      }),
    )
    const poor = Array.from({ length: 2 }, () => books.account({ wallet: 50_000n }))
    return Promise.all([...rich, ...mixed, ...poor])
  }

  /** The last checkpoint of every request that had not ended, as the journals of the dead have it. */
  function checkpoints(): Map<string, number> {
    const open = new Map<string, number>()
    for (const folder of readdirSync(journal).filter(isId))
      for (const file of readdirSync(join(journal, folder)).sort())
        for (const text of readFileSync(join(journal, folder, file), 'utf8').split('\n')) {
          const line = decodeLine(text)
          if (line?.kind === 'start') open.set(line.row.request_id, -PROMPT)
          if (line?.kind === 'progress') open.set(line.requestId, line.usage.completionTokens)
          if (line?.kind === 'usage') open.delete(line.row.request_id)
        }
    return open
  }

  const costOf = (completion: number) =>
    completion < 0
      ? 0n
      : ((BigInt(PROMPT) * 1_499n + BigInt(completion) * 2_501n) * 900_000n + 500_000_000n) / 1_000_000_000n

  async function expectExactBooks(interrupted: Map<string, number>) {
    // The dead left nothing but holds nobody had journaled: no client got a byte of those.
    await books.open({ dataDir: journal, timing: { sweep: 0, lease: 60_000 } })
    expect(await database.sql.query('SELECT request_id FROM hold')).toEqual([])
    const rows = await database.sql.query<{
      request_id: string
      cost_nano: bigint
      completion_tokens: bigint
    }>('SELECT request_id, cost_nano, completion_tokens FROM charge')
    const charges = new Map(rows.map((row) => [row.request_id, row]))
    const wrong: unknown[] = []
    for (const [id, tokens] of ended)
      if (charges.get(id)?.cost_nano !== costOf(tokens)) wrong.push({ id, tokens, ...charges.get(id) })
    for (const [id, tokens] of interrupted)
      if (charges.get(id)?.cost_nano !== costOf(tokens))
        wrong.push({ id, checkpoint: tokens, ...charges.get(id) })
    for (const [id, { completion_tokens }] of charges)
      if (completion_tokens > (delivered.get(id) ?? 0))
        wrong.push({ id, delivered: delivered.get(id), completion_tokens })
    for (const id of delivered.keys()) if (!charges.has(id)) wrong.push({ id, unbilled: true })
    expect(wrong).toEqual([])
    expect(await database.sql.query('SELECT * FROM settlement_conflict')).toEqual([])
    await expectBooksInOrder(database.sql)
  }

  test(
    'T3, T5: whoever saw the end of an answer pays exactly for it, whoever saw a part at most for that, whatever is killed',
    async () => {
      const accounts = await fundedAccounts()
      const interrupted = new Map<string, number>()
      for (let round = 0; round < KILLS; round++) {
        const gateway = startGateway(accounts)
        await gateway.said('ready')
        await gateway.after(pause())
        await kill(gateway)
        for (const [id, tokens] of checkpoints()) interrupted.set(id, tokens)
      }
      const survivor = startGateway(accounts)
      await survivor.said('ready')
      for (let round = 0; round < KILLS; round++) {
        await survivor.after(pause())
        await server.kill()
        await server.start()
      }
      await survivor.after(pause())
      await server.kill()
      await kill(survivor)
      for (const [id, tokens] of checkpoints()) interrupted.set(id, tokens)
      await server.start()

      const last = startGateway(accounts)
      await last.said('ready')
      await last.after(pause())
      last.process.kill('SIGTERM')
      await last.said('stopped')
      // A graceful end leaves nothing to recover.
      expect(readdirSync(journal).filter(isId)).toEqual([])
      console.log(`chaos seed ${SEED}: ${ended.size} answers ended, ${interrupted.size} were interrupted`)
      expect(ended.size).toBeGreaterThan(500)
      expect(interrupted.size).toBeGreaterThan(10)
      await expectExactBooks(interrupted)
    },
    60_000 * (1 + SCALE),
  )
})
