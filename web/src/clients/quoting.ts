/** Text as a literal of another language, so that no name and no key can break out of it. */

const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\uFFFD')

/** What JSON escapes, Python, JavaScript and Java read back the same. */
export const literal = (text: string) => JSON.stringify(wellFormed(text))

export const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** A basic string: like JSON's, but DEL has to be escaped too. */
export const toml = (text: string) => literal(text).replaceAll('\u007F', '\\u007F')

/** For bash and zsh: nothing is special between single quotes. */
export const shell = (text: string) => `'${wellFormed(text).replaceAll('\0', '').replaceAll("'", `'\\''`)}'`

/** PowerShell takes typographic quotes for quotes as well; doubled, each stands for itself. */
export const powershell = (text: string) => `'${wellFormed(text).replace(/['‘’‚‛]/g, '$&$&')}'`

/** Base64 of UTF-8, without the limit of `btoa` to Latin-1. */
export function base64(text: string): string {
  const bytes = new TextEncoder().encode(text)
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
