import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import type { Sql } from '../platform/sql.ts'
import { codeExpired, codeSentRecently, codeWrong } from './identity.errors.ts'
import { lettersIn } from './letters/letters.ts'
import type { IdentityContext } from './sessions.ts'

/** Six digits that prove an address. Kept as an HMAC: a million possible codes are no secret from a plain hash. */
export type CodePurpose = 'verify' | 'change'

export const CODE_MINUTES = 10
export const RESEND_SECONDS = 60
const TRIES_MAX = 5

export interface CodeHolder {
  userId: string
  purpose: CodePurpose
}

interface Addressee extends CodeHolder {
  email: string
  locale: string | null
}

/** A new code by mail, in the caller's transaction; an earlier one ends. Errors: rate_limit_exceeded within a minute. */
export async function sendCode(tx: Sql, ctx: IdentityContext, addressee: Addressee): Promise<void> {
  const { userId, purpose, email, locale } = addressee
  const now = ctx.now()
  const code = randomInt(1_000_000).toString().padStart(6, '0')
  const expiresAt = new Date(now.getTime() + CODE_MINUTES * 60_000)
  const [sent] = await tx.query(
    `INSERT INTO email_code AS c (user_id, purpose, email, code_hash, sent_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (user_id, purpose) DO UPDATE
       SET email = $3, code_hash = $4, tries = 0, sent_at = $5, expires_at = $6 WHERE c.sent_at <= $7
     RETURNING 1`,
    [userId, purpose, email, hashOf(ctx, addressee, code), now, expiresAt, resendableSince(now)],
  )
  if (!sent) throw await tooEarly(tx, addressee, now)
  const letters = lettersIn(locale)
  const values = { code, minutes: CODE_MINUTES, site: ctx.settings.values.siteName }
  const letter = purpose === 'verify' ? letters.verifyEmail(values) : letters.changeEmail(values)
  await ctx.mailer.queue(tx, { kind: `${purpose}_email`, to: email, letter, usefulUntil: expiresAt })
}

/** What came of a code. A wrong one must be counted, so it is an answer and not an error: that would roll back. */
export type Verdict = { email: string } | { refusal: Error }

/** Uses the code up when it is right. Two who bring the same code at once: the second finds none. */
export async function tryCode(
  tx: Sql,
  ctx: IdentityContext,
  holder: CodeHolder,
  code: string,
): Promise<Verdict> {
  const { userId, purpose } = holder
  const [known] = await tx.query<{ email: string; code_hash: Buffer; tries: number }>(
    `SELECT email, code_hash, tries FROM email_code
     WHERE user_id = $1 AND purpose = $2 AND expires_at > $3 AND tries < $4 FOR UPDATE`,
    [userId, purpose, ctx.now(), TRIES_MAX],
  )
  if (!known) return { refusal: codeExpired() }
  if (!timingSafeEqual(known.code_hash, hashOf(ctx, holder, code))) {
    await tx.query('UPDATE email_code SET tries = tries + 1 WHERE user_id = $1 AND purpose = $2', [
      userId,
      purpose,
    ])
    const left = TRIES_MAX - known.tries - 1
    return { refusal: left > 0 ? codeWrong(left) : codeExpired() }
  }
  await forgetCode(tx, holder)
  return { email: known.email }
}

export async function forgetCode(tx: Sql, { userId, purpose }: CodeHolder): Promise<void> {
  await tx.query('DELETE FROM email_code WHERE user_id = $1 AND purpose = $2', [userId, purpose])
}

const hashOf = (ctx: IdentityContext, { userId, purpose }: CodeHolder, code: string) =>
  createHmac('sha256', ctx.emailCodeKey).update(`${userId} ${purpose} ${code}`).digest()

const resendableSince = (now: Date) => new Date(now.getTime() - RESEND_SECONDS * 1_000)

async function tooEarly(tx: Sql, { userId, purpose }: CodeHolder, now: Date) {
  const [row] = await tx.query<{ sent_at: Date }>(
    'SELECT sent_at FROM email_code WHERE user_id = $1 AND purpose = $2',
    [userId, purpose],
  )
  const since = row ? now.getTime() - row.sent_at.getTime() : 0
  return codeSentRecently(Math.max(1, Math.ceil(RESEND_SECONDS - since / 1_000)))
}
