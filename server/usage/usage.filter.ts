import { isId } from '../platform/ids.ts'
import type { UsageStatusType } from './usage.type.ts'

/** All that are given must hold. */
export interface UsageFilter {
  /** One request. */
  id?: string | null
  apiTokenId?: string | null
  model?: string | null
  status?: UsageStatusType | null
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
    ['created_at', '>=', filter.from],
    ['created_at', '<', filter.to],
  ]
  for (const [column, operator, value] of given)
    if (value != null) conditions.push(`${column} ${operator} $${values.push(value)}`)
  return { where: conditions.join(' AND '), values }
}
