import type { PoolKind } from '../ledger/wallet.type.ts'
import { isId } from '../platform/ids.ts'
import type { Nano } from '../platform/money.ts'
import type { ProtocolType, UsageStatusType } from './usage.type.ts'

/** All that are given must hold. */
export interface UsageFilter {
  /** One request. */
  id?: string | null
  apiTokenId?: string | null
  model?: string | null
  status?: UsageStatusType | null
  protocol?: ProtocolType | null
  /** Which paid at least a part of it. */
  pool?: PoolKind | null
  /** What it cost at least. */
  minCost?: Nano | null
  /** Inclusive. */
  from?: Date | null
  /** Exclusive. */
  to?: Date | null
}

/** No record has an id that is none: PostgreSQL would refuse to look. */
export const matchesNothing = ({ id, apiTokenId }: UsageFilter) =>
  [id, apiTokenId].some((given) => given != null && !isId(given))

/** The conditions of a filter over one user's records, and their values: $1 is the user. */
export function usageWhere(userId: string, filter: UsageFilter): { where: string; values: unknown[] } {
  const values: unknown[] = [userId]
  const conditions = ['user_id = $1']
  const given: [column: string, operator: string, value: unknown][] = [
    ['id', '=', filter.id],
    ['api_token_id', '=', filter.apiTokenId],
    ['model_id', '=', filter.model],
    ['status', '=', filter.status],
    ['protocol', '=', filter.protocol],
    ['created_at', '>=', filter.from],
    ['created_at', '<', filter.to],
  ]
  for (const [column, operator, value] of given)
    if (value != null) conditions.push(`${column} ${operator} $${values.push(value)}`)
  // As a numeric: an amount may be larger than any cost can be.
  if (filter.minCost != null) conditions.push(`cost_nano >= $${values.push(filter.minCost)}::numeric`)
  if (filter.pool) conditions.push(paidBy(`$${values.push(filter.pool)}`))
  return { where: conditions.join(' AND '), values }
}

/** An entry without a bucket is the wallet's. */
const paidBy = (pool: string) =>
  `EXISTS (SELECT 1 FROM ledger_entry e LEFT JOIN bucket b ON b.id = e.bucket_id
            WHERE e.request_id = usage_record.id AND e.request_id IS NOT NULL AND coalesce(b.kind, 'wallet') = ${pool})`
