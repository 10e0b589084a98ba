import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compiled, LANGUAGES, linksOf, listed } from './articles.ts'

const pathOf = (article: string) => (article.startsWith('legal/') ? article.slice(5) : `/${article}`)

/** Pages that are no articles, as the router has them. */
const pages = [...readFileSync('web/src/router.ts', 'utf8').matchAll(/path: '([\w-]+)'/g)].map(
  ([, path]) => path!,
)
/** Agent tools have an index and pages of their own, which are no articles. */
const TOOLS = '/docs/tools'

test.each(listed)('%s leads nowhere that does not exist', async (article) => {
  for (const language of LANGUAGES) {
    const { body } = await compiled(language, article)
    const dead: string[] = []
    for (const href of linksOf(body)) if (!(await leadsSomewhere(href, article))) dead.push(href)
    expect(dead, language).toEqual([])
  }
})

async function leadsSomewhere(href: string, from: string): Promise<boolean> {
  if (!href.startsWith('/') && !href.startsWith('#')) return /^(https:\/\/|mailto:)/.test(href)
  const [path = '', anchor] = href.split('#')
  const target = path === '' ? from : listed.find((article) => pathOf(article) === path)
  if (target) {
    if (!anchor) return true
    const { headings } = await compiled('en', target)
    return headings.some(({ id }) => id === anchor)
  }
  return !anchor && (isPage(path) || path === TOOLS)
}

const isPage = (path: string) =>
  path === '/' ||
  path === '/graphql/schema.graphql' ||
  path === '/llms.txt' ||
  (/^\/(console\/)?[\w-]+$/.test(path) && pages.includes(path.split('/').at(-1)!))
