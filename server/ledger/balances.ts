import type { Nano } from '../platform/money.ts'
import type { Sql } from '../platform/sql.ts'
import type { Bucket } from './pools.ts'

/** An account as the database knows it, with what other processes' running requests hold of it. */
export interface AccountState {
  accountId: string
  wallet: Nano
  /** Counts every change of a balance: of two states, the one with the larger version is newer. */
  version: bigint
  /** With something left, in the order of use: bonus, then quota, the earliest expiry first. */
  buckets: Bucket[]
  heldElsewhere: { wallet: Nano; byBucket: Map<bigint, bigint> }
}

export interface Pool {
  id: string
  kind: 'bonus' | 'quota' | 'wallet'
  /** In LLM tokens for a bonus, else in nano-CNY. */
  remaining: bigint
  granted: bigint | null
  expiresAt: Date | null
  models: string[]
}

export interface Balances {
  accountId: string
  bonusTokens: bigint
  quota: Nano
  wallet: Nano
  /** In the order of use; the wallet is the last. */
  pools: Pool[]
  asOf: Date
}

interface StateRow {
  account_id: string
  wallet_nano: bigint
  version: bigint
  wallet_held: bigint
  bucket_id: bigint | null
  kind: 'bonus' | 'quota'
  remaining: bigint
  models: string[]
  valid_from: Date
  valid_until: Date | null
  bucket_held: bigint
}

/** The accounts that exist, in one snapshot. */
export async function readAccounts(
  sql: Sql,
  accountIds: string[],
  instanceId: string,
): Promise<AccountState[]> {
  const rows = await sql.query<StateRow>(
    `WITH held AS MATERIALIZED (SELECT * FROM held_elsewhere($1, $2))
     SELECT a.id AS account_id, a.wallet_nano, a.version,
            coalesce((SELECT h.amount FROM held h WHERE h.account_id = a.id AND h.bucket_id IS NULL), 0) AS wallet_held,
            b.id AS bucket_id, b.kind, b.remaining, b.models, b.valid_from, b.valid_until,
            coalesce((SELECT h.amount FROM held h WHERE h.account_id = a.id AND h.bucket_id = b.id), 0) AS bucket_held
     FROM account a LEFT JOIN bucket b ON b.account_id = a.id AND b.remaining > 0
     WHERE a.id = ANY ($1)
     ORDER BY a.id, b.kind = 'quota', b.valid_until, b.id`,
    [accountIds, instanceId],
    { prepared: true },
  )
  const states: AccountState[] = []
  for (const row of rows) {
    let state = states.at(-1)
    if (state?.accountId !== row.account_id) {
      state = {
        accountId: row.account_id,
        wallet: row.wallet_nano,
        version: row.version,
        buckets: [],
        heldElsewhere: { wallet: row.wallet_held, byBucket: new Map() },
      }
      states.push(state)
    }
    if (row.bucket_id !== null) addBucket(state, row, row.bucket_id)
  }
  return states
}

function addBucket(state: AccountState, row: StateRow, id: bigint) {
  state.buckets.push({
    id,
    kind: row.kind,
    remaining: row.remaining,
    models: row.models,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
  })
  if (row.bucket_held > 0n) state.heldElsewhere.byBucket.set(id, row.bucket_held)
}

/** What a person is shown: pools that can pay at `asOf`. An account that was never opened has nothing. */
export async function readBalances(sql: Sql, accountId: string, asOf: Date): Promise<Balances> {
  const [account] = await sql.query<{ wallet_nano: bigint }>(
    'SELECT wallet_nano FROM account WHERE id = $1',
    [accountId],
  )
  const buckets = await sql.query<Omit<Pool, 'id' | 'expiresAt'> & { id: bigint; valid_until: Date | null }>(
    `SELECT id, kind, remaining, granted, models, valid_until FROM bucket
     WHERE account_id = $1 AND remaining > 0 AND valid_from <= $2 AND (valid_until IS NULL OR $2 < valid_until)
     ORDER BY kind = 'quota', valid_until, id`,
    [accountId, asOf],
  )
  const wallet = account?.wallet_nano ?? 0n
  const sum = (kind: Pool['kind']) =>
    buckets.reduce((total, bucket) => (bucket.kind === kind ? total + bucket.remaining : total), 0n)
  return {
    accountId,
    bonusTokens: sum('bonus'),
    quota: sum('quota'),
    wallet,
    pools: [
      ...buckets.map(({ valid_until, ...bucket }) => ({
        ...bucket,
        id: bucket.id.toString(),
        expiresAt: valid_until,
      })),
      { id: accountId, kind: 'wallet', remaining: wallet, granted: null, expiresAt: null, models: [] },
    ],
    asOf,
  }
}
