import type { Account } from './accounts.ts'
import type { RunningCharge, Settled, TokenUsage } from './billing.ts'
import type { HoldWriter } from './hold-writer.ts'
import type { Journal } from './journal.ts'
import type { Lease } from './lease.ts'
import type { Demand, Split } from './pools.ts'
import { isFree } from './price.ts'
import { chargeOf, type ChargeRow, priceOf, type RequestRow } from './settlement.ts'
import type { Settler } from './settler.ts'

/** A line of progress is due after so many LLM tokens of the answer, or so long: what a crash may forget. */
const PROGRESS_TOKENS = 64
const PROGRESS_MS = 1_000

export interface Parts {
  holds: HoldWriter
  settler: Settler
  /** Undefined: nothing is journaled, and every settlement waits for its commit. */
  journal: Journal | undefined
  lease: Lease
  running: Running
}

/** Requests of this process from their admission to their commit. */
export interface Running {
  readonly size: number
  has(requestId: string): boolean
  add(requestId: string, charge: Checkpointed): void
  remove(requestId: string): void
  /** Settlements under way, until their commit. */
  readonly settling: Set<Promise<void>>
  /** Checkpoints that changed since they were last taken. */
  takeCheckpoints(): { requestId: string; usage: TokenUsage }[]
}

interface Checkpointed {
  takeCheckpoint(): TokenUsage | undefined
}

interface Start {
  row: RequestRow
  account: Account
  split: Split
  durable: Promise<void>
}

/** From admission to commit: keeps the request's promise in memory, in the journal and in the database. */
export function startCharge(parts: Parts, { row, account, split, durable }: Start): RunningCharge {
  const { journal, lease, running } = parts
  const requestId = row.request_id
  const fenced = lease.signal
  let latest: TokenUsage | undefined
  let taken: TokenUsage | undefined
  let written = { tokens: -PROGRESS_TOKENS, at: 0 }
  let settled: Promise<Settled> | undefined

  account.promise(split)
  running.add(requestId, {
    takeCheckpoint() {
      if (latest === taken) return undefined
      taken = latest
      return latest
    },
  })
  // Whoever waits for it hears of it; nobody has to.
  durable.catch(() => {})

  return {
    requestId,
    durable,
    settleable: () => (journal?.usable ? Promise.race([durable, Promise.resolve()]) : durable),
    fenced,
    checkpoint(usage) {
      if (settled) return
      latest = { ...usage }
      const now = performance.now()
      if (usage.completionTokens - written.tokens < PROGRESS_TOKENS && now - written.at < PROGRESS_MS) return
      written = { tokens: usage.completionTokens, at: now }
      // If it cannot be written, the line before it stands.
      journal?.append({ kind: 'progress', requestId, usage: latest }).catch(() => {})
    },
    // A usage that is none is refused before it counts as the end: the caller may come with a better one.
    settle: async (outcome) =>
      (settled ??= settle(parts, { row, account, split, charge: chargeOf(row, outcome) })),
  }
}

async function settle(
  { holds, settler, journal, running }: Parts,
  { row, account, split, charge }: Omit<Start, 'durable'> & { charge: ChargeRow },
): Promise<Settled> {
  const requestId = row.request_id
  // From now on memory counts what it cost instead of what was expected, until the database has it.
  account.release(split)
  const owed = account.split(
    demandOf(row, BigInt(charge.cost_nano), charge.prompt_tokens + charge.completion_tokens),
  )
  account.promise(owed)

  const journaled = journal
    ? journal.append({ kind: 'usage', row: charge })
    : Promise.reject(new Error('no journal'))
  const committed = (async () => {
    // The line first: after a crash the journal must not know less than the database.
    await journaled.catch(() => {})
    await holds.forget(requestId)
    await settler.offer(charge)
    account.release(owed)
    running.remove(requestId)
  })()
  running.settling.add(committed)
  void committed.finally(() => running.settling.delete(committed))
  await Promise.any([journaled, committed])
  return { requestId, cost: BigInt(charge.cost_nano) }
}

/** What a request takes, as the pools see it: a free model takes nothing, not even bonus tokens. */
export const demandOf = (row: RequestRow, cost: bigint, tokens: number): Demand => ({
  modelId: row.model_id,
  at: new Date(row.admitted_at),
  tokens: isFree(priceOf(row)) ? 0n : BigInt(tokens),
  cost,
})

export function createRunning(): Running {
  const charges = new Map<string, Checkpointed>()
  return {
    settling: new Set(),
    get size() {
      return charges.size
    },
    has: (requestId) => charges.has(requestId),
    add: (requestId, charge) => charges.set(requestId, charge),
    remove: (requestId) => charges.delete(requestId),
    takeCheckpoints: () =>
      [...charges].flatMap(([requestId, charge]) => {
        const usage = charge.takeCheckpoint()
        return usage ? [{ requestId, usage }] : []
      }),
  }
}
