import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CatalogModel } from '../catalog/catalog.ts'
import { formatPrice } from '../platform/money.ts'
import { PROTOCOLS } from '../relay/admit.ts'
import { documentationFacts, type DocumentationContext, type Facts } from './facts.ts'
import type { Language } from '../platform/language.ts'
import { type ToolPages, toolPath } from './tools.ts'

/** What may be asked for: a section and an article, as outline.json lists them. */
type Section = 'docs' | 'help' | 'legal'
type Outline = Record<Section, { group: string; articles: string[] }[]>

/** The articles as Markdown with today's numbers, for programs that read documentation. */
export interface Library {
  /** Undefined when there is no such article. */
  article(section: Section, name: string, language: Language): Promise<string | undefined>
  /** What llms.txt says: every article with its address and what it is about. */
  index(language: Language): Promise<string>
  /** How one tool is installed and pointed at this server; undefined when there is no such tool. */
  tool(id: string, language: Language): Promise<string | undefined>
  /** Every tool with its address. */
  tools(language: Language): string
  has(section: Section, name: string): boolean
  head(section: Section, name: string, language: Language): { title: string; description: string } | undefined
}

export function openLibrary(folder: string, ctx: DocumentationContext, tools: ToolPages): Library {
  const outline = JSON.parse(readFileSync(join(folder, 'outline.json'), 'utf8')) as Outline
  const namesOf = (section: Section) => outline[section].flatMap(({ articles }) => articles)

  function read(section: Section, name: string, language: Language) {
    const file = join(folder, language, section, `${name}.md`)
    if (!namesOf(section).includes(name) || !existsSync(file)) return undefined
    return parse(readFileSync(file, 'utf8'))
  }

  const addressOf = (path: string, language: Language) =>
    `${ctx.config.publicUrl}${path}${language === 'en' ? '' : `?lang=${language}`}`
  const toolLines = (language: Language) =>
    tools
      .list(language, PROTOCOLS)
      .map(({ id, name, description }) => `- [${name}](${addressOf(toolPath(id), language)}): ${description}`)

  return {
    async tool(id, language) {
      const facts = await documentationFacts(ctx, language)
      const [siteName, baseUrl, model] = ['site_name', 'base_url', 'model'].map((fact) => facts.get(fact)!)
      return tools.page(id, language, { siteName: siteName!, baseUrl: baseUrl!, model: model! })
    },
    tools: (language) =>
      `# ${tools.title(language)}\n\n> ${tools.text(language)}\n\n${toolLines(language).join('\n')}\n`,
    has: (section, name) => namesOf(section).includes(name),
    head: read,
    async article(section, name, language) {
      const source = read(section, name, language)
      if (!source) return undefined
      const facts = await documentationFacts(ctx, language)
      const text = plainMarkdown(source.markdown, ctx.config.publicUrl)
      const models = modelsTable(ctx.catalog.models(), language)
      return `# ${source.title}\n\n> ${fill(source.description, facts)}\n\n${fill(text.replace('{{part:models}}', models), facts)}`
    },
    async index(language) {
      const facts = await documentationFacts(ctx, language)
      const lines = (section: Section) =>
        namesOf(section).map((name) => {
          const { title, description } = read(section, name, language)!
          const address = addressOf(`${pathOf(section, name)}.md`, language)
          return `- [${title}](${address}): ${fill(description, facts)}`
        })
      const { intro, help, legal } = WORDS[language]
      return fill(
        [
          `# {{site_name}}`,
          `> ${intro}`,
          '## API',
          ...lines('docs'),
          `## ${tools.title(language)}`,
          ...toolLines(language),
          `## ${help}`,
          ...lines('help'),
          `## ${legal}`,
          ...lines('legal'),
        ]
          .join('\n')
          .replace(/\n(#+ .+|> .+)/g, '\n\n$1\n')
          .concat('\n'),
        facts,
      )
    },
  }
}

export const pathOf = (section: Section, name: string) =>
  section === 'legal' ? `/${name}` : `/${section}/${name}`

const WORDS = {
  en: {
    intro:
      'One OpenAI-compatible endpoint for Chinese AI models, paid per token in CNY. Base URL: {{base_url}}',
    help: 'Help',
    legal: 'Terms',
    columns: ['Model ID', 'Provider', 'Input', 'Cached input', 'Output'],
    unit: 'CNY per 1,000,000 tokens, before any plan discount.',
  },
  'zh-CN': {
    intro: '用一个兼容 OpenAI 的接口调用国产 AI 模型,按 Token 以人民币计费。Base URL:{{base_url}}',
    help: '帮助',
    legal: '条款',
    columns: ['模型 ID', '供应商', '输入', '缓存输入', '输出'],
    unit: '单位为每 1,000,000 Token 的人民币价格,未计套餐折扣。',
  },
}

function parse(file: string) {
  const [, head = '', markdown = ''] = /^---\n([^]*?)\n---\n([^]*)$/.exec(file) ?? []
  const field = (key: string) => new RegExp(`^${key}: (.+)$`, 'm').exec(head)?.[1] ?? ''
  return { title: field('title'), description: field('description'), markdown: markdown.trimStart() }
}

/** Without what only our pages understand: heading ids, flags of code blocks; links lead to other files. */
const plainMarkdown = (markdown: string, origin: string) =>
  markdown
    .replace(/^(#+ .*?)\s*\{#[a-z0-9-]+\}$/gm, '$1')
    .replace(/^```(\w+) .*$/gm, '```$1')
    .replace(
      /\]\((\/(?:docs|help)\/[a-z0-9-]+|\/agreement|\/privacy)(#[a-z0-9-]+)?\)/g,
      `](${origin}$1.md$2)`,
    )
    .replace(/\]\(\//g, `](${origin}/`)
    .replace('{{part:calculator}}', `<${origin}/help/charges#calculator>`)

export const fill = (text: string, facts: Facts) =>
  text.replace(/\{\{(\w+)\}\}/g, (all, name: string) => facts.get(name) ?? all)

function modelsTable(models: CatalogModel[], language: Language): string {
  const { columns, unit } = WORDS[language]
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`
  const rows = models.map(({ id, provider, price }) =>
    row([
      `\`${id}\``,
      provider.name,
      formatPrice(price.input),
      formatPrice(price.cachedInput ?? price.input),
      formatPrice(price.output),
    ]),
  )
  return [row(columns), row(columns.map(() => '---')), ...rows, '', unit].join('\n')
}
