import type { Arrival } from './identity/sessions.ts'
import { acceptInvitation } from './invitations/invitations.ts'
import type { Ledger } from './ledger/ledger.ts'
import { networkOf } from './platform/addresses.ts'
import type { Mailer } from './platform/mail/mailer.ts'
import type { Settings } from './platform/settings.ts'
import type { Sql } from './platform/sql.ts'

const DAY_MS = 86_400_000

export interface WelcomeServices {
  ledger: Ledger
  settings: Settings
  mailer: Mailer
  now: () => Date
}

/**
 * What a new account gets, in the transaction that makes it: books of its own, a note of who invited it and, where no
 * mail can prove its address, the sign-up bonus. Errors: invalid_request (inviteCode), self_invitation.
 */
export async function welcome(
  tx: Sql,
  services: WelcomeServices,
  userId: string,
  { inviteCode, ip }: Arrival = {},
): Promise<void> {
  const { ledger, mailer, now } = services
  await ledger.openAccount(tx, userId)
  if (inviteCode) await acceptInvitation(tx, { inviteeId: userId, code: inviteCode, now: now() })
  if (!mailer.enabled) await grantSignUpBonus(tx, services, userId, ip)
}

/** Once for each account, whenever it is due; capped per address and day. */
export async function grantSignUpBonus(
  tx: Sql,
  { ledger, settings, now }: WelcomeServices,
  userId: string,
  ip: string | undefined,
): Promise<void> {
  const { signUpBonusTokens, signUpBonusDays, signUpBonusesPerAddress } = settings.values
  if (signUpBonusTokens === 0 || (await hasSignUpBonus(tx, userId))) return
  if (ip !== undefined && !(await takeBonusOf(tx, ip, now(), signUpBonusesPerAddress))) return
  await ledger.grantBonus(tx, {
    accountId: userId,
    tokens: BigInt(signUpBonusTokens),
    expiresAt: new Date(now().getTime() + signUpBonusDays * DAY_MS),
    models: [],
    sourceType: 'sign_up',
    sourceId: userId,
    note: null,
  })
}

/** Given at sign-up, before there was mail. */
async function hasSignUpBonus(tx: Sql, userId: string): Promise<boolean> {
  const given = await tx.query("SELECT 1 FROM bucket WHERE source_type = 'sign_up' AND source_id = $1", [
    userId,
  ])
  return given.length > 0
}

/** Whether this address has a bonus left today; takes it. */
async function takeBonusOf(tx: Sql, address: string, now: Date, max: number): Promise<boolean> {
  const taken = await tx.query(
    `INSERT INTO sign_up_bonus_count AS c (address, day, granted) VALUES ($1, $2::timestamptz::date, 1)
     ON CONFLICT (address, day) DO UPDATE SET granted = c.granted + 1 WHERE c.granted < $3 RETURNING granted`,
    [networkOf(address), now, max],
  )
  return taken.length > 0
}
