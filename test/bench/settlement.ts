import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../server/database.ts'
import { insertUser } from '../../server/identity/accounts.ts'
import { adjust, openAccount } from '../../server/ledger/grants.ts'
import { createLedger } from '../../server/ledger/ledger.ts'
import { selfCheck } from '../../server/ledger/self-check.ts'
import { newId } from '../../server/platform/ids.ts'
import { createLog } from '../../server/platform/log.ts'
import { missingPostgres, startPostgres } from '../support/postgres.ts'

/**
 * How fast one heavy account is settled on a real PostgreSQL with fsync on: `tsx test/bench/settlement.ts`.
 * Whole requests, from admission to commit, with the journal; admission, hold and settlement as the relay
 * would ask for them, without the model in between.
 */
const REQUESTS = Number(process.argv[2] ?? 40_000)
const RUNNING = Number(process.argv[3] ?? 1_000)

const missing = missingPostgres()
if (missing) throw new Error(missing)
const server = await startPostgres({ fsync: true })
const database = await openDatabase({ socketDir: server.socketDir, name: 'postgres' })
const journal = mkdtempSync(join(tmpdir(), 'journal-'))
const now = new Date()
const accountId = await insertUser(database.sql, { email: 'bench@example.com', passwordHash: null, now })
await database.sql.transaction(async (tx) => {
  await openAccount(tx, accountId)
  const source = { sourceType: 'bench', sourceId: accountId, note: null }
  await adjust(tx, { ...source, accountId, bucketId: null, amount: 10n ** 15n, kind: 'adjustment' })
})
const ledger = createLedger({
  sql: database.sql,
  log: createLog('warn'),
  now: () => new Date(),
  instanceId: newId(),
  dataDir: journal,
  listener: { record: async () => {}, committed: () => {} },
  onBalanceChanged: () => {},
})
await ledger.start()

const price = { versionId: newId(), input: 2_400n, cachedInput: 600n, output: 9_600n, discountPpm: 800_000n }
const usage = { promptTokens: 800, cachedTokens: 200, completionTokens: 300, reasoningTokens: null }
const latencies = { admitted: [] as number[], durable: [] as number[], settled: [] as number[] }
let left = REQUESTS

async function client() {
  while (left-- > 0) {
    const begun = performance.now()
    const charge = await ledger.admit({
      requestId: newId(),
      accountId,
      modelId: 'qwen3-max',
      price,
      promptTokens: 800,
      outputTokens: 1_000,
      admittedAt: new Date(),
      detail: { apiTokenId: accountId, streamed: true },
    })
    const admitted = performance.now()
    await charge.durable
    const durable = performance.now()
    charge.checkpoint(usage)
    await charge.settle({ usage, source: 'upstream', detail: { status: 'succeeded' } })
    latencies.admitted.push(admitted - begun)
    latencies.durable.push(durable - admitted)
    latencies.settled.push(performance.now() - durable)
  }
}

async function measure(running: number, requests: number): Promise<string> {
  for (const list of Object.values(latencies)) list.length = 0
  left = requests
  const begun = performance.now()
  await Promise.all(Array.from({ length: running }, client))
  while (ledger.stats().running > 0) await new Promise((resolve) => setTimeout(resolve, 1))
  const seconds = (performance.now() - begun) / 1_000
  const parts = Object.entries(latencies).map(
    ([name, list]) => `${name} ${percentile(list, 50)}/${percentile(list, 99)} ms`,
  )
  return `${Math.round(requests / seconds)} requests/s with ${running} at a time; p50/p99: ${parts.join(', ')}`
}

function percentile(list: number[], percent: number): string {
  const sorted = list.toSorted((a, b) => a - b)
  return sorted[Math.floor(((sorted.length - 1) * percent) / 100)]!.toFixed(1)
}

await measure(50, 2_000)
console.log(`calm:  ${await measure(20, 2_000)}`)
console.log(`heavy: ${await measure(RUNNING, REQUESTS)}`)
await ledger.stop()
const faults = (await selfCheck(database.sql)).filter(({ rows }) => rows.length > 0)
console.log(faults.length === 0 ? 'the books are in order' : faults)
await database.close()
await server.stop()
rmSync(journal, { recursive: true, force: true })
