import { ACCESS_KEYS_MAX } from '../access-keys/access-keys.ts'
import { drain } from '../ledger/pools.ts'
import { OPEN_ORDERS_MAX, ORDER_LIFE_MS } from '../payments/orders.ts'
import { RETRY_DAYS } from '../plans/renewals.ts'
import { formatCny, type Nano } from '../platform/money.ts'
import { POINTS_PER_MINUTE, POINTS_PER_OPERATION } from '../platform/points.ts'
import { BODY_MEGABYTES_MAX } from '../relay/body.ts'
import { INPUTS_MAX } from '../relay/doors/embeddings.ts'
import { KEY_LIFE_HOURS } from '../relay/inference-keys.ts'
import { RELAY_TIMING } from '../relay/timing.ts'

const MINUTE_MS = 60_000

export const count = (value: number | bigint) => String(value).replace(/\B(?=(\d{3})+$)/g, ',')

/** The rules that are in the code, under the names that the articles use. */
export function ruleFacts(): Record<string, string> {
  const rules = {
    body_mb: BODY_MEGABYTES_MAX,
    embedding_inputs: INPUTS_MAX,
    key_hours: KEY_LIFE_HOURS,
    request_minutes: RELAY_TIMING.total / MINUTE_MS,
    keep_alive_seconds: RELAY_TIMING.keepAlive / 1_000,
    points_per_minute: POINTS_PER_MINUTE,
    points_per_operation: POINTS_PER_OPERATION,
    access_keys: ACCESS_KEYS_MAX,
    retry_days: RETRY_DAYS,
    open_orders: OPEN_ORDERS_MAX,
    order_minutes: ORDER_LIFE_MS / MINUTE_MS,
  }
  return Object.fromEntries(Object.entries(rules).map(([name, value]) => [name, count(value)]))
}

const BONUS_LEFT = 5_000n
const WALLET_LEFT = 10_000_000_000n

/** One request that touches all three pools, split by the function that splits real ones. */
export function poolFacts(modelId: string, tokens: bigint, cost: Nano): Record<string, string> {
  const at = new Date(0)
  const always = { models: [], validFrom: at, validUntil: null }
  const quotaLeft = cost / 4n
  const buckets = [
    { ...always, id: 1n, kind: 'bonus' as const, remaining: BONUS_LEFT },
    { ...always, id: 2n, kind: 'quota' as const, remaining: quotaLeft },
  ]
  const { bonusTokens, quota, wallet } = drain(buckets, { modelId, at, tokens, cost })
  const money = (amount: Nano) => `¥${formatCny(amount)}`
  return {
    pools_bonus_left: count(BONUS_LEFT),
    pools_bonus_used: count(bonusTokens),
    pools_bonus_worth: money(cost - quota - wallet),
    pools_rest: money(quota + wallet),
    pools_quota_left: money(quotaLeft),
    pools_quota_used: money(quota),
    pools_wallet_left: money(WALLET_LEFT),
    pools_wallet_used: money(wallet),
    pools_wallet_after: money(WALLET_LEFT - wallet),
  }
}
