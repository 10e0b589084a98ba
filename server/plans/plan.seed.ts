import { newId } from '../platform/ids.ts'
import { NANO_PER_CNY, PPM_ONE } from '../platform/money.ts'
import type { SqlPool } from '../platform/sql.ts'

/** Examples for the operator to change, marked so; a plan that exists is left alone. */
const plans = [
  {
    id: 'free',
    name: 'Free',
    priceNano: 0n,
    quotaNano: 0n,
    requestsPerMinute: 60,
    contextTokensMax: 5_000,
    activeTokensMax: 10,
    discountPpm: PPM_ONE,
  },
  {
    id: 'pro',
    name: 'Pro',
    priceNano: 49n * NANO_PER_CNY,
    quotaNano: 60n * NANO_PER_CNY,
    requestsPerMinute: 600,
    contextTokensMax: null,
    activeTokensMax: 100,
    discountPpm: 800_000n,
  },
]

export async function seedPlans(sql: SqlPool, now: Date): Promise<void> {
  for (const [position, plan] of plans.entries()) {
    await sql.transaction(async (tx) => {
      const made = await tx.query(
        `INSERT INTO plan (id, name, position, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO NOTHING RETURNING id`,
        [plan.id, plan.name, position, now],
      )
      if (made.length === 0) return
      await tx.query(
        `INSERT INTO plan_version (id, plan_id, price_nano, quota_nano, requests_per_minute, context_tokens_max,
                                   active_tokens_max, discount_ppm, is_example, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true, $9)`,
        [
          newId(),
          plan.id,
          plan.priceNano,
          plan.quotaNano,
          plan.requestsPerMinute,
          plan.contextTokensMax,
          plan.activeTokensMax,
          plan.discountPpm,
          now,
        ],
      )
    })
  }
}
