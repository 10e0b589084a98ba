import { onTestFinished } from 'vitest'
import type { Database } from '../../server/database.ts'
import { insertUser } from '../../server/identity/accounts.ts'
import type {
  FrozenPrice,
  HoldRequest,
  Outcome,
  SettledCharge,
  TokenUsage,
} from '../../server/ledger/billing.ts'
import { createLedger, type Ledger, type LedgerOptions } from '../../server/ledger/ledger.ts'
import { newId } from '../../server/platform/ids.ts'
import { createLog } from '../../server/platform/log.ts'
import type { Sql } from '../../server/platform/sql.ts'

export const NOW = new Date('2026-11-24T08:00:00Z')

/** One nano-CNY for each LLM token, whatever its kind: costs can be read off. */
export const ONE_NANO: FrozenPrice = {
  versionId: newId(),
  input: 1_000n,
  cachedInput: null,
  output: 1_000n,
  discountPpm: 1_000_000n,
}

export const FREE: FrozenPrice = { ...ONE_NANO, input: 0n, output: 0n }

export interface Funds {
  wallet?: bigint
  bonus?: { tokens: bigint; models?: string[]; expiresAt?: Date | null }[]
  quota?: { amount: bigint; validFrom?: Date; validUntil?: Date }[]
}

export interface Books {
  sql: Database['sql']
  /** What the listener was handed in transactions that committed. */
  recorded: SettledCharge[]
  /** A started ledger, stopped when the test ends. */
  open(options?: Partial<LedgerOptions>): Promise<Ledger>
  account(funds?: Funds): Promise<string>
  wallet(accountId: string): Promise<bigint>
}

/** Real books over a real database; each test opens its own accounts. */
export function createBooks({ sql }: Pick<Database, 'sql'>): Books {
  const recorded: SettledCharge[] = []
  return {
    sql,
    recorded,
    async open(options) {
      const ledger = createLedger({
        sql,
        log: createLog('silent'),
        now: () => NOW,
        instanceId: newId(),
        dataDir: undefined,
        listener: { record: async () => {}, committed: (charges) => recorded.push(...charges) },
        onBalanceChanged: () => {},
        ...options,
      })
      await ledger.start()
      onTestFinished(() => ledger.stop())
      return ledger
    },
    async account(funds = {}) {
      const id = await insertUser(sql, { email: `${newId()}@example.com`, passwordHash: null, now: NOW })
      await fund(sql, id, funds)
      return id
    },
    async wallet(accountId) {
      const [row] = await sql.query<{ wallet_nano: bigint }>(
        'SELECT wallet_nano FROM account WHERE id = $1',
        [accountId],
      )
      return row!.wallet_nano
    },
  }
}

async function fund(sql: Database['sql'], accountId: string, { wallet = 0n, bonus = [], quota = [] }: Funds) {
  const { adjust, grantBonus, grantQuota, openAccount } = await import('../../server/ledger/grants.ts')
  const source = () => ({ accountId, sourceType: 'test', sourceId: newId(), note: null })
  await sql.transaction(async (tx: Sql) => {
    await openAccount(tx, accountId)
    if (wallet !== 0n) await adjust(tx, { ...source(), bucketId: null, amount: wallet, kind: 'adjustment' })
    for (const { tokens, models = [], expiresAt = null } of bonus)
      await grantBonus(tx, { ...source(), tokens, models, expiresAt }, new Date(NOW.getTime() - 86_400_000))
    for (const { amount, validFrom = new Date('2026-11-01'), validUntil = new Date('2026-12-01') } of quota)
      await grantQuota(tx, { ...source(), amount, validFrom, validUntil })
  })
}

export const request = (accountId: string, options: Partial<HoldRequest> = {}): HoldRequest => ({
  requestId: newId(),
  accountId,
  modelId: 'qwen3-max',
  price: ONE_NANO,
  promptTokens: 60,
  outputTokens: 40,
  admittedAt: NOW,
  detail: {},
  ...options,
})

export const usage = (promptTokens: number, completionTokens: number): TokenUsage => ({
  promptTokens,
  cachedTokens: null,
  completionTokens,
  reasoningTokens: null,
})

export const outcome = (promptTokens: number, completionTokens: number): Outcome => ({
  usage: usage(promptTokens, completionTokens),
  source: 'upstream',
  detail: {},
})
