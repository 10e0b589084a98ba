import type { IncomingHttpHeaders } from 'node:http'

/** The languages in which the server speaks: messages, mails, articles. */
export type Language = 'en' | 'zh-CN'

/** `?lang=`, then what the caller reads first by `Accept-Language`, then English: programs mostly say nothing. */
export function languageOf({ query, headers }: { query?: unknown; headers: IncomingHttpHeaders }): Language {
  const { lang } = (query ?? {}) as { lang?: unknown }
  const first = typeof lang === 'string' && lang ? lang : firstChoice(headers['accept-language'] ?? '')
  return /^zh\b/i.test(first) ? 'zh-CN' : 'en'
}

/** RFC 9110 §12.5.4: tags with weights; of equal ones the first. */
function firstChoice(header: string): string {
  // Most requests: nothing to weigh.
  if (!/zh/i.test(header)) return ''
  const choices = header.split(',').map((one) => {
    const [tag = '', ...parameters] = one.trim().split(';')
    const weight = /^\s*q=([\d.]+)/i.exec(parameters.join(';'))?.[1]
    return { tag, weight: weight === undefined ? 1 : Number(weight) }
  })
  return choices.reduce((best, one) => (one.weight > best.weight ? one : best)).tag
}
