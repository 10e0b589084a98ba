import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { notFound } from '../platform/errors.ts'
import type { Settings, SettingValues } from '../platform/settings.ts'

const YEAR_S = 31_536_000

/** The first parts of the addresses of pages, as web/src/router.ts has them. */
export const PAGES = [
  'models',
  'plaza',
  'pricing',
  'status',
  'login',
  'register',
  'sign-in-link',
  'reset',
  'sandbox-pay',
  'docs',
  'help',
  'agreement',
  'privacy',
  'gallery',
  'console',
  'admin',
]
const IS_PAGE = new RegExp(`^/(${PAGES.join('|')})(?=[/?]|$)`)
/** Models may have dots in their names. */
const IS_FILE = /^\/(?!models\/)[^?]*\.[a-z]\w*(\?|$)/i

const ROBOTS = `User-agent: *
Disallow: /console
Disallow: /admin
Disallow: /graphql
Disallow: /api
Disallow: /v1
`

/** The operator's own texts stand in the page: they are there before the first query. */
function withTexts(html: string, { siteName, siteContact, siteRecord }: SettingValues): string {
  const texts = { 'application-name': siteName, 'site-contact': siteContact, 'site-record': siteRecord }
  return html
    .replace(/<title>.*?<\/title>/, () => `<title>${escaped(siteName)}</title>`)
    .replace(/<meta name="([\w-]+)" content="[^"]*"/g, (meta, name: string) =>
      name in texts ? `<meta name="${name}" content="${escaped(texts[name as keyof typeof texts])}"` : meta,
    )
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** The console's build: hashed assets for ever, index.html for every page, and the headers that guard them. */
export async function webRoutes(fastify: FastifyInstance, clientDir: string, settings: Settings) {
  const html = readFileSync(join(clientDir, 'index.html'), 'utf8')
  const headers = pageHeaders(html)
  const page = () => withTexts(html, settings.values)

  await fastify.register(fastifyStatic, {
    root: clientDir,
    index: false,
    wildcard: false,
    setHeaders(reply, path) {
      const immutable = path.startsWith(join(clientDir, 'assets'))
      reply.header('cache-control', immutable ? `public, max-age=${YEAR_S}, immutable` : 'no-cache')
    },
  })

  const isPage = (method: string, accept = '') =>
    (method === 'GET' || method === 'HEAD') && /text\/html|\*\/\*/.test(accept)

  fastify.get('/', (_, reply) => reply.headers(headers).type('text/html; charset=utf-8').send(page()))
  fastify.get('/robots.txt', (_, reply) => reply.type('text/plain; charset=utf-8').send(ROBOTS))
  fastify.get('/favicon.ico', (_, reply) => reply.sendFile('icon.svg'))
  fastify.setNotFoundHandler(({ method, headers: { accept }, url }, reply) => {
    const readable =
      isPage(method, accept) && !/^\/(api|v1|graphql|assets|payments|export|metrics)(\/|$|\?)/.test(url)
    if (!readable) throw notFound('page')
    // Where there is no page, the console says so itself.
    const status = IS_PAGE.test(url) && !IS_FILE.test(url) ? 200 : 404
    return reply.code(status).headers(headers).type('text/html; charset=utf-8').send(page())
  })
}

/** The strict policy of the console: no other host, no inline script but the page's own, by their hashes. */
function pageHeaders(html: string): Record<string, string> {
  const hashes = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script]) => `'sha256-${createHash('sha256').update(script!).digest('base64')}'`,
  )
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(' ')}`.trim(),
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types vue dompurify',
  ]
  return { 'content-security-policy': policy.join('; '), 'cache-control': 'no-cache' }
}
