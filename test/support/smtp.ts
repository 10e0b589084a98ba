import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, vi } from 'vitest'

export interface ReceivedMail {
  to: string
  from: string
  subject: string
  text: string
  html: string
  messageId: string
}

export interface MailServer {
  /** For SMTP_URL. */
  url: string
  received: ReceivedMail[]
  /** While set, each letter is refused with this reply code. */
  refuse: number | undefined
  /** Refuses these at once, as "no such mailbox". */
  unknown: Set<string>
  /** Letters to one address, once there are so many. */
  to(address: string, count?: number): Promise<ReceivedMail[]>
  /** The code in the last letter to an address. */
  codeFor(address: string, count?: number): Promise<string>
}

/** A real SMTP server on loopback that keeps what it is given. */
export async function startMailServer(): Promise<MailServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _, done) =>
      done(mail.unknown.has(address) ? reply(550, `no mailbox ${address}`) : null),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (mail.refuse) return done(reply(mail.refuse, 'not now'))
        const raw = Buffer.concat(chunks).toString('utf8')
        for (const { address } of session.envelope.rcptTo) mail.received.push({ ...parse(raw), to: address })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  const mail: MailServer = {
    url: `smtp://127.0.0.1:${port}?from=hello@pingtoken.example`,
    received: [],
    refuse: undefined,
    unknown: new Set(),
    async to(address, count = 1) {
      const found = () => mail.received.filter(({ to }) => to === address)
      await vi.waitFor(
        () => {
          if (found().length < count) throw new Error(`${found().length} of ${count} letters to ${address}`)
        },
        { timeout: 10_000, interval: 20 },
      )
      return found()
    },
    async codeFor(address, count) {
      const letters = await mail.to(address, count)
      return /^ {4}(\d{6})\r?$/m.exec(letters.at(-1)!.text)![1]!
    },
  }
  return mail
}

const reply = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

function parse(raw: string): Omit<ReceivedMail, 'to'> {
  const [head = ''] = raw.split('\r\n\r\n', 1)
  const header = (name: string) =>
    decodeWords(new RegExp(`^${name}: ((?:.|\r\n[ \t])*)`, 'im').exec(head)?.[1] ?? '')
  const boundary = /boundary="([^"]+)"/.exec(head)![1]!
  const parts = raw.split(`--${boundary}`).slice(1, -1)
  const part = (type: string) => bodyOf(parts.find((one) => one.includes(`Content-Type: ${type}`))!)
  return {
    from: header('From'),
    subject: header('Subject'),
    messageId: header('Message-ID'),
    text: part('text/plain'),
    html: part('text/html'),
  }
}

function bodyOf(part: string): string {
  const [head = '', ...rest] = part.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  if (/transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8')
  return /transfer-encoding: quoted-printable/i.test(head) ? decodeQuoted(body.replace(/=\r\n/g, '')) : body
}

const decodeQuoted = (text: string) =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')

/** =?UTF-8?Q?…?= and =?UTF-8?B?…?=. */
const decodeWords = (text: string) =>
  text
    .replace(/\r\n[ \t]/g, ' ')
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, body: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(body, 'base64').toString('utf8')
        : decodeQuoted(body.replaceAll('_', ' ')),
    )
