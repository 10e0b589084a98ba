import { DomainError } from '../platform/errors.ts'
import { formatCny, type Nano } from '../platform/money.ts'
import type { SqlPool } from '../platform/sql.ts'
import { isCapped } from '../tokens/caps.ts'
import type { TokenHolder } from '../tokens/token.book.ts'
import { accountSpendOf, type Spend, tokenSpendOf } from './spend.ts'

export interface SpendCaps {
  /**
   * Refuses what has reached a cap. What it lets through must be `admitted` before the next request of the account is
   * looked at, so that of a hundred at once no more get in than the cap has room for; uncapped tokens wait for nothing.
   * `admit` is told whether its hold is waited for. Errors: spend_cap_exceeded.
   */
  enter<T extends { durable: Promise<void> }>(
    holder: TokenHolder,
    admit: (awaited: boolean) => Promise<T>,
  ): Promise<T>
  /** What the API token has spent in the periods that run now, beside its caps. */
  spentBy(holder: TokenHolder): Promise<Spend[]>
}

export function createSpendCaps({ sql, now }: { sql: SqlPool; now: () => Date }): SpendCaps {
  /** The last request of each account that is on its way in. */
  const queues = new Map<string, Promise<unknown>>()

  async function spentBy({ userId, tokenId, caps, capZone: zone }: TokenHolder): Promise<Spend[]> {
    const [spent] = await tokenSpendOf(sql, { userId, zone, now: now(), tokens: [{ id: tokenId, caps }] })
    return spent!
  }

  async function check(holder: TokenHolder): Promise<void> {
    const { userId, caps, accountCaps, capZone: zone } = holder
    if (isCapped(caps)) refuseAt('API token', await spentBy(holder))
    if (isCapped(accountCaps))
      refuseAt('account', await accountSpendOf(sql, { userId, zone, now: now(), caps: accountCaps }))
  }

  return {
    spentBy,
    async enter(holder, admit) {
      if (!isCapped(holder.caps) && !isCapped(holder.accountCaps)) return admit(false)
      const { userId } = holder
      const entered = (queues.get(userId) ?? Promise.resolve()).then(async () => {
        await check(holder)
        const running = await admit(true)
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

const PERIOD_IN_CHINESE = { day: '每日', week: '每周', month: '每月' } as const
const PER = { day: 'daily', week: 'weekly', month: 'monthly' } as const

type Scope = 'API token' | 'account'

/** A cap that settled money has reached comes first: waiting for what runs would not help there. */
function refuseAt(scope: Scope, spends: Spend[]): void {
  const capped = spends.flatMap((spend) => (spend.cap === null ? [] : [{ ...spend, cap: spend.cap }]))
  for (const spend of capped) if (spend.spent - spend.held >= spend.cap) throw reached(scope, spend)
  for (const spend of capped) if (spend.spent >= spend.cap) throw full(scope, spend)
}

type Capped = Spend & { cap: Nano }
const inChinese = (scope: Scope, period: Spend['period']) =>
  `${scope === 'account' ? '账户' : '令牌'}的${PERIOD_IN_CHINESE[period]}消费上限`

function reached(scope: Scope, { period, spent, cap, resetsAt }: Capped): DomainError {
  const resets = resetsAt.toISOString()
  return new DomainError(
    'payment_required',
    'spend_cap_exceeded',
    `The ${PER[period]} spend cap of this ${scope} (¥${formatCny(cap)}) is reached. It resets at ${resets}. Raise the cap in the console to go on sooner.`,
    {
      ...facts(scope, period, cap, spent),
      resets_at: resets,
      zh: `${inChinese(scope, period)}（¥${formatCny(cap)}）已达到，将于 ${resets} 重置。可在控制台提高上限。`,
    },
  )
}

/** Held for requests that run or are being settled: what they do not use comes back, so a moment later may do. */
function full(scope: Scope, { period, spent, held, cap, resetsAt }: Capped): DomainError {
  return new DomainError(
    'payment_required',
    'spend_cap_exceeded',
    `The rest of the ${PER[period]} spend cap of this ${scope} (¥${formatCny(cap)}) is held for requests that still run. Try again in a moment, or raise the cap in the console.`,
    {
      ...facts(scope, period, cap, spent),
      held: formatCny(held),
      resets_at: resetsAt.toISOString(),
      retryAfter: 1,
      zh: `${inChinese(scope, period)}（¥${formatCny(cap)}）的余量正由未完成的请求占用，请稍后重试，或在控制台提高上限。`,
    },
  )
}

const facts = (scope: Scope, period: Spend['period'], cap: Nano, spent: Nano) => ({
  scope: scope === 'account' ? 'account' : 'api_token',
  period,
  cap: formatCny(cap),
  spent: formatCny(spent),
})
