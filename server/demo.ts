import { createSignInLink, DEMO_EMAIL, insertUser } from './identity/accounts.ts'
import type { Services } from './graphql/context.ts'
import { newId } from './platform/ids.ts'
import { isInForce, lockSubscription } from './plans/periods.ts'
import { giftPlan } from './plans/subscriptions.ts'
import { mintSecret } from './tokens/token.secret.ts'

const TOKEN_NAME = 'Demo'
const BONUS_TOKENS = 1_000_000n
const DAY_MS = 86_400_000
const PERIOD_DAYS = 30

export interface Demo {
  secret: string
  signInToken: string
}

/**
 * The sandbox's demo user, on Pro with a bonus, so that the printed request works as it stands. Each
 * start ends the last demo token and mints a new one: a secret cannot be shown twice.
 */
export async function prepareDemo(services: Services): Promise<Demo> {
  const userId = (await findDemo(services)) ?? (await createDemo(services))
  await renewDemo(services, userId)
  return {
    secret: await replaceToken(services, userId),
    signInToken: await createSignInLink(services.sql, userId, services.now()),
  }
}

async function findDemo({ sql }: Services): Promise<string | undefined> {
  const [row] = await sql.query<{ id: string }>('SELECT id FROM app_user WHERE email_key = $1', [DEMO_EMAIL])
  return row?.id
}

function createDemo({ sql, now, welcome }: Services): Promise<string> {
  return sql.transaction(async (tx) => {
    const user = {
      email: DEMO_EMAIL,
      passwordHash: null,
      displayName: 'Demo',
      emailVerifiedAt: now(),
      now: now(),
    }
    const userId = await insertUser(tx, user)
    await welcome(tx, userId)
    return userId
  })
}

/** A demo that was last started weeks ago must still work: a fresh period and bonus where none runs. */
async function renewDemo({ sql, ledger, now }: Services, userId: string) {
  const at = now()
  await sql.transaction(async (tx) => {
    const running = await lockSubscription(tx, userId)
    if (running && isInForce(running, at)) return
    const id = await giftPlan({ ledger, now }, tx, { userId, planId: 'pro' })
    const expiresAt = new Date(at.getTime() + PERIOD_DAYS * DAY_MS)
    const source = { accountId: userId, sourceType: 'demo', sourceId: id, note: null }
    await ledger.grantBonus(tx, { ...source, tokens: BONUS_TOKENS, expiresAt, models: [] })
  })
}

async function replaceToken({ sql, tokenBook, now }: Services, userId: string): Promise<string> {
  const { secret, hash, prefix, lastFour } = mintSecret()
  const at = now()
  await sql.transaction(async (tx) => {
    await tx.query(
      'UPDATE api_token SET revoked_at = $3 WHERE user_id = $1 AND name = $2 AND revoked_at IS NULL',
      [userId, TOKEN_NAME, at],
    )
    await tx.query(
      `INSERT INTO api_token (id, user_id, name, secret_hash, prefix, last_four, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [newId(), userId, TOKEN_NAME, hash, prefix, lastFour, at],
    )
  })
  tokenBook.forgetUser(userId)
  return secret
}
