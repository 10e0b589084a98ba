import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'

/** What Vite's manifest says of one source: its file, and what it needs before it can run. */
interface Part {
  file: string
  imports?: string[]
  css?: string[]
}

const CLIENT = 'dist/client'
const ENTRY = 'index.html'
const SHELL = 'src/shell/ConsoleShell.vue'
const KB = 1_024

let manifest: Record<string, Part>
const compressed = new Map<string, number>()

function sizeOf(file: string): number {
  let size = compressed.get(file)
  if (size === undefined) {
    size = gzipSync(readFileSync(join(CLIENT, file)), { level: 9 }).length
    compressed.set(file, size)
  }
  return size
}

/** Everything that is read before these sources run, in KB as gzip sends it. */
function graphOf(sources: string[]): { js: number; css: number } {
  const seen = new Set<string>()
  const visit = (key: string) => {
    if (seen.has(key)) return
    seen.add(key)
    expect(manifest, key).toHaveProperty([key])
    manifest[key]!.imports?.forEach(visit)
  }
  ;[ENTRY, ...sources].forEach(visit)
  const parts = [...seen].map((key) => manifest[key]!)
  const sum = (files: string[]) => [...new Set(files)].reduce((total, file) => total + sizeOf(file), 0) / KB
  return { js: sum(parts.map(({ file }) => file)), css: sum(parts.flatMap(({ css }) => css ?? [])) }
}

const publicPage = (...sources: string[]) => ['src/shell/PublicShell.vue', ...sources]

describe('what a page weighs before it can be used', () => {
  beforeAll(() => {
    manifest = JSON.parse(readFileSync(join(CLIENT, '.vite/manifest.json'), 'utf8')) as typeof manifest
  })

  // Vue, the router, vue-i18n and urql with its cache alone are 78 KB: landing and documentation cannot be 70.
  test.each([
    ['the landing page', publicPage('src/landing/LandingPage.vue'), 97, 12],
    ['an article', publicPage('src/docs/DocsShell.vue', 'src/docs/ArticlePage.vue'), 102, 12],
    ['the Model Plaza', publicPage('src/models/ModelsPage.vue'), 102, 12],
    ['signing in', publicPage('src/session/SignInPage.vue'), 94, 12],
    ['signing up', publicPage('src/session/SignUpPage.vue'), 94, 12],
    ['the dashboard', [SHELL, 'src/dashboard/DashboardPage.vue'], 159, 12],
  ])('%s: at most its budget of scripts and styles', (_, sources, js, css) => {
    const size = graphOf(sources)
    expect(size.js).toBeLessThanOrEqual(js)
    expect(size.css).toBeLessThanOrEqual(css)
  })

  const pagesOf = (folders: RegExp) =>
    Object.keys(manifest).filter((key) => /Page\.vue$/.test(key) && folders.test(key))

  test('a page of the console adds at most 35 KB to its shell, Model Testing and administration 60 KB', () => {
    const shell = graphOf([SHELL]).js
    const over = (folders: RegExp, budget: number) =>
      pagesOf(folders)
        .map((page) => [page, Math.round(graphOf([SHELL, page]).js - shell)] as const)
        .filter(([, added]) => added > budget)
    expect(pagesOf(/^src\/(tokens|usage|wallet|plans|invitations|account)\//).length).toBeGreaterThan(5)
    expect(over(/^src\/(tokens|usage|wallet|plans|invitations|account)\//, 35)).toEqual([])
    expect(over(/^src\/(playground|admin)\//, 60)).toEqual([])
  })

  test.each(['en', 'zh-CN'])('the texts of %s: at most 25 KB', (locale) => {
    expect(sizeOf(manifest[`src/locales/${locale}.ts`]!.file) / KB).toBeLessThanOrEqual(25)
  })
})
