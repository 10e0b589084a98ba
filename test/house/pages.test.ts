import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { PAGES } from '../../server/http/web.ts'
import { startApp } from '../support/app.ts'

/** What is a page of the console and what is not, told by the status as well: crawlers read no further. */

const clientDir = mkdtempSync(join(tmpdir(), 'pingtoken-pages-'))
copyFileSync('web/index.html', join(clientDir, 'index.html'))
copyFileSync('web/public/icon.svg', join(clientDir, 'icon.svg'))
afterAll(() => rmSync(clientDir, { recursive: true, force: true }))
const { url } = await startApp({}, { clientDir })
const get = (path: string, accept = 'text/html,*/*;q=0.8') => fetch(url + path, { headers: { accept } })

const source = (file: string) => readFileSync(`web/src/${file}`, 'utf8')

test('the first parts of addresses that are pages are those of the router', () => {
  const [, shared] = /path: '\/',([^]*?)path: '\/console'/.exec(source('router.ts'))!
  const documentation = source('docs/routes.ts')
  const known = [
    ...[...shared!.matchAll(/\b(?:path|alias): '\/?([\w-]+)/g)].map(([, name]) => name!),
    ...[...documentation.matchAll(/^ {4}path: '([\w-]+)'/gm)].map(([, name]) => name!),
    ...[...documentation.matchAll(/^ {2}\.\.\.\[(.*)\]\.map/gm)].flatMap(([, names]) =>
      names!.match(/\w+/g)!,
    ),
    ...[...source('router.ts').matchAll(/^ {8}path: '\/([\w-]+)'/gm)].map(([, name]) => name!),
    ...[...source('admin/routes.ts').matchAll(/^ {2}path: '\/([\w-]+)'/gm)].map(([, name]) => name!),
  ]
  expect([...PAGES].sort()).toEqual([...new Set(known)].sort())
})

test.each([
  '/',
  '/models',
  '/models/spark-4.0',
  '/plaza?lang=zh-CN',
  '/docs/errors',
  '/console/tokens',
  '/admin/',
])('%s is a page', async (path) => {
  const answer = await get(path)
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<div id="app">')])
})

test.each(['/nothing', '/nothing/here', '/sitemap.xml', '/wp-login.php', '/modelsx', '/docs/nothing.md'])(
  '%s is none: people see the console say so, programs the status',
  async (path) => {
    const answer = await get(path)
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('<div id="app">')])
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  },
)

test('crawlers are told what is not for them, and there is an icon where browsers look for one', async () => {
  const robots = await get('/robots.txt')
  expect([robots.status, robots.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
  const text = await robots.text()
  for (const path of ['/console', '/admin', '/graphql', '/api', '/v1'])
    expect(text.split('\n')).toContain(`Disallow: ${path}`)
  const icon = await get('/favicon.ico', 'image/*')
  expect([icon.status, icon.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^image\/svg\+xml/),
  ])
})
