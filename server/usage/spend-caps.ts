import { DomainError } from '../platform/errors.ts'
import { formatCny } from '../platform/money.ts'
import type { SqlPool } from '../platform/sql.ts'
import { isCapped } from '../tokens/caps.ts'
import type { TokenHolder } from '../tokens/token.book.ts'
import { accountSpendOf, type Spend, tokenSpendOf } from './spend.ts'

export interface SpendCaps {
  /**
   * Refuses what has reached a cap. What it lets through must be `admitted` before the next request of the account is
   * looked at, so that of a hundred at once no more get in than the cap has room for; uncapped tokens wait for nothing.
   * Errors: spend_cap_exceeded.
   */
  enter<T extends { durable: Promise<void> }>(holder: TokenHolder, admit: () => Promise<T>): Promise<T>
}

export function createSpendCaps({ sql, now }: { sql: SqlPool; now: () => Date }): SpendCaps {
  /** The last request of each account that is on its way in. */
  const queues = new Map<string, Promise<unknown>>()

  async function check({ userId, tokenId, caps, accountCaps, capZone: zone }: TokenHolder): Promise<void> {
    const question = { userId, zone, now: now() }
    if (isCapped(caps)) {
      const [spent] = await tokenSpendOf(sql, { ...question, tokens: [{ id: tokenId, caps }] })
      refuseAt('API token', spent!)
    }
    if (isCapped(accountCaps))
      refuseAt('account', await accountSpendOf(sql, { ...question, caps: accountCaps }))
  }

  return {
    async enter(holder, admit) {
      if (!isCapped(holder.caps) && !isCapped(holder.accountCaps)) return admit()
      const { userId } = holder
      const entered = (queues.get(userId) ?? Promise.resolve()).then(async () => {
        await check(holder)
        const running = await admit()
        // Only a hold that is written counts for whoever comes next.
        await running.durable.catch(() => undefined)
        return running
      })
      const done = entered.catch(() => undefined)
      queues.set(userId, done)
      try {
        return await entered
      } finally {
        if (queues.get(userId) === done) queues.delete(userId)
      }
    },
  }
}

const PER = { day: 'daily', week: 'weekly', month: 'monthly' } as const

function refuseAt(scope: 'API token' | 'account', spends: Spend[]): void {
  for (const { period, spent, cap, resetsAt } of spends)
    if (cap !== null && spent >= cap)
      throw new DomainError(
        'payment_required',
        'spend_cap_exceeded',
        `The ${PER[period]} spend cap of this ${scope} (¥${formatCny(cap)}) is reached. It resets at ${resetsAt.toISOString()}. Raise the cap in the console to go on sooner.`,
        {
          scope: scope === 'account' ? 'account' : 'api_token',
          period,
          cap: formatCny(cap),
          spent: formatCny(spent),
          resets_at: resetsAt.toISOString(),
        },
      )
}
