import { type Context, signedIn } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import type { Nano } from '../platform/money.ts'
import type { Sql } from '../platform/sql.ts'

/** Below how much of quota and wallet together an account wants to be told; null: never. */
export async function lowBalanceOf(sql: Sql, userId: string): Promise<Nano | null> {
  const text = 'SELECT low_balance_nano AS amount FROM app_user WHERE id = $1'
  return (await sql.query<{ amount: Nano | null }>(text, [userId]))[0]?.amount ?? null
}

/** Errors: invalid_request for an amount below zero. */
export async function setLowBalanceAlert(ctx: Context, amount: Nano | null): Promise<Nano | null> {
  const { id } = signedIn(ctx)
  if (amount !== null && amount < 0n)
    throw invalidField('amount', 'The amount must not be below zero.', '金额不能小于零。')
  await ctx.sql.query('UPDATE app_user SET low_balance_nano = $2 WHERE id = $1', [id, amount])
  return amount
}
