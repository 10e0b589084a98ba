import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { databases } from '../support/databases.ts'
import { expectBooksInOrder } from '../support/invariants.ts'
import { type Books, createBooks } from './books.ts'

/**
 * During a rolling upgrade the processes of two versions settle in one database, and a new process adopts what an old one
 * left. What the first release wrote is written down here, word for word: never change it.
 */
const terms = (request: string, account: string) => ({
  request_id: request,
  account_id: account,
  model_id: 'qwen3-max',
  price_version_id: '019a8000-0000-7000-8000-000000000001',
  input_price: '1000',
  cached_input_price: null,
  output_price: '1000',
  discount_ppm: '1000000',
  admitted_at: '2026-11-24T08:00:00.000Z',
})
const ended = (request: string, account: string) => ({
  ...terms(request, account),
  prompt_tokens: 60,
  cached_tokens: null,
  completion_tokens: 40,
  reasoning_tokens: null,
  cost_nano: '100',
  usage_source: 'upstream',
  not_charged: null,
})
/** What a later release may add: fields that this one does not know. */
const LATER = { audio_tokens: 7, schema: 2 }

const journalLine = (content: object) => {
  const json = JSON.stringify(content)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

describe.each(databases)('versions side by side on $name', ({ missing, open }) => {
  let books: Books
  beforeAll(async () => {
    if (!missing) books = createBooks(await open())
  })
  const promise = (name: string, run: () => Promise<void>) =>
    test.skipIf(missing)(missing ? `${name} (skipped: ${missing})` : name, async () => {
      await run()
      await expectBooksInOrder(books.sql)
    })

  promise(
    'T40: what the first release settles, and what a later one adds to it, is charged once',
    async () => {
      const accountId = await books.account({ wallet: 10_000n })
      const [first, second] = [newId(), newId()]
      const settle = async (rows: object[]) =>
        (
          await books.sql.query('SELECT request_id FROM settle_batch($1, $2)', [
            JSON.stringify(rows),
            'owner',
          ])
        ).length
      expect(await settle([ended(first, accountId)])).toBe(1)
      expect(
        await settle([
          { ...ended(first, accountId), ...LATER },
          { ...ended(second, accountId), ...LATER },
        ]),
      ).toBe(1)
      expect(await settle([ended(second, accountId)])).toBe(0)
      expect(await books.wallet(accountId)).toBe(10_000n - 200n)
      expect(
        await books.sql.query('SELECT 1 FROM settlement_conflict WHERE account_id = $1', [accountId]),
      ).toEqual([])
    },
  )

  promise('T40: a hold of the first release counts against what this one admits', async () => {
    const accountId = await books.account({ wallet: 100n })
    const asked = (more: object = {}) => ({
      ...terms(newId(), accountId),
      est_tokens: '100',
      est_cost: '100',
      detail: {},
      ...more,
    })
    const place = async (row: object) =>
      (
        await books.sql.query<{ admitted: boolean }>('SELECT * FROM place_holds($1, $2)', [
          JSON.stringify([row]),
          newId(),
        ])
      )[0]!.admitted
    expect(await place(asked())).toBe(true)
    expect(await place(asked(LATER))).toBe(false)
    await books.sql.query('DELETE FROM hold WHERE account_id = $1', [accountId])
  })

  promise('T40: a journal of the first release, or of a later one, is settled by this one', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'journal-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const accountId = await books.account({ wallet: 10_000n })
    const [done, running] = [newId(), newId()]
    const lines = [
      { kind: 'start', row: { ...terms(done, accountId), detail: {} } },
      { kind: 'start', row: { ...terms(running, accountId), detail: {}, ...LATER } },
      {
        kind: 'progress',
        requestId: running,
        usage: {
          promptTokens: 60,
          cachedTokens: null,
          completionTokens: 12,
          reasoningTokens: null,
          ...LATER,
        },
      },
      { kind: 'usage', row: { ...ended(done, accountId), detail: {} } },
    ]
    const folder = join(directory, newId())
    mkdirSync(folder)
    writeFileSync(join(folder, '00000001.log'), lines.map(journalLine).join(''))
    const ledger = await books.open({ dataDir: directory })
    expect(ledger.stats()).toMatchObject({ damagedJournalLines: 0, swept: 1 })
    expect(await books.wallet(accountId)).toBe(10_000n - 100n - 72n)
  })
})
