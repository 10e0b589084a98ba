import type { Article, Node, SearchEntry } from './article.ts'
import { plain } from './compile.ts'

const TEXT_MAX = 600

/** One entry for each heading: what stands below it. */
export function searchEntries(
  article: string,
  { title, description, body, headings }: Article,
): SearchEntry[] {
  const entries: SearchEntry[] = [{ article, title, text: description }]
  for (const node of body) {
    const id = headingOf(node)
    if (id)
      entries.push({ article, title, id, heading: headings.find((one) => one.id === id)!.text, text: '' })
    else entries.at(-1)!.text += ` ${plain([node])}`
  }
  return entries.map((entry) => ({ ...entry, text: tidy(entry.text) }))
}

const headingOf = (node: Node) => (Array.isArray(node) && /^h\d$/.test(node[0]) ? node[1]!.id : undefined)

/** Without placeholders: their values are known only where the article is shown. */
const tidy = (text: string) =>
  text
    .replace(/\{\{\w+\}\}/g, '…')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, TEXT_MAX)
