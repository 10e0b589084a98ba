import { User } from '../identity/user.entity.ts'
import { type Context, signedIn } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import type { Nano } from '../platform/money.ts'
import type { TokenBook } from '../tokens/token.book.ts'
import type { ApiToken } from '../tokens/token.entity.ts'
import { accountSpendOf, PERIODS, type Spend, tokenSpendOf } from './spend.ts'

export type SpendContext = Context & { tokenBook: TokenBook }

/** Over all API tokens. */
export async function accountSpend(ctx: Context, userId: string): Promise<Spend[]> {
  const user = await ctx.em.findOneOrFail(User, { id: userId })
  return accountSpendOf(ctx.sql, { userId, caps: capsOf(user), zone: zoneOf(user), now: ctx.now() })
}

/** Of one user's tokens, in their order. */
export async function tokenSpends(ctx: Context, tokens: readonly ApiToken[]): Promise<Spend[][]> {
  const user = await ctx.em.findOneOrFail(User, { id: tokens[0]!.userId })
  const capped = tokens.map((token) => ({ id: token.id, caps: capsOf(token) }))
  return tokenSpendOf(ctx.sql, { userId: user.id, tokens: capped, zone: zoneOf(user), now: ctx.now() })
}

/** Undefined leaves a cap as it is, null removes it. Errors: invalid_request. */
export async function setSpendCaps(
  ctx: SpendContext,
  caps: { day?: Nano | null; week?: Nano | null; month?: Nano | null },
): Promise<Spend[]> {
  const { id } = signedIn(ctx)
  const below = PERIODS.find((period) => (caps[period] ?? 0n) < 0n)
  if (below) throw invalidField(below, 'A spend cap must not be below zero.', '消费上限不能小于零。')
  const user = await ctx.em.findOneOrFail(User, { id })
  if (caps.day !== undefined) user.capDay = caps.day
  if (caps.week !== undefined) user.capWeek = caps.week
  if (caps.month !== undefined) user.capMonth = caps.month
  await ctx.em.flush()
  ctx.tokenBook.forgetUser(id)
  return accountSpend(ctx, id)
}

const capsOf = ({ capDay, capWeek, capMonth }: Pick<User, 'capDay' | 'capWeek' | 'capMonth'>) => ({
  day: capDay ?? null,
  week: capWeek ?? null,
  month: capMonth ?? null,
})

const zoneOf = ({ timeZone, previousTimeZone, timeZoneChangedAt }: User) => ({
  timeZone,
  previous: previousTimeZone ?? null,
  changedAt: timeZoneChangedAt ?? null,
})
