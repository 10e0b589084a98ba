/** What stands between the two `---` of an article, and what follows. */
export interface Source {
  title: string
  description: string
  markdown: string
}

export function readSource(file: string, name: string): Source {
  const match = /^---\n([^]*?)\n---\n([^]*)$/.exec(file)
  if (!match) throw new Error(`${name} begins without --- title, description ---`)
  const field = (key: string) => {
    const value = new RegExp(`^${key}: (.+)$`, 'm').exec(match[1]!)?.[1]
    if (!value) throw new Error(`${name} has no ${key}`)
    return value
  }
  return { title: field('title'), description: field('description'), markdown: match[2]! }
}

export interface Fence {
  language: string
  label: string
  os?: 'unix' | 'windows'
  run?: string
}

const LABELS: Record<string, string> = {
  bash: 'curl',
  powershell: 'PowerShell',
  python: 'Python',
  java: 'Java',
  go: 'Go',
  javascript: 'Node.js',
  typescript: 'TypeScript',
  json: 'JSON',
  http: 'HTTP',
  graphql: 'GraphQL',
  toml: 'TOML',
  xml: 'XML',
  text: 'Text',
}

/** ```` ```python label="chat.py" run=chat os=unix ```` */
export function readFence(info: string): Fence {
  const [language = 'text', ...rest] = info.split(/ (?=(?:[^"]*"[^"]*")*[^"]*$)/)
  const flags = Object.fromEntries(
    rest.map((flag) => {
      const [key, value = ''] = flag.split('=')
      return [key, value.replaceAll('"', '')]
    }),
  ) as Partial<Fence>
  return { language, label: flags.label ?? LABELS[language] ?? language, ...flags }
}
