import type { Sql, SqlPool } from '../platform/sql.ts'
import type { TokenUsage } from './billing.ts'
import type { Timing } from './lease.ts'
import { chargeAtCheckpoint, type ChargeRow } from './settlement.ts'
import { settleRows, type SettleOptions } from './settler.ts'

const BATCH = 500
/** A hold of ours that we do not know: its answer was lost. Older than any call that may still be under way. */
const STRAY_MS = 60_000

export interface Swept {
  requests: number
  /** Of these, settled at nothing because no checkpoint was there. */
  atZero: number
}

interface HoldRow {
  request_id: string
  account_id: string
  model_id: string
  price_version_id: string
  input_price: bigint
  cached_input_price: bigint | null
  output_price: bigint
  discount_ppm: bigint
  admitted_at: Date
  detail: Record<string, unknown>
  checkpoint: TokenUsage | null
}

/**
 * Settles what dead processes left and nobody has a journal of: at the last checkpoint, else at nothing, never
 * at the estimate, because the customer got a broken answer through our fault (LEDGER.md §6).
 */
export async function sweep(options: SettleOptions, timing: Timing): Promise<Swept> {
  const swept = { requests: 0, atZero: 0 }
  for (;;) {
    const rows = await abandoned(options.sql, options.instanceId, timing)
    if (rows.length === 0) break
    const { fresh, refused } = await settleRows(options, rows, 'sweeper')
    swept.requests += fresh.length
    swept.atZero += fresh.filter(({ not_charged }) => not_charged !== null).length
    if (rows.length < BATCH || refused.length > 0) break
  }
  if (swept.requests > 0)
    options.log.error(swept, 'requests of a dead process were settled at their last checkpoint')
  await removeDeadInstances(options.sql, timing)
  return swept
}

/**
 * Holds of instances that did not renew for `timing.sweep`. A hold whose charge exists was written after it,
 * by a process that died that moment: it is simply removed, not settled again.
 */
async function abandoned(sql: SqlPool, instanceId: string, timing: Timing): Promise<ChargeRow[]> {
  const isDead = `h.instance_id <> $1 AND NOT EXISTS (
    SELECT FROM gateway_instance g
    WHERE g.id = h.instance_id AND g.lease_until > clock_timestamp() - $2 * interval '1 ms')`
  const values = [instanceId, timing.sweep - timing.lease]
  await sql.query(`DELETE FROM hold h USING charge c WHERE c.request_id = h.request_id AND ${isDead}`, values)
  const holds = await sql.query<HoldRow>(
    `SELECT h.* FROM hold h WHERE ${isDead} ORDER BY h.request_id LIMIT ${BATCH}`,
    values,
  )
  return holds.map((hold) =>
    chargeAtCheckpoint(
      {
        request_id: hold.request_id,
        account_id: hold.account_id,
        model_id: hold.model_id,
        price_version_id: hold.price_version_id,
        input_price: hold.input_price.toString(),
        cached_input_price: hold.cached_input_price?.toString() ?? null,
        output_price: hold.output_price.toString(),
        discount_ppm: hold.discount_ppm.toString(),
        admitted_at: hold.admitted_at.toISOString(),
        detail: hold.detail,
      },
      hold.checkpoint,
    ),
  )
}

async function removeDeadInstances(sql: Sql, timing: Timing): Promise<void> {
  await sql.query(
    `DELETE FROM gateway_instance g WHERE g.lease_until <= clock_timestamp() - $1 * interval '1 ms'
       AND NOT EXISTS (SELECT FROM hold h WHERE h.instance_id = g.id)`,
    [timing.sweep - timing.lease],
  )
}

/** Removes holds in this instance's name that it does not know: the answer to their `place_holds` was lost. */
export async function releaseStrays(
  sql: Sql,
  instanceId: string,
  isKnown: (requestId: string) => boolean,
): Promise<void> {
  const holds = await sql.query<{ request_id: string }>(
    `SELECT request_id FROM hold WHERE instance_id = $1 AND placed_at < clock_timestamp() - $2 * interval '1 ms'`,
    [instanceId, STRAY_MS],
  )
  const strays = holds.map(({ request_id }) => request_id).filter((id) => !isKnown(id))
  if (strays.length > 0) await sql.query('DELETE FROM hold WHERE request_id = ANY ($1)', [strays])
}

/** Keeps checkpoints with the holds as well, for the day when the journal's disk is lost with its machine. */
export async function writeCheckpoints(
  sql: Sql,
  checkpoints: { requestId: string; usage: TokenUsage }[],
): Promise<void> {
  if (checkpoints.length === 0) return
  // A hold that is locked is being settled; waiting for it could only end in a deadlock.
  await sql.query(
    `UPDATE hold h SET checkpoint = t.usage, checkpoint_at = clock_timestamp()
     FROM jsonb_to_recordset($1) AS t("requestId" uuid, usage jsonb)
     WHERE h.request_id = t."requestId"
       AND h.request_id IN (SELECT k.request_id FROM hold k
                            WHERE k.request_id IN (SELECT u."requestId" FROM jsonb_to_recordset($1) AS u("requestId" uuid))
                            FOR UPDATE SKIP LOCKED)`,
    [JSON.stringify(checkpoints)],
  )
}
