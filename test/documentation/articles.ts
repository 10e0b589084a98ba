import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, plain } from '../../scripts/articles/compile.ts'
import outline from '../../web/docs/outline.json'
import type { Article, CodeTab, Node } from '../../scripts/articles/article.ts'

/** The articles as the console shows them, for tests that look at all of them. */
export const LANGUAGES = ['en', 'zh-CN'] as const
export type Language = (typeof LANGUAGES)[number]

const FOLDER = 'web/docs'

/** Every article that readers are led to. */
export const listed = Object.entries(outline).flatMap(([section, groups]) =>
  groups.flatMap(({ articles }) => articles.map((name) => `${section}/${name}`)),
)

/** `docs/errors`, `help/pools` …: what is there in a language. */
export const articlesOf = (language: Language): string[] =>
  readdirSync(join(FOLDER, language), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.replace(/\.md$/, ''))
    .sort()

export const sourceOf = (language: Language, article: string): string =>
  readFileSync(join(FOLDER, language, `${article}.md`), 'utf8')

export const compiled = (language: Language, article: string): Promise<Article> =>
  compile(sourceOf(language, article), `${language}/${article}`)

/** Its words, tables included, code not. */
export const wordsOf = ({ title, description, body }: Article): string =>
  `${title} ${description} ${plain(body)}`

export function codeOf(nodes: Node[]): CodeTab[] {
  return nodes.flatMap((node): CodeTab[] => {
    if (typeof node === 'string') return []
    if (Array.isArray(node)) return codeOf(node.slice(2) as Node[])
    return 'code' in node ? node.code : []
  })
}

export const textOf = ({ lines }: CodeTab): string =>
  lines.map((line) => line.map((span) => (typeof span === 'string' ? span : span[1])).join('')).join('\n')

export function linksOf(nodes: Node[]): string[] {
  return nodes.flatMap((node): string[] => {
    if (!Array.isArray(node)) return []
    const inside = linksOf(node.slice(2) as Node[])
    return node[0] === 'a' ? [node[1]!.href!, ...inside] : inside
  })
}
