/** One tool that people use, and how it is pointed at this server. Everything here is pure: the server's facts come in as data. */

export type Os = 'mac' | 'linux' | 'windows'

/** The routes below /api/v1 that a tool may need, by the server's own names. */
export type Door = 'chat_completions' | 'messages' | 'responses'

export type ClientKind = 'agent' | 'editor' | 'desktop' | 'platform' | 'code'

export interface SetUpInput {
  /** As the operator calls the site. */
  siteName: string
  /** `https://pingtoken.cn/api/v1` */
  baseUrl: string
  model: string
  /** The secret itself, only within the one-time dialog; otherwise an environment variable stands for it. */
  key: string | undefined
  os: Os
}

export interface Snippet {
  /** Which one of a client's it is, for tests and for keys of lists. */
  id: string
  /** The file it belongs into; absent: it is run in a terminal. */
  path?: string
  language: 'json' | 'toml' | 'shell' | 'powershell' | 'python' | 'java' | 'javascript'
  text: string
}

/** What is typed into a tool's own form, by the form's own words. */
export interface FormField {
  label: string
  value: string
}

export interface AppLink {
  /** The app that opens. */
  app: string
  /** Carries the secret: built when it is clicked, and put nowhere else. */
  url(): string
}

export interface SetUp {
  /** Keys of the client's texts, in order. */
  steps: readonly string[]
  fields: readonly FormField[]
  files: readonly Snippet[]
  commands: readonly Snippet[]
  /** Keys of the client's texts: what goes wrong most often. */
  notes: readonly string[]
  links: readonly AppLink[]
}

export interface Client {
  id: string
  /** Names of products are the same in every language. */
  name: string
  kind: ClientKind
  door: Door
  homepage: string | undefined
  /** What was run and when; 'documented': written from its documentation, not run by us. */
  verified: { version: string; date: string } | 'documented'
  /** Its own prompts are longer than what the free plan takes. */
  longPrompts: boolean
  /** Absent: it is installed from its homepage. */
  install?: string
  setUp(input: SetUpInput): SetUp
}

const NOTHING: SetUp = { steps: [], fields: [], files: [], commands: [], notes: [], links: [] }

export const setUpOf = (parts: Partial<SetUp>): SetUp => ({ ...NOTHING, ...parts })
