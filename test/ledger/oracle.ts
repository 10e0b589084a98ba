/**
 * The books as a person would keep them: one request after another, one token or nano at a time where it can
 * matter. It shares no code with the ledger and knows no batches.
 */
export interface OracleBucket {
  kind: 'bonus' | 'quota'
  remaining: bigint
  models: string[]
  from: number
  /** Exclusive; null: for ever. */
  until: number | null
}

export interface OracleAccount {
  wallet: bigint
  /** In the order in which they were granted. */
  buckets: OracleBucket[]
}

export interface OracleRequest {
  id: string
  account: number
  model: string
  at: number
  tokens: bigint
  cost: bigint
  /** A free model takes no bonus tokens. */
  free: boolean
}

export interface OracleBooks {
  accounts: OracleAccount[]
  /** The first cost of each request, and what else was said about it. */
  charges: Map<string, bigint>
  conflicts: Set<string>
}

export function settleOne({ accounts, charges, conflicts }: OracleBooks, request: OracleRequest): void {
  const known = charges.get(request.id)
  if (known !== undefined) {
    if (known !== request.cost) conflicts.add(`${request.id} ${request.cost}`)
    return
  }
  charges.set(request.id, request.cost)

  const account = accounts[request.account]!
  const eligible = account.buckets
    .map((bucket, order) => ({ bucket, order }))
    .filter(({ bucket }) => bucket.from <= request.at && request.at < (bucket.until ?? Infinity))
    .filter(({ bucket }) => bucket.models.length === 0 || bucket.models.includes(request.model))
    .sort((a, b) => (a.bucket.until ?? Infinity) - (b.bucket.until ?? Infinity) || a.order - b.order)
    .map(({ bucket }) => bucket)

  let uncovered = request.free ? 0n : request.tokens
  for (const bucket of eligible.filter(({ kind }) => kind === 'bonus')) {
    while (uncovered > 0n && bucket.remaining > 0n) {
      bucket.remaining -= 1n
      uncovered -= 1n
    }
  }
  const covered = request.free ? 0n : request.tokens - uncovered
  let owed = covered === 0n ? request.cost : request.cost - (request.cost * covered) / request.tokens
  for (const bucket of eligible.filter(({ kind }) => kind === 'quota')) {
    const paid = owed < bucket.remaining ? owed : bucket.remaining
    bucket.remaining -= paid
    owed -= paid
  }
  account.wallet -= owed
}
