/** What an e-mail says, before it is text or HTML. A code stands large on a line of its own. */
export interface Letter {
  subject: string
  body: (string | { code: string } | { link: string; label: string })[]
}

const FRAME =
  'margin:0 auto;max-width:480px;padding:24px;font:16px/1.5 system-ui,-apple-system,sans-serif;color:#1c1f23'
const CODE = 'font:600 28px/1.4 ui-monospace,monospace;letter-spacing:6px'
const BUTTON =
  'display:inline-block;padding:10px 18px;border-radius:8px;background:#1c1f23;color:#fff;text-decoration:none'
const FOOT = 'margin-top:32px;font-size:13px;color:#5f6670'

/** For readers of plain text; the address of a link is written out. */
export function textOf({ body }: Letter, signature: string): string {
  const parts = body.map((part) => {
    if (typeof part === 'string') return part
    return 'code' in part ? `    ${part.code}` : `${part.label}:\n${part.link}`
  })
  return `${[...parts, `-- \n${signature}`].join('\n\n')}\n`
}

/** Without pictures, scripts or anything that is fetched: nobody learns when it is read. */
export function htmlOf({ subject, body }: Letter, signature: string): string {
  const parts = body.map((part) => {
    if (typeof part === 'string') return `<p>${escaped(part)}</p>`
    if ('code' in part) return `<p style="${CODE}">${escaped(part.code)}</p>`
    const address = escaped(part.link)
    return `<p><a style="${BUTTON}" href="${address}">${escaped(part.label)}</a></p>
<p style="font-size:13px;color:#5f6670;word-break:break-all">${address}</p>`
  })
  return `<!doctype html><html><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body style="${FRAME}">${parts.join('\n')}<p style="${FOOT}">${escaped(signature)}</p></body></html>`
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
