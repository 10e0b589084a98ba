/** An article as the build makes it of a Markdown file (scripts/articles). */
export interface Article {
  title: string
  description: string
  headings: Heading[]
  body: ArticleNode[]
}

export interface Heading {
  id: string
  text: string
  depth: 2 | 3
}

export type ArticleNode =
  | string
  | [tag: string, attributes: Record<string, string> | null, ...children: ArticleNode[]]
  | { code: CodeTab[] }
  | { part: string }

export interface CodeTab {
  language: string
  label: string
  os?: 'unix' | 'windows'
  lines: Span[][]
}

/** Coloured text: the class of its colour, then the text. */
export type Span = string | [colour: string, text: string]
