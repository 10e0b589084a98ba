import { describe, expect, test, vi } from 'vitest'
import { createLog } from '../../server/platform/log.ts'
import { createMailer, type Mailer } from '../../server/platform/mail/mailer.ts'
import { createSealer } from '../../server/platform/sealed.ts'
import { databases } from '../support/databases.ts'
import { startMailServer } from '../support/smtp.ts'

const sealer = createSealer('x'.repeat(32))

describe.each(databases)('mail on $name', async (kind) => {
  if (kind.missing) return test.skip(`needs ${kind.name}: ${kind.missing}`, () => {})
  const { sql } = await kind.open()
  const clock = { now: new Date('2026-11-26T08:00:00Z') }
  const lines: string[] = []
  const log = createLog('warn')
  log.warn = ((...args: unknown[]) => void lines.push(JSON.stringify(args))) as never

  const mailerFor = (smtpUrl: string): Mailer =>
    createMailer({
      smtpUrl,
      publicUrl: 'https://pingtoken.example',
      siteName: () => 'PingToken',
      sql,
      sealer,
      log,
      now: () => clock.now,
    })
  const later = (ms: number) => (clock.now = new Date(clock.now.getTime() + ms))
  const letter = (word: string) => ({ subject: word, body: [`The word is ${word}.`, { code: '123456' }] })
  const waiting = async () =>
    (await sql.query<{ kind: string; sealed: string; attempts: number }>('SELECT * FROM mail_outbox')).map(
      ({ kind, attempts }) => `${kind} ${attempts}`,
    )
  const queue = async (mailer: Mailer, to: string, word = 'hello') => {
    await sql.transaction((tx) => mailer.queue(tx, { kind: 'test', to, letter: letter(word) }))
    mailer.wake()
  }

  test('what is rolled back is not sent, what is committed is, and is kept nowhere afterwards', async () => {
    const mail = await startMailServer()
    const mailer = mailerFor(mail.url)
    await sql
      .transaction(async (tx) => {
        await mailer.queue(tx, { kind: 'test', to: 'never@example.com', letter: letter('never') })
        throw new Error('changed my mind')
      })
      .catch(() => undefined)
    await queue(mailer, 'ada@example.com', '<b>"你好"</b>')
    const [received] = await mail.to('ada@example.com')
    expect(received).toMatchObject({ subject: '<b>"你好"</b>', from: 'PingToken <hello@pingtoken.example>' })
    expect(received!.text).toContain('The word is <b>"你好"</b>.')
    expect(received!.html).toContain('The word is &lt;b&gt;&quot;你好&quot;&lt;/b&gt;.')
    await vi.waitFor(async () => expect(await waiting()).toEqual([]))
    expect(mail.received).toHaveLength(1)
    await mailer.stop()
  })

  test('a server that refuses is asked again, later each time, by whoever is alive then', async () => {
    const mail = await startMailServer()
    mail.refuse = 451
    const first = mailerFor(mail.url)
    await queue(first, 'retry@example.com')
    await vi.waitFor(async () => expect(await waiting()).toEqual(['test 1']))
    await first.stop()
    later(9_000)
    await round(mailerFor(mail.url))
    expect(await waiting()).toEqual(['test 1'])
    later(1_000)
    await round(mailerFor(mail.url))
    expect(await waiting()).toEqual(['test 2'])
    later(19_000)
    await round(mailerFor(mail.url))
    expect(await waiting()).toEqual(['test 2'])
    later(1_000)
    mail.refuse = undefined
    const heir = mailerFor(mail.url)
    expect(await mail.to('retry@example.com')).toHaveLength(1)
    await heir.stop()
    expect(await waiting()).toEqual([])
  })

  test('a mailbox that does not exist is not tried again, and no address or code reaches the log', async () => {
    const mail = await startMailServer()
    mail.unknown.add('nobody@example.com')
    const mailer = mailerFor(mail.url)
    lines.length = 0
    await queue(mailer, 'nobody@example.com')
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    await mailer.stop()
    expect(await waiting()).toEqual([])
    expect(lines.join()).toContain('EENVELOPE 550')
    expect(lines.join()).not.toMatch(/nobody@|123456/)
  })

  test('what could not be sent for a day, or is of no use any more, is given up', async () => {
    const closed = 'smtp://127.0.0.1:1'
    const mailer = mailerFor(closed)
    await queue(mailer, 'day@example.com')
    await sql.transaction((tx) =>
      mailer.queue(tx, {
        kind: 'code',
        to: 'ten@example.com',
        letter: letter('code'),
        usefulUntil: new Date(clock.now.getTime() + 600_000),
      }),
    )
    mailer.wake()
    await vi.waitFor(async () => expect((await waiting()).sort()).toEqual(['code 1', 'test 1']))
    await mailer.stop()
    later(600_000)
    await round(mailerFor(closed))
    expect(await waiting()).toEqual(['test 2'])
    later(86_400_000)
    await round(mailerFor(closed))
    expect(await waiting()).toEqual([])
  })

  test('several processes send each letter once', async () => {
    const mail = await startMailServer()
    const mailers = Array.from({ length: 4 }, () => mailerFor(mail.url))
    await sql.transaction(async (tx) => {
      for (let i = 0; i < 20; i++)
        await mailers[0]!.queue(tx, { kind: 'test', to: `many-${i}@example.com`, letter: letter('once') })
    })
    for (const mailer of mailers) mailer.wake()
    await vi.waitFor(async () => expect(await waiting()).toEqual([]), { timeout: 10_000 })
    await Promise.all(mailers.map((mailer) => mailer.stop()))
    expect(mail.received.map(({ to }) => to).sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => `many-${i}@example.com`).sort(),
    )
    expect(new Set(mail.received.map(({ messageId }) => messageId)).size).toBe(20)
  })
})

/** A process looks for mail once when it starts, and finishes what it began before it stops. */
const round = (mailer: Mailer) => mailer.stop()
