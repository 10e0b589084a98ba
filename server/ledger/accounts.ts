import type { Nano } from '../platform/money.ts'
import type { AccountState } from './balances.ts'
import { type Available, availableIn, type Bucket, type Demand, drain, type Split } from './pools.ts'

const ACCOUNTS_MAX = 10_000

/** An account in memory: what the database said last, less what this process promised since. */
export class Account {
  /** Running requests and settlements under way. */
  promised = 0
  usedAt = performance.now()
  /** When the database last refused a request for this model; forgotten as soon as anything changes. */
  refused: { modelId: string; at: number } | undefined
  /** Estimates let through while the database was away, and what there was to begin with. */
  blind: { bonusTokens: bigint; money: Nano; of: Available } | undefined
  private readonly heldByBucket = new Map<bigint, bigint>()
  private heldWallet = 0n
  private pace = {
    since: performance.now(),
    current: { tokens: 0n, cost: 0n },
    previous: { tokens: 0n, cost: 0n },
  }

  constructor(private state: AccountState) {}

  /** A state that is older than the known one changes nothing. */
  apply(state: AccountState) {
    this.blind = undefined
    if (state.version < this.state.version) return
    this.state = state
    this.refused = undefined
  }

  /** Less all holds; a pool may be below zero when requests cost more than was expected. */
  available(demand: Pick<Demand, 'modelId' | 'at'>): Available {
    return availableIn(
      this.buckets(),
      this.state.wallet - this.state.heldElsewhere.wallet - this.heldWallet,
      demand,
    )
  }

  /** With what running requests hold of it, and may give back. */
  owned(demand: Pick<Demand, 'modelId' | 'at'>): Available {
    return availableIn(this.state.buckets, this.state.wallet, demand)
  }

  split(demand: Demand): Split {
    return drain(this.buckets(), demand)
  }

  promise(split: Split) {
    this.promised += 1
    this.change(split, 1n)
  }

  release(split: Split) {
    this.promised -= 1
    this.change(split, -1n)
  }

  /** Estimates admitted here in this and the last interval of `ms`. */
  spending(ms: number): { tokens: bigint; cost: Nano } {
    this.turnPace(ms)
    const { current, previous } = this.pace
    return { tokens: current.tokens + previous.tokens, cost: current.cost + previous.cost }
  }

  noteSpending({ tokens, cost }: Demand) {
    this.pace.current.tokens += tokens
    this.pace.current.cost += cost
  }

  private turnPace(ms: number) {
    const age = performance.now() - this.pace.since
    if (age < ms) return
    const none = { tokens: 0n, cost: 0n }
    this.pace = {
      since: performance.now(),
      current: none,
      previous: age < 2 * ms ? this.pace.current : { ...none },
    }
  }

  private change({ wallet, legs }: Split, sign: bigint) {
    this.refused = undefined
    this.heldWallet += sign * wallet
    for (const { bucketId, amount } of legs) {
      const held = (this.heldByBucket.get(bucketId) ?? 0n) + sign * amount
      if (held === 0n) this.heldByBucket.delete(bucketId)
      else this.heldByBucket.set(bucketId, held)
    }
  }

  private buckets(): Bucket[] {
    const { buckets, heldElsewhere } = this.state
    return buckets.map((bucket) => {
      const held = (this.heldByBucket.get(bucket.id) ?? 0n) + (heldElsewhere.byBucket.get(bucket.id) ?? 0n)
      return held === 0n ? bucket : { ...bucket, remaining: bucket.remaining - held }
    })
  }
}

export interface Accounts {
  readonly size: number
  /** An account that is not known yet has nothing: the database is asked about it. */
  find(accountId: string): Account
  apply(state: AccountState): void
  /** Those used in the last `ms`: they are worth refreshing. */
  recent(ms: number): string[]
}

/** The most recently used accounts; one with promises is never forgotten. */
export function createAccounts(): Accounts {
  const accounts = new Map<string, Account>()

  function evict() {
    for (const [accountId, { promised }] of accounts) {
      if (accounts.size <= ACCOUNTS_MAX) return
      if (promised === 0) accounts.delete(accountId)
    }
  }

  return {
    get size() {
      return accounts.size
    },
    find(accountId) {
      const account = accounts.get(accountId) ?? new Account(unknown(accountId))
      account.usedAt = performance.now()
      accounts.delete(accountId)
      accounts.set(accountId, account)
      evict()
      return account
    },
    apply: (state) => accounts.get(state.accountId)?.apply(state),
    recent(ms) {
      const since = performance.now() - ms
      return [...accounts]
        .filter(([, { usedAt, promised }]) => usedAt >= since || promised > 0)
        .map(([id]) => id)
    },
  }
}

const unknown = (accountId: string): AccountState => ({
  accountId,
  wallet: 0n,
  version: -1n,
  buckets: [],
  heldElsewhere: { wallet: 0n, byBucket: new Map() },
})
