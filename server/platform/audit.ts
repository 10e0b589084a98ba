import { administrator, type Context } from './context.ts'
import { newId } from './ids.ts'
import type { Sql } from './sql.ts'

/** What an administrator did. Never put a secret into it. */
export interface Deed {
  /** `adjust_balance`, `suspend_user` …: a verb and a noun, stable. */
  action: string
  /** The id of what it was done to. */
  target: string
  /** What changed: only the fields that did are kept. */
  before?: object
  after?: object
  /** What else explains it. */
  detail?: object
  /** The administrator's own words. */
  reason?: string | undefined
}

/** Notes what an administrator does, in the transaction that does it: both are there, or neither. */
export async function audit(
  tx: Sql,
  ctx: Context,
  { action, target, before, after, detail, reason }: Deed,
): Promise<void> {
  await tx.query(
    `INSERT INTO audit_entry (id, actor_id, action, target, detail, reason, ip, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      newId(),
      administrator(ctx).id,
      action,
      target,
      json({ ...detail, ...changed(before, after) }),
      reason ?? null,
      ctx.client?.ip ?? null,
      ctx.now(),
    ],
  )
}

/** The fields whose values differ, as they were and as they are. */
function changed(before: object = {}, after: object = {}): object {
  const was = new Map(Object.entries(before))
  const is = new Map(Object.entries(after))
  const fields = [...new Set([...was.keys(), ...is.keys()])].filter(
    (field) => json(was.get(field)) !== json(is.get(field)),
  )
  if (fields.length === 0) return {}
  const pick = (from: Map<string, unknown>) =>
    Object.fromEntries(fields.map((field) => [field, from.get(field) ?? null]))
  return { before: pick(was), after: pick(is) }
}

const json = (value: unknown) =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part))
