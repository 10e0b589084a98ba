import { writeSync } from 'node:fs'
import { Pool } from 'pg'
import { setTimeout as delay } from 'node:timers/promises'
import type { FrozenPrice } from '../../server/ledger/billing.ts'
import { createLedger } from '../../server/ledger/ledger.ts'
import { newId } from '../../server/platform/ids.ts'
import { createLog } from '../../server/platform/log.ts'
import { createSql } from '../../server/platform/sql.ts'

/**
 * A gateway without HTTP, to be killed: it streams answers to imaginary clients and says on stdout what they
 * saw, which is a file: what was said survives the process.
 */
export interface GatewaySettings {
  socketDir: string
  database: string
  journal: string
  accounts: string[]
  streams: number
  price: Record<keyof FrozenPrice, string | null>
}

const settings = JSON.parse(process.argv[2]!) as GatewaySettings
const PROMPT = 50
const CHUNK = 8
const CHUNKS_MAX = 25

const price: FrozenPrice = {
  versionId: settings.price.versionId!,
  input: BigInt(settings.price.input!),
  cachedInput: null,
  output: BigInt(settings.price.output!),
  discountPpm: BigInt(settings.price.discountPpm!),
}
const pool = new Pool({ host: settings.socketDir, user: 'postgres', database: settings.database, max: 5 })
pool.on('error', () => {})
const ledger = createLedger({
  sql: createSql(pool),
  log: createLog('silent'),
  now: () => new Date(),
  instanceId: newId(),
  dataDir: settings.journal,
  listener: { record: async () => {}, committed: () => {} },
  onBalanceChanged: () => {},
})
let stopping = false

// Not process.stdout: it may keep lines back, and those would die with the process.
const say = (line: string) => writeSync(1, `${line}\n`)

async function stream(number: number) {
  for (let round = 0; !stopping; round++) {
    const requestId = newId()
    const accountId = settings.accounts[(number * 31 + round * 17) % settings.accounts.length]!
    const total = CHUNK * (1 + ((number * 7 + round * 13) % CHUNKS_MAX))
    const charge = await ledger
      .admit({
        requestId,
        accountId,
        modelId: 'qwen3-max',
        price,
        promptTokens: PROMPT,
        outputTokens: 1_000,
        admittedAt: new Date(),
        detail: {},
      })
      .catch(() => undefined)
    if (!charge) await delay(20)
    else if (
      await charge.durable.then(
        () => true,
        () => false,
      )
    ) {
      for (let sent = CHUNK; sent <= total; sent += CHUNK) {
        say(`bytes ${requestId} ${sent}`)
        charge.checkpoint(usage(PROMPT, sent))
        await delay(1 + (sent % 5))
      }
      await charge.settle({ usage: usage(PROMPT, total), source: 'upstream', detail: {} })
      say(`done ${requestId} ${total}`)
    } else
      await charge.settle({
        usage: usage(0, 0),
        source: 'counted',
        notChargedBecause: 'failed_before_output',
        detail: {},
      })
  }
}

const usage = (promptTokens: number, completionTokens: number) => ({
  promptTokens,
  cachedTokens: null,
  completionTokens,
  reasoningTokens: null,
})

process.once('SIGTERM', () => (stopping = true))
await ledger.start()
say('ready')
await Promise.all(Array.from({ length: settings.streams }, (_, number) => stream(number)))
await ledger.stop()
await pool.end()
say('stopped')
