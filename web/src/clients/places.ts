import type { Os, SetUpInput, Snippet } from './client.ts'
import { powershell, shell } from './quoting.ts'

/** How our provider is called in the files of other tools. */
export const PROVIDER_ID = 'pingtoken'
export const KEY_VARIABLE = 'PINGTOKEN_API_KEY'
/** Where no variable can stand for the secret. */
export const KEY_PLACEHOLDER = 'YOUR_API_TOKEN'

export const keyOrPlaceholder = ({ key }: Pick<SetUpInput, 'key'>) => key ?? KEY_PLACEHOLDER

/** Tools that append `/v1/messages` by themselves want the base URL without its `/v1`. */
export const withoutVersion = (baseUrl: string) => baseUrl.replace(/\/v1$/, '')

/** The site itself, which may stand below a path. */
export const siteOf = (baseUrl: string) => baseUrl.replace(/\/api\/v1$/, '')

/** A file below the home folder, as the system writes it. */
export const home = (os: Os, path: string) =>
  os === 'windows' ? `%USERPROFILE%\\${path.replaceAll('/', '\\')}` : `~/${path}`

/** The secret as a word of the terminal's language. */
export function keyWord({ key, os }: Pick<SetUpInput, 'key' | 'os'>): string {
  if (key !== undefined) return word(os, key)
  return os === 'windows' ? `$env:${KEY_VARIABLE}` : `"$${KEY_VARIABLE}"`
}

export const word = (os: Os, text: string) => (os === 'windows' ? powershell(text) : shell(text))

export const terminal = (os: Os) => (os === 'windows' ? ('powershell' as const) : ('shell' as const))

export const command = (os: Os, id: string, text: string): Snippet => ({
  id,
  language: terminal(os),
  text: `${text}\n`,
})

/** Makes the secret an environment variable that is still there tomorrow, and again under a name that a tool insists on. */
export function environment(input: Pick<SetUpInput, 'key' | 'os'>, alias?: string): Snippet {
  const { os } = input
  const lines = [
    assignment(os, KEY_VARIABLE, word(os, keyOrPlaceholder(input))),
    ...(alias
      ? [assignment(os, alias, os === 'windows' ? `$env:${KEY_VARIABLE}` : `"$${KEY_VARIABLE}"`)]
      : []),
  ]
  return { ...command(os, 'environment', lines.join('\n')), path: PROFILES[os] }
}

/** What a new terminal reads first; on Windows variables are kept elsewhere. */
const PROFILES = { mac: '~/.zshrc', linux: '~/.bashrc', windows: undefined }

const assignment = (os: Os, name: string, value: string) =>
  os === 'windows'
    ? `$env:${name} = ${value}; [Environment]::SetEnvironmentVariable('${name}', $env:${name}, 'User')`
    : `export ${name}=${value}`
