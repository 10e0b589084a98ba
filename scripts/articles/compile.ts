import { Lexer, type Token, type Tokens } from 'marked'
import type { Article, CodeTab, Element, Heading, Node } from './article.ts'
import { highlight } from './highlight.ts'
import { readFence, readSource } from './source.ts'

const HEADING = /^(.*?)\s*\{#([a-z0-9-]+)\}$/
const PART = /^\{\{part:([a-z-]+)\}\}$/
const NOTE = /^\[!(NOTE|WARNING)\]\s*/

/** A Markdown file as data. What an article may not contain stops the build, with the file's name. */
export async function compile(file: string, name: string): Promise<Article> {
  const { title, description, markdown } = readSource(file, name)
  const tokens = new Lexer({ gfm: true }).lex(markdown)
  const headings: Heading[] = []
  const body: Node[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!
    if (token.type === 'space') continue
    if (token.type === 'code') {
      const group = [token as Tokens.Code]
      while (isCodeBeside(tokens, at)) group.push(tokens[(at = next(tokens, at))] as Tokens.Code)
      body.push({ code: await Promise.all(group.map(tab)) })
    } else if (token.type === 'heading') body.push(heading(token as Tokens.Heading, headings, name))
    else body.push(block(token, name))
  }
  return { title, description, headings, body }
}

/** Code blocks with nothing between them are tabs of one. */
const isCodeBeside = (tokens: Token[], at: number) => tokens[next(tokens, at)]?.type === 'code'
const next = (tokens: Token[], at: number) => (tokens[at + 1]?.type === 'space' ? at + 2 : at + 1)

async function tab({ text, lang = 'text' }: Tokens.Code): Promise<CodeTab> {
  const fence = readFence(lang)
  return { ...fence, lines: await highlight(text, fence.language) }
}

function heading({ text, depth, tokens }: Tokens.Heading, headings: Heading[], name: string): Element {
  const match = HEADING.exec(text)
  if (!match || (depth !== 2 && depth !== 3))
    throw new Error(`${name}: "${text}" needs a depth of 2 or 3 and an {#id}`)
  const [, shown, id] = match as unknown as [string, string, string]
  headings.push({ id, text: shown.replaceAll('`', ''), depth })
  const last = tokens.at(-1) as Tokens.Text
  last.text = last.text.replace(/\s*\{#[a-z0-9-]+\}$/, '')
  return [`h${depth}`, { id }, ...inline(tokens, name)]
}

function block(token: Token, name: string): Node {
  switch (token.type) {
    case 'paragraph': {
      const part = PART.exec(token.text as string)
      return part ? { part: part[1]! } : ['p', null, ...inline(token.tokens!, name)]
    }
    case 'text':
      return ['span', null, ...inline((token as Tokens.Text).tokens ?? [token], name)]
    case 'list': {
      const { ordered, items } = token as Tokens.List
      const rows = items.map((item): Node => ['li', null, ...listItem(item, name)])
      return [ordered ? 'ol' : 'ul', null, ...rows]
    }
    case 'table':
      return table(token as Tokens.Table, name)
    case 'blockquote':
      return aside(token as Tokens.Blockquote, name)
    default:
      throw new Error(`${name}: articles have no ${token.type}`)
  }
}

const listItem = ({ tokens }: Tokens.ListItem, name: string): Node[] =>
  tokens
    .filter(({ type }) => type !== 'space')
    .flatMap((token) => (isText(token) ? inline(token.tokens ?? [token], name) : [block(token, name)]))

const isText = (token: Token): token is Tokens.Text => token.type === 'text'

function table({ header, rows }: Tokens.Table, name: string): Node {
  const head: Node[] = header.map(({ tokens }) => ['th', { scope: 'col' }, ...inline(tokens, name)])
  const lines: Node[] = rows.map((row) => [
    'tr',
    null,
    ...row.map(({ tokens }): Node => ['td', null, ...inline(tokens, name)]),
  ])
  return ['table', null, ['thead', null, ['tr', null, ...head]], ['tbody', null, ...lines]]
}

/** > [!NOTE] or > [!WARNING] */
function aside({ tokens }: Tokens.Blockquote, name: string): Node {
  const first = tokens[0] as Tokens.Paragraph | undefined
  const kind = NOTE.exec(first?.text ?? '')?.[1]
  if (!first || !kind) throw new Error(`${name}: a quotation is a [!NOTE] or a [!WARNING]`)
  const text = first.tokens.find(({ type }) => type === 'text') as Tokens.Text
  text.text = text.text.replace(NOTE, '')
  const blocks = tokens.filter(({ type }) => type !== 'space').map((token) => block(token, name))
  return ['aside', { class: kind === 'NOTE' ? 'note' : 'warning' }, ...blocks]
}

function inline(tokens: Token[], name: string): Node[] {
  return tokens.map((token): Node => {
    const inside = () => inline((token as Tokens.Strong).tokens, name)
    switch (token.type) {
      case 'text':
      case 'escape':
        if (/\*\*|`/.test(token.text as string))
          throw new Error(`${name}: emphasis that is none: ${token.text}`)
        return token.text as string
      case 'strong':
        return ['strong', null, ...inside()]
      case 'em':
        return ['em', null, ...inside()]
      case 'codespan':
        return ['code', null, token.text as string]
      case 'br':
        return ['br', null]
      case 'link':
        return ['a', { href: (token as Tokens.Link).href }, ...inside()]
      default:
        throw new Error(`${name}: articles have no ${token.type} in a line`)
    }
  })
}

/** The words of an article, without its code: what the search looks through. */
export function plain(nodes: Node[]): string {
  return nodes
    .map((node) => {
      if (typeof node === 'string') return node
      return Array.isArray(node)
        ? plain(node.slice(2) as Node[]) + (/^(p|li|td|th|h\d)$/.test(node[0]) ? ' ' : '')
        : ''
    })
    .join('')
}
