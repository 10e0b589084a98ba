import outline from '../../docs/outline.json'
import type { Locale } from '../i18n/i18n.ts'
import type { Article } from './article.ts'

export type Section = 'docs' | 'help' | 'legal'

/** Every article is a chunk of its own. */
const articles = import.meta.glob<Article>('../../docs/*/*/*.md', { import: 'default' })
const titles: Record<Locale, () => Promise<Record<string, string>>> = {
  en: async () => (await import('virtual:articles/en/titles')).default,
  'zh-CN': async () => (await import('virtual:articles/zh-CN/titles')).default,
}
const search: Record<Locale, () => Promise<SearchEntry[]>> = {
  en: async () => (await import('virtual:articles/en/search')).default,
  'zh-CN': async () => (await import('virtual:articles/zh-CN/search')).default,
}

export interface SearchEntry {
  article: string
  title: string
  id?: string
  heading?: string
  text: string
}

export const groupsOf = (section: Section) => outline[section]
export const namesOf = (section: Section) => outline[section].flatMap(({ articles: names }) => names)
export const hasArticle = (section: Section, name: string) => namesOf(section).includes(name)

export const loadArticle = (locale: Locale, section: Section, name: string): Promise<Article> =>
  articles[`../../docs/${locale}/${section}/${name}.md`]!()
export const loadTitles = (locale: Locale) => titles[locale]()
export const loadSearch = (locale: Locale) => search[locale]()

export const pathOf = (section: Section, name: string) =>
  section === 'legal' ? `/${name}` : `/${section}/${name}`

/** Where a found entry is read. */
export function placeOf({ article, id }: SearchEntry) {
  const [section, name] = article.split('/') as [Section, string]
  return { path: pathOf(section, name), hash: id ? `#${id}` : '' }
}
