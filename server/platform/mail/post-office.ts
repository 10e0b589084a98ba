import { createTransport } from 'nodemailer'

export interface Envelope {
  /** Of the letter: becomes the Message-ID, so that a letter that came twice shows as one. */
  id: string
  to: string
  /** The name beside our address. */
  sender: string
  subject: string
  text: string
  html: string
}

/** hopeless: the server will never take it (no such mailbox). */
export type Outcome = { sent: true } | { sent: false; hopeless: boolean; reason: string }

export interface PostOffice {
  send(envelope: Envelope): Promise<Outcome>
}

const CONNECT_MS = 10_000
const SILENCE_MS = 20_000

/** The SMTP server of SMTP_URL; `?from=` in it is the address we write from. */
export function openPostOffice({ smtpUrl, publicUrl }: { smtpUrl: string; publicUrl: string }): PostOffice {
  const url = new URL(smtpUrl)
  const from = url.searchParams.get('from') ?? defaultSender(url, publicUrl)
  url.searchParams.delete('from')
  const transport = createTransport({
    url: url.href,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const host = from.slice(from.lastIndexOf('@') + 1)
  return {
    async send({ id, to, sender, subject, text, html }) {
      try {
        await transport.sendMail({
          from: { name: sender, address: from },
          to: { name: '', address: to },
          messageId: `<${id}@${host}>`,
          subject,
          text,
          html,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return { sent: true }
      } catch (error) {
        const { code = 'unknown', responseCode } = error as { code?: string; responseCode?: number }
        // A refused recipient stays refused; everything else may be better tomorrow.
        const hopeless = code === 'EENVELOPE' && (responseCode === undefined || responseCode >= 500)
        return { sent: false, hopeless, reason: [code, responseCode].filter(Boolean).join(' ') }
      }
    },
  }
}

function defaultSender({ username }: URL, publicUrl: string): string {
  const user = decodeURIComponent(username)
  return user.includes('@') ? user : `no-reply@${new URL(publicUrl).hostname}`
}
