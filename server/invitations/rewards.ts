import type { Ledger } from '../ledger/ledger.ts'
import { calendarPeriod } from '../platform/calendar.ts'
import type { Log } from '../platform/log.ts'
import type { Settings } from '../platform/settings.ts'
import type { Sql, SqlPool } from '../platform/sql.ts'
import { lockBooks, type Parties } from './invitations.ts'

export interface RewardServices {
  sql: SqlPool
  ledger: Ledger
  settings: Settings
  now: () => Date
  log: Log
}

/** Users whose first payment may just have happened, gathered; looked at a moment later, off the request's path. */
export interface Rewards {
  consider(userIds: Iterable<string>): void
  /** Resolves when everything considered so far has been looked at. */
  settled(): Promise<void>
}

/** Months of the cap are the calendar's in the default zone: an inviter's own zone could be changed to begin anew. */
const CAP_ZONE = 'Asia/Shanghai'
const DAY_MS = 86_400_000
const GATHER_MS = 200
const BATCH = 200

type Waiting = Parties & { id: string }

// Due: a request was paid from the wallet, or real money was credited (not sandbox, code or bonus; PRODUCT.md §9).
const DUE = `SELECT i.id, i.inviter_id, i.invitee_id FROM invitation i
  WHERE i.rewarded_at IS NULL AND i.refused IS NULL AND i.held_at IS NULL AND (
    EXISTS (SELECT FROM ledger_entry e WHERE e.account_id = i.invitee_id AND e.kind = 'usage' AND e.bucket_id IS NULL)
    OR EXISTS (SELECT FROM payment_order o WHERE o.user_id = i.invitee_id AND o.status = 'credited'
               AND o.provider <> 'sandbox'))`

export function createRewards(services: RewardServices): Rewards {
  const { sql, log } = services
  const considered = new Set<string>()
  let running: Promise<void> | undefined

  async function look() {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS).unref())
    const userIds = [...considered]
    considered.clear()
    const due = await sql.query<Waiting>(`${DUE} AND i.invitee_id = ANY ($1)`, [userIds])
    for (const invitation of due) await reward(services, invitation)
  }

  return {
    consider(userIds) {
      for (const id of userIds) considered.add(id)
      running ??= look()
        // The job finds them again.
        .catch((error: unknown) => log.warn({ err: error }, 'invitation rewards could not be looked at'))
        .finally(() => {
          running = undefined
          if (considered.size > 0) this.consider([])
        })
    },
    async settled() {
      while (running) await running
    },
  }
}

/** Finds every invitation that is due, whatever was missed: for a job. */
export async function rewardDue(services: RewardServices): Promise<void> {
  const due = await services.sql.query<Waiting>(`${DUE} ORDER BY i.id LIMIT ${BATCH}`)
  for (const invitation of due) await reward(services, invitation)
}

/** Both rewards in one transaction, once per invitation however many look at it. */
async function reward(services: RewardServices, invitation: Waiting): Promise<void> {
  const { sql, ledger, settings, now } = services
  const { inviter_id: inviterId, invitee_id: inviteeId, id } = invitation
  const done = await sql.transaction(async (tx) => {
    await lockBooks(tx, invitation)
    const { inviterBonusTokens, inviteeBonusTokens, invitationBonusDays, invitationsPerMonth } =
      settings.values
    const capped = (await rewardedThisMonth(tx, inviterId, now())) >= invitationsPerMonth
    const [claimed] = await tx.query(
      `UPDATE invitation SET rewarded_at = $2, refused = $3, inviter_tokens = $4, invitee_tokens = $5
       WHERE id = $1 AND rewarded_at IS NULL AND refused IS NULL AND held_at IS NULL RETURNING id`,
      [id, now(), capped ? 'monthly_cap' : null, capped ? 0 : inviterBonusTokens, inviteeBonusTokens],
    )
    if (!claimed) return false
    const expiresAt = new Date(now().getTime() + invitationBonusDays * DAY_MS)
    const give = async (side: 'inviter' | 'invitee', accountId: string, tokens: number) => {
      if (tokens === 0) return
      const source = { accountId, sourceType: 'invitation', sourceId: `${id} ${side}`, note: null }
      await ledger.grantBonus(tx, { ...source, tokens: BigInt(tokens), expiresAt, models: [] })
    }
    await give('inviter', inviterId, capped ? 0 : inviterBonusTokens)
    await give('invitee', inviteeId, inviteeBonusTokens)
    return true
  })
  if (done) await Promise.all([inviterId, inviteeId].map((userId) => ledger.balanceChanged(userId)))
}

/** Under the lock of the inviter's books, so that two rewards cannot both be the last one allowed. */
async function rewardedThisMonth(tx: Sql, inviterId: string, now: Date): Promise<number> {
  const { start, end } = calendarPeriod('month', now, CAP_ZONE)
  const [row] = await tx.query<{ rewarded: bigint }>(
    `SELECT count(*) AS rewarded FROM invitation
     WHERE inviter_id = $1 AND rewarded_at >= $2 AND rewarded_at < $3 AND inviter_tokens > 0`,
    [inviterId, start, end],
  )
  return Number(row!.rewarded)
}
