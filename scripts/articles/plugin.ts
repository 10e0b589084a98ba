import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Plugin } from 'vite'
import { compile } from './compile.ts'
import { searchEntries } from './search.ts'
import { readSource } from './source.ts'

const VIRTUAL = /^virtual:articles\/([\w-]+)\/(titles|search)$/

/**
 * Markdown files become articles as data (each a chunk of its own), and for each language there is a list of
 * titles and a search index. The files themselves are copied beside the build: the server serves them too.
 */
export function articles(folder: string, copy: string): Plugin {
  const filesOf = (locale: string) =>
    readdirSync(join(folder, locale), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .sort()

  async function virtual(locale: string, kind: string): Promise<unknown> {
    const files = filesOf(locale)
    const read = (file: string) => readFileSync(join(folder, locale, file), 'utf8')
    const nameOf = (file: string) => file.replace(/\.md$/, '').replaceAll('\\', '/')
    if (kind === 'titles')
      return Object.fromEntries(files.map((file) => [nameOf(file), readSource(read(file), file).title]))
    const found = files.map(async (file) => searchEntries(nameOf(file), await compile(read(file), file)))
    return (await Promise.all(found)).flat()
  }

  return {
    name: 'articles',
    resolveId: (id) => (VIRTUAL.test(id) ? `\0${id}` : undefined),
    async load(id) {
      const [, locale, kind] = VIRTUAL.exec(id.slice(1)) ?? []
      if (!id.startsWith('\0') || !locale) return undefined
      for (const file of filesOf(locale)) this.addWatchFile(join(folder, locale, file))
      return `export default ${JSON.stringify(await virtual(locale, kind!))}`
    },
    async transform(code, id) {
      if (!id.startsWith(folder) || !id.endsWith('.md')) return undefined
      const article = await compile(code, relative(folder, id))
      return { code: `export default ${JSON.stringify(article)}`, map: null, moduleType: 'js' }
    },
    closeBundle() {
      if (this.environment.name !== 'client') return
      rmSync(copy, { recursive: true, force: true })
      cpSync(resolve(folder), copy, { recursive: true })
    },
  }
}
