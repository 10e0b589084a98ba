import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { articlesOf, codeOf, compiled, LANGUAGES, listed, sourceOf } from './articles.ts'

const placeholders = (text: string) => [...new Set(text.match(/\{\{[\w:-]+\}\}/g))].sort()

test.each(LANGUAGES)('every article of the outline is there in %s, and none beside them', (language) => {
  expect(articlesOf(language)).toEqual([...listed].sort())
})

test.each(listed)('%s has the same headings, numbers and code in both languages', async (article) => {
  const [en, zh] = await Promise.all(LANGUAGES.map((language) => compiled(language, article)))
  const headings = (one: typeof en) => one!.headings.map(({ id, depth }) => `${depth} ${id}`)
  const code = (one: typeof en) =>
    codeOf(one!.body).map(({ language, os, run }) => [language, os, run].join(' '))
  expect(headings(zh)).toEqual(headings(en))
  expect(code(zh)).toEqual(code(en))
  expect(placeholders(sourceOf('zh-CN', article))).toEqual(placeholders(sourceOf('en', article)))
  expect(zh!.title).toMatch(/\p{Script=Han}|^[A-Z]\w+$/u)
})

test('every error code of the server is explained in both languages', () => {
  const codes = codesOf('server')
  expect(codes.size).toBeGreaterThan(60)
  for (const language of LANGUAGES) {
    const text = sourceOf(language, 'docs/errors')
    const missing = [...codes].filter((code) => !text.includes(`\`${code}\``))
    expect(missing, language).toEqual([])
  }
})

/** What a channel did is told to operators by these words, and to callers as `upstream_error`. */
const FAULTS_OF_CHANNELS = 'server/relay/faults.ts'

/** Read off the source: what is thrown, found missing, or written into an answer by hand. */
function codesOf(folder: string): Set<string> {
  const codes = new Set<string>()
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || `${folder}/${file}` === FAULTS_OF_CHANNELS) continue
    const source = readFileSync(`${folder}/${file}`, 'utf8')
    for (const [, code] of source.matchAll(/new DomainError\(\s*'\w+',\s*'(\w+)'/g)) codes.add(code!)
    for (const [, what] of source.matchAll(/notFound\('([\w ]+)'\)/g))
      codes.add(`${what!.replaceAll(' ', '_')}_not_found`)
    for (const [, code] of source.matchAll(/\bcode: '([a-z_]+)'/g)) codes.add(code!)
  }
  return codes
}
