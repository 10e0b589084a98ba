import { createCssVariablesTheme, createHighlighter, type Highlighter } from 'shiki'
import type { Span } from './article.ts'

const LANGUAGES = [
  'bash',
  'powershell',
  'python',
  'java',
  'go',
  'javascript',
  'typescript',
  'json',
  'http',
  'graphql',
  'toml',
  'xml',
]
const PREFIX = '--code-'
const theme = createCssVariablesTheme({ name: 'classes', variablePrefix: PREFIX, fontStyle: false })

let made: Promise<Highlighter> | undefined

/**
 * Colours at build time, as classes: both themes come from the style sheet, and the page's policy allows no
 * inline style. Placeholders travel as identifiers, so that no grammar takes them apart.
 */
export async function highlight(code: string, language: string): Promise<Span[][]> {
  if (!LANGUAGES.includes(language)) return code.split('\n').map((line) => [line])
  made ??= createHighlighter({ themes: [theme], langs: LANGUAGES })
  const { tokens } = (await made).codeToTokens(hide(code), { lang: language as 'json', theme: 'classes' })
  return tokens.map((line) => joined(line.map(({ content, color }) => span(show(content), color ?? ''))))
}

const hide = (code: string) => code.replace(/\{\{(\w+)\}\}/g, 'FILL_$1_LLIF')
const show = (code: string) => code.replace(/FILL_(\w+?)_LLIF/g, '{{$1}}')

function span(text: string, color: string): Span {
  const name = new RegExp(`var\\(${PREFIX}(?:token-)?([a-z-]+)\\)`).exec(color)?.[1]
  return !name || name === 'foreground' || text.trim() === '' ? text : [`code-${name}`, text]
}

/** Neighbours of one colour become one. */
function joined(spans: Span[]): Span[] {
  const line: Span[] = []
  for (const one of spans) {
    const last = line.at(-1)
    if (typeof one === 'string' && typeof last === 'string') line[line.length - 1] = last + one
    else if (Array.isArray(one) && Array.isArray(last) && one[0] === last[0]) last[1] += one[1]
    else line.push(one)
  }
  return line
}
