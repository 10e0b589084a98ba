import type { Ledger } from './ledger/ledger.ts'
import type { Settings } from './platform/settings.ts'
import type { Sql } from './platform/sql.ts'

const DAY_MS = 86_400_000

/** What a new account gets, in the transaction that makes it: books of its own and the sign-up bonus. */
export async function welcomeBonus(
  tx: Sql,
  userId: string,
  { ledger, settings, now }: { ledger: Ledger; settings: Settings; now: () => Date },
): Promise<void> {
  await ledger.openAccount(tx, userId)
  const { signUpBonusTokens, signUpBonusDays } = settings.values
  if (signUpBonusTokens === 0) return
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
