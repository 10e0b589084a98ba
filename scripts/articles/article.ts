/** An article as data: the console makes elements of it, so no HTML is ever parsed in a browser. */
export interface Article {
  title: string
  description: string
  headings: Heading[]
  body: Node[]
}

export interface Heading {
  id: string
  text: string
  depth: 2 | 3
}

/** A text, an element, code, or a component that the console knows by name. */
export type Node = string | Element | { code: CodeTab[] } | { part: string }
export type Element = [tag: string, attributes: Record<string, string> | null, ...children: Node[]]

export interface CodeTab {
  language: string
  /** What the tab is called: a file's name, or the language's. */
  label: string
  /** Only for this system; absent: for all. */
  os?: 'unix' | 'windows'
  /** Programs that a test runs as they are printed. */
  run?: string
  lines: Span[][]
}

/** Coloured text: the class of its colour, then the text. */
export type Span = string | [colour: string, text: string]

/** A section of an article, as the search looks through it. */
export interface SearchEntry {
  article: string
  title: string
  /** Of the heading; absent for the article's beginning. */
  id?: string
  heading?: string
  text: string
}
