import type { Nano } from '../platform/money.ts'
import type { SqlPool } from '../platform/sql.ts'
import type { Split } from './pools.ts'
import type { RequestRow } from './settlement.ts'

interface CheckedRow {
  request_id: string
  admitted: boolean
  bonus_tokens: bigint
  quota_nano: bigint
  wallet_nano: bigint
  bucket_ids: bigint[]
  bucket_amounts: bigint[]
}

/** In the order of ids, so that two writers never wait for each other. */
export async function insertHolds(
  sql: SqlPool,
  instanceId: string,
  entries: { row: RequestRow; split: Split }[],
): Promise<void> {
  const rows = entries.map(({ row, split }) => ({
    ...row,
    bonus_tokens: split.bonusTokens.toString(),
    quota_nano: split.quota.toString(),
    wallet_nano: split.wallet.toString(),
    bucket_ids: `{${split.legs.map(({ bucketId }) => bucketId).join()}}`,
    bucket_amounts: `{${split.legs.map(({ amount }) => amount).join()}}`,
  }))
  await sql.query(
    `INSERT INTO hold (request_id, account_id, instance_id, model_id, price_version_id, input_price, cached_input_price,
                       output_price, discount_ppm, bonus_tokens, quota_nano, wallet_nano, bucket_ids, bucket_amounts,
                       detail, admitted_at)
     SELECT t.request_id, t.account_id, $2, t.model_id, t.price_version_id, t.input_price, t.cached_input_price,
            t.output_price, t.discount_ppm, t.bonus_tokens, t.quota_nano, t.wallet_nano, t.bucket_ids, t.bucket_amounts,
            t.detail, t.admitted_at
     FROM jsonb_to_recordset($1) AS t(
       request_id uuid, account_id uuid, model_id text, price_version_id uuid, input_price bigint,
       cached_input_price bigint, output_price bigint, discount_ppm bigint, bonus_tokens bigint, quota_nano bigint,
       wallet_nano bigint, bucket_ids bigint[], bucket_amounts bigint[], detail jsonb, admitted_at timestamptz)
     ORDER BY t.request_id
     ON CONFLICT (request_id) DO NOTHING`,
    [JSON.stringify(rows), instanceId],
    { prepared: true },
  )
}

/** Asks the database about each in turn; it decides and holds atomically. */
export function checkHolds(
  sql: SqlPool,
  instanceId: string,
  entries: { row: RequestRow; estimate: { tokens: bigint; cost: Nano } }[],
): Promise<CheckedRow[]> {
  const rows = entries.map(({ row, estimate }) => ({
    ...row,
    est_tokens: estimate.tokens.toString(),
    est_cost: estimate.cost.toString(),
  }))
  return sql.query<CheckedRow>('SELECT * FROM place_holds($1, $2)', [JSON.stringify(rows), instanceId])
}

/** Undefined: refused. */
export function splitOf(row: CheckedRow | undefined): Split | undefined {
  if (!row?.admitted) return undefined
  return {
    bonusTokens: row.bonus_tokens,
    quota: row.quota_nano,
    wallet: row.wallet_nano,
    legs: row.bucket_ids.map((bucketId, index) => ({ bucketId, amount: row.bucket_amounts[index]! })),
  }
}
