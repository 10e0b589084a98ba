import { LIFE_DAYS } from './sessions.ts'

/** The session cookie's name and attributes; `__Host-` and Secure exactly when the server is reached by https. */
export interface SessionCookie {
  read(header: string | undefined): string | undefined
  /** A Set-Cookie value. */
  set(value: string): string
  clear(): string
}

export function createSessionCookie(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith('https:')
  const name = secure ? '__Host-session' : 'session'
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  return {
    read: (header) =>
      header
        ?.split(';')
        .map((pair) => pair.trim())
        .find((pair) => pair.startsWith(`${name}=`))
        ?.slice(name.length + 1),
    set: (value) => `${name}=${value}; ${attributes}; Max-Age=${LIFE_DAYS * 86_400}`,
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
  }
}
