import type { Nano } from '../platform/money.ts'
import type { Sql } from '../platform/sql.ts'
import { walletTooLow } from './ledger.errors.ts'

/** Every change of a balance besides usage. `usage` is written by settlement alone. */
export type ChangeKind =
  'grant' | 'top_up' | 'purchase' | 'redemption' | 'refund' | 'expiry' | 'adjustment' | 'clawback'

/** Where a change comes from: the pair is used once per pool, so that repeating a call changes nothing. */
export interface Source {
  accountId: string
  /** `sign_up`, `payment_order`, `redemption` … */
  sourceType: string
  sourceId: string
  note: string | null
}

export interface BonusGrant extends Source {
  /** LLM tokens. */
  tokens: bigint
  /** Exclusive; null: never. */
  expiresAt: Date | null
  /** Models it may pay for; empty means all. */
  models: string[]
  kind?: ChangeKind
}

export interface QuotaGrant extends Source {
  amount: Nano
  /** The period, half-open. */
  validFrom: Date
  validUntil: Date
  kind?: ChangeKind
}

export interface WalletChange extends Source {
  /** Above zero. */
  amount: Nano
  kind: ChangeKind
}

export interface Adjustment extends Source {
  /** A pool's id; null: the wallet. */
  bucketId: bigint | null
  /** Signed, in the pool's unit. A wallet may go below zero by it, a bucket neither below zero nor above its grant. */
  amount: bigint
  kind: ChangeKind
}

interface Entry extends Source {
  kind: ChangeKind
  bucketId: bigint | null
  unit: 'token' | 'nano'
  amount: bigint
  balanceAfter: bigint
}

/** Books of a new user; again changes nothing. */
export async function openAccount(tx: Sql, accountId: string): Promise<void> {
  await tx.query('INSERT INTO account (id) VALUES ($1) ON CONFLICT DO NOTHING', [accountId])
}

/** Answers false when this source has granted already. */
export const grantBonus = (tx: Sql, { tokens, expiresAt, ...grant }: BonusGrant, now: Date) =>
  grantBucket(tx, { ...grant, pool: 'bonus', granted: tokens, validFrom: now, validUntil: expiresAt })

/** Answers false when this source has granted already. */
export const grantQuota = (tx: Sql, { amount, ...grant }: QuotaGrant) =>
  grantBucket(tx, { ...grant, pool: 'quota', granted: amount, models: [] })

/**
 * Lets a grant end at `at`, if it would end later: requests admitted before still draw on it, later ones do not, and
 * what is left is written off like any other that ended. A source that granted nothing ends nothing.
 */
export async function endGrant(
  tx: Sql,
  { accountId, sourceType, sourceId }: Omit<Source, 'note'>,
  at: Date,
): Promise<void> {
  await lockWallet(tx, accountId)
  await tx.query(
    `UPDATE bucket SET valid_until = greatest($4::timestamptz, valid_from + interval '1 millisecond')
     WHERE account_id = $1 AND source_type = $2 AND source_id = $3 AND (valid_until IS NULL OR valid_until > $4)`,
    [accountId, sourceType, sourceId, at],
  )
  await tx.query('UPDATE account SET version = version + 1 WHERE id = $1', [accountId])
}

interface BucketGrant extends Source {
  pool: 'bonus' | 'quota'
  granted: bigint
  models: string[]
  validFrom: Date
  validUntil: Date | null
  kind?: ChangeKind
}

async function grantBucket(tx: Sql, grant: BucketGrant): Promise<boolean> {
  const {
    accountId,
    pool,
    granted,
    models,
    validFrom,
    validUntil,
    sourceType,
    sourceId,
    kind = 'grant',
  } = grant
  await lockWallet(tx, accountId)
  const [known] = await tx.query<{ account_id: string; granted: bigint }>(
    'SELECT account_id, granted FROM bucket WHERE source_type = $1 AND source_id = $2',
    [sourceType, sourceId],
  )
  if (known) return repeated(grant, known.account_id === accountId && known.granted === granted)

  const [bucket] = await tx.query<{ id: bigint }>(
    `INSERT INTO bucket (account_id, kind, granted, remaining, models, valid_from, valid_until, source_type, source_id)
     VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8) RETURNING id`,
    [accountId, pool, granted, models, validFrom, validUntil, sourceType, sourceId],
  )
  const unit = pool === 'bonus' ? 'token' : 'nano'
  await write(tx, { ...grant, kind, bucketId: bucket!.id, unit, amount: granted, balanceAfter: granted })
  return true
}

/** Answers false when this source has credited already. */
export async function creditWallet(tx: Sql, change: WalletChange): Promise<boolean> {
  if (change.amount <= 0n) throw new RangeError('a credit must be above zero')
  return adjust(tx, { ...change, bucketId: null })
}

/**
 * Takes from the wallet what it has; what running requests may cost is not kept back, because the wallet may go
 * below zero by them. Answers false when this source has debited already. Errors: insufficient_balance.
 */
export async function debitWallet(tx: Sql, change: WalletChange): Promise<boolean> {
  if (change.amount <= 0n) throw new RangeError('a debit must be above zero')
  const wallet = await lockWallet(tx, change.accountId)
  const adjustment = { ...change, bucketId: null, amount: -change.amount }
  if (await isRepeated(tx, adjustment)) return false
  if (wallet < change.amount) throw walletTooLow(wallet, change.amount)
  return adjust(tx, adjustment)
}

/** Any correction, as a new entry. Answers false when this source has changed this pool already. */
export async function adjust(tx: Sql, adjustment: Adjustment): Promise<boolean> {
  const { accountId, bucketId, amount } = adjustment
  await lockWallet(tx, accountId)
  if (await isRepeated(tx, adjustment)) return false
  const [changed] =
    bucketId === null
      ? await tx.query<{ balance: bigint; unit: 'nano' }>(
          `UPDATE account SET wallet_nano = wallet_nano + $2 WHERE id = $1 RETURNING wallet_nano AS balance, 'nano' AS unit`,
          [accountId, amount],
        )
      : await tx.query<{ balance: bigint; unit: 'token' | 'nano' }>(
          `UPDATE bucket SET remaining = remaining + $3 WHERE account_id = $1 AND id = $2
           RETURNING remaining AS balance, CASE kind WHEN 'bonus' THEN 'token' ELSE 'nano' END AS unit`,
          [accountId, bucketId, amount],
        )
  if (!changed) throw new Error(`account ${accountId} has no pool ${bucketId}`)
  await write(tx, { ...adjustment, unit: changed.unit, balanceAfter: changed.balance })
  return true
}

async function isRepeated(tx: Sql, { accountId, bucketId, amount, ...source }: Adjustment): Promise<boolean> {
  const [known] = await tx.query<{ account_id: string; amount: bigint }>(
    `SELECT account_id, amount FROM ledger_entry
     WHERE source_type = $1 AND source_id = $2 AND coalesce(bucket_id, 0) = coalesce($3::bigint, 0)`,
    [source.sourceType, source.sourceId, bucketId],
  )
  if (!known) return false
  return !repeated({ accountId, ...source }, known.account_id === accountId && known.amount === amount)
}

/** The same call again is harmless; another one under the same source is a mistake of ours. */
function repeated({ sourceType, sourceId }: Source, same: boolean): false {
  if (!same) throw new Error(`${sourceType} ${sourceId} has changed a balance already, by another amount`)
  return false
}

async function lockWallet(tx: Sql, accountId: string): Promise<Nano> {
  const [account] = await tx.query<{ wallet_nano: bigint }>(
    'SELECT wallet_nano FROM account WHERE id = $1 FOR NO KEY UPDATE',
    [accountId],
  )
  if (!account) throw new Error(`there is no account ${accountId}`)
  return account.wallet_nano
}

async function write(tx: Sql, entry: Entry): Promise<void> {
  await tx.query('UPDATE account SET version = version + 1 WHERE id = $1', [entry.accountId])
  await tx.query(
    `INSERT INTO ledger_entry (account_id, kind, bucket_id, unit, amount, value_nano, balance_after, source_type, source_id,
                               note)
     VALUES ($1, $2, $3, $4, $5, CASE $4 WHEN 'nano' THEN $5::bigint ELSE 0 END, $6, $7, $8, $9)`,
    [
      entry.accountId,
      entry.kind,
      entry.bucketId,
      entry.unit,
      entry.amount,
      entry.balanceAfter,
      entry.sourceType,
      entry.sourceId,
      entry.note,
    ],
  )
}
