import { clients as english } from '../locales/en/clients.ts'
import { clients as chinese } from '../locales/zh-CN/clients.ts'
import type { Client, SetUpInput, Snippet } from './client.ts'
import { clientOf, clientsFor } from './clients.ts'
import { texts as englishTexts } from './texts/en.ts'
import { texts as chineseTexts } from './texts/zh-CN.ts'

/** The pages of tools as Markdown, for programs that read documentation. Never with a secret. */
const LANGUAGES = {
  en: { words: english, texts: englishTexts },
  'zh-CN': { words: chinese, texts: chineseTexts },
}
type Language = keyof typeof LANGUAGES
type Given = Pick<SetUpInput, 'siteName' | 'baseUrl' | 'model'>

export const toolPages = {
  /** Tools whose door is served, with one line about each. */
  list: (language: Language, doors: readonly string[]) =>
    clientsFor(doors).map((client) => ({
      id: client.id,
      name: client.name,
      description: named(LANGUAGES[language].words.pageText, client),
    })),
  title: (language: Language) => LANGUAGES[language].words.title,
  text: (language: Language) => LANGUAGES[language].words.text,
  /** Undefined when there is no such tool. */
  page(id: string, language: Language, given: Given): string | undefined {
    const client = clientOf(id)
    return client && pageOf(client, language, given)
  },
}

function pageOf(client: Client, language: Language, given: Given): string {
  const { words, texts } = LANGUAGES[language]
  const { steps, notes } = texts[client.id]!
  const setUp = client.setUp({ ...given, key: undefined, os: 'linux' })
  const section = (title: string, parts: readonly string[], between = '\n\n') =>
    parts.length === 0 ? [] : [`## ${title}`, parts.join(between)]
  return [
    `# ${client.name}`,
    `> ${named(words.pageText, client)}`,
    triedOf(client, language),
    ...(client.longPrompts ? [words.longPrompts] : []),
    ...section(words.install, [
      ...(client.install ? [fenced('shell', client.install)] : [named(words.from, client)]),
      ...(client.homepage ? [`<${client.homepage}>`] : []),
    ]),
    ...section(
      words.steps,
      setUp.steps.map((step, i) => `${i + 1}. ${steps[step]}`),
      '\n',
    ),
    ...section(
      named(words.fields, client),
      setUp.fields.map(({ label, value }) => `- ${label}: \`${value}\``),
      '\n',
    ),
    ...section(words.files, setUp.files.map(shown)),
    ...section(words.commands, setUp.commands.map(shown)),
    ...(setUp.files.length + setUp.commands.length > 0 ? [words.unix] : []),
    ...section(
      words.notes,
      setUp.notes.map((note) => `- ${notes[note]}`),
      '\n',
    ),
    ...section(
      words.errors.title,
      [words.errors.e401, words.errors.e402, words.errors.e403, words.errors.e429].map((one) => `- ${one}`),
      '\n',
    ),
    '',
  ].join('\n\n')
}

function triedOf({ verified }: Client, language: Language): string {
  const { tried, documented } = LANGUAGES[language].words
  if (verified === 'documented') return documented
  return tried.replace('{version}', () => verified.version).replace('{date}', () => verified.date)
}

const named = (text: string, { name }: Client) => text.replace('{name}', () => name)

const shown = ({ path, language, text }: Snippet) => (path ? `\`${path}\`:\n\n` : '') + fenced(language, text)

const fenced = (language: string, text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
