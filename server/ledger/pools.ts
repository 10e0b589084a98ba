import type { Nano } from '../platform/money.ts'

/** A grant of bonus LLM tokens (`remaining` in tokens) or a period's quota (in nano-CNY). */
export interface Bucket {
  id: bigint
  kind: 'bonus' | 'quota'
  remaining: bigint
  /** Models it may pay for; empty means all. */
  models: string[]
  validFrom: Date
  /** Exclusive; null: for ever. */
  validUntil: Date | null
}

/** What a request takes, or is expected to take, from each pool. */
export interface Split {
  bonusTokens: bigint
  quota: Nano
  wallet: Nano
  /** Which buckets the first two come from. */
  legs: { bucketId: bigint; amount: bigint }[]
}

export interface Demand {
  modelId: string
  /** The moment of admission: it decides which buckets may pay, however late the request ends. */
  at: Date
  /** LLM tokens of prompt and answer. */
  tokens: bigint
  cost: Nano
}

export interface Available {
  bonusTokens: bigint
  quota: Nano
  wallet: Nano
}

export const NO_SPLIT: Split = { bonusTokens: 0n, quota: 0n, wallet: 0n, legs: [] }

export const mayPay = (bucket: Bucket, { modelId, at }: Pick<Demand, 'modelId' | 'at'>) =>
  bucket.validFrom <= at &&
  (bucket.validUntil === null || at < bucket.validUntil) &&
  (bucket.models.length === 0 || bucket.models.includes(modelId))

/**
 * Splits a cost over the pools as `drain_pools` of the database does: bonus tokens one to one, then quota,
 * the rest from the wallet. `buckets` in the order of use.
 */
export function drain(buckets: Bucket[], demand: Demand): Split {
  const legs: Split['legs'] = []
  let covered = 0n
  let quota = 0n
  let owed = demand.cost
  for (const bucket of buckets) {
    if (bucket.remaining <= 0n || !mayPay(bucket, demand)) continue
    const wanted = bucket.kind === 'bonus' ? demand.tokens - covered : owed
    const amount = bucket.remaining < wanted ? bucket.remaining : wanted
    if (amount === 0n) continue
    legs.push({ bucketId: bucket.id, amount })
    if (bucket.kind === 'bonus') {
      covered += amount
      owed = demand.cost - (demand.cost * covered) / demand.tokens
    } else {
      quota += amount
      owed -= amount
    }
  }
  return { bonusTokens: covered, quota, wallet: owed, legs }
}

export function availableIn(
  buckets: Bucket[],
  wallet: Nano,
  demand: Pick<Demand, 'modelId' | 'at'>,
): Available {
  const sum = { bonusTokens: 0n, quota: 0n, wallet }
  for (const bucket of buckets) {
    if (!mayPay(bucket, demand)) continue
    if (bucket.kind === 'bonus') sum.bonusTokens += bucket.remaining
    else sum.quota += bucket.remaining
  }
  return sum
}
