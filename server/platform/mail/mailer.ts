import { newId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Sealer } from '../sealed.ts'
import type { Sql, SqlPool } from '../sql.ts'
import { htmlOf, type Letter, textOf } from './letter.ts'
import { openPostOffice, type Outcome, type PostOffice } from './post-office.ts'

export interface Mail {
  /** For the log: what it is about, never what it says. */
  kind: string
  to: string
  letter: Letter
  /** When it is of no use any more; at the latest after a day. */
  usefulUntil?: Date
}

/**
 * Sends e-mail. A letter is written down in the transaction that causes it and sent after the commit, by whichever
 * process finds it first; what cannot be sent is tried again with growing waits, for a day. One process only sends
 * a letter; it is sent twice only if that process dies between the server's "accepted" and its own note of it.
 */
export interface Mailer {
  /** Whether there is an SMTP server. Without one nothing is queued, and what needs mail must say so. */
  readonly enabled: boolean
  queue(tx: Sql, mail: Mail): Promise<void>
  /** After the commit: do not wait for the next round. */
  wake(): void
  /** Resolves when nothing is being sent any more. */
  stop(): Promise<void>
}

export interface MailerOptions {
  smtpUrl: string | undefined
  publicUrl: string
  /** Read for each letter: it may change. */
  siteName: () => string
  sql: SqlPool
  sealer: Sealer
  log: Log
  now: () => Date
}

const ROUND_MS = 15_000
/** Longer than any conversation with an SMTP server may take: a letter whose process died is free after it. */
const CLAIM_MS = 120_000
const RETRY_MS = 10_000
const RETRY_MAX_MS = 3_600_000
const GIVE_UP_MS = 86_400_000

export const silentMailer: Mailer = {
  enabled: false,
  async queue() {},
  wake() {},
  async stop() {},
}

export function createMailer(options: MailerOptions): Mailer {
  const { smtpUrl, publicUrl } = options
  if (!smtpUrl) return silentMailer
  return new OutboxMailer(options, openPostOffice({ smtpUrl, publicUrl }))
}

interface Waiting {
  id: string
  kind: string
  sealed: string
  attempts: number
}

class OutboxMailer implements Mailer {
  readonly enabled = true
  private timer: NodeJS.Timeout | undefined
  private round: Promise<void> | undefined
  private again = false
  private stopped = false

  constructor(
    private readonly options: MailerOptions,
    private readonly office: PostOffice,
  ) {
    this.wake()
  }

  async queue(tx: Sql, { kind, to, letter, usefulUntil }: Mail) {
    const now = this.options.now()
    const giveUp = new Date(Math.min(usefulUntil?.getTime() ?? Infinity, now.getTime() + GIVE_UP_MS))
    await tx.query(
      `INSERT INTO mail_outbox (id, kind, sealed, next_try_at, give_up_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $4)`,
      [newId(), kind, this.options.sealer.seal(JSON.stringify({ to, letter })), now, giveUp],
    )
  }

  wake() {
    if (this.stopped) return
    if (this.round) {
      this.again = true
      return
    }
    clearTimeout(this.timer)
    this.round = this.sendAll()
      .catch((error: unknown) => this.options.log.warn({ err: error }, 'mail could not be looked for'))
      .then(() => this.rest())
  }

  async stop() {
    this.stopped = true
    clearTimeout(this.timer)
    await this.round
  }

  private rest() {
    this.round = undefined
    if (this.stopped) return
    if (this.again) {
      this.again = false
      return this.wake()
    }
    this.timer = setTimeout(() => this.wake(), ROUND_MS).unref()
  }

  private async sendAll() {
    await this.giveUp()
    do {
      const letter = await this.claim()
      if (!letter) return
      await this.send(letter)
    } while (!this.stopped)
  }

  /** Nobody else takes it meanwhile; if this process dies, somebody does later. */
  private async claim(): Promise<Waiting | undefined> {
    const now = this.options.now()
    const [letter] = await this.options.sql.query<Waiting & object>(
      `UPDATE mail_outbox SET attempts = attempts + 1, next_try_at = $2
       WHERE id = (SELECT id FROM mail_outbox WHERE next_try_at <= $1
                   ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, sealed, attempts`,
      [now, new Date(now.getTime() + CLAIM_MS)],
    )
    return letter
  }

  private async send({ id, kind, sealed, attempts }: Waiting) {
    const { sql, log, now } = this.options
    const outcome = await this.post(id, sealed)
    if (outcome.sent || outcome.hopeless) await sql.query('DELETE FROM mail_outbox WHERE id = $1', [id])
    else {
      const wait = Math.min(RETRY_MS * 2 ** (attempts - 1), RETRY_MAX_MS)
      await sql.query('UPDATE mail_outbox SET next_try_at = $2 WHERE id = $1', [
        id,
        new Date(now().getTime() + wait),
      ])
    }
    // The server's own words are left out: they quote the address.
    if (!outcome.sent)
      log.warn(
        { mailId: id, kind, attempts, reason: outcome.reason, hopeless: outcome.hopeless },
        'mail was not sent',
      )
  }

  private async post(id: string, sealed: string): Promise<Outcome> {
    const { sealer, siteName, publicUrl } = this.options
    let mail: Pick<Mail, 'to' | 'letter'>
    try {
      mail = JSON.parse(sealer.unseal(sealed)) as typeof mail
    } catch {
      return { sent: false, hopeless: true, reason: 'sealed under another SECRET_KEY' }
    }
    const signature = `${siteName()} · ${publicUrl}`
    return this.office.send({
      id,
      to: mail.to,
      sender: siteName(),
      subject: mail.letter.subject,
      text: textOf(mail.letter, signature),
      html: htmlOf(mail.letter, signature),
    })
  }

  private async giveUp() {
    const { sql, log, now } = this.options
    const lost = await sql.query<{ id: string; kind: string }>(
      'DELETE FROM mail_outbox WHERE give_up_at <= $1 RETURNING id, kind',
      [now()],
    )
    for (const { id, kind } of lost) log.warn({ mailId: id, kind }, 'mail was given up')
  }
}
