import type { Viewer } from '../platform/context.ts'
import type { Services } from './context.ts'

/** The secret of `Authorization: Bearer …`; other schemes are between the client and a proxy. */
export const bearerOf = (authorization: unknown): string | undefined =>
  typeof authorization === 'string' ? /^Bearer\s(.*)$/is.exec(authorization)?.[1]!.trim() : undefined

/**
 * Who calls: an access key when one is sent, whatever cookie comes along; else the session.
 * Errors: access_key_invalid.
 */
export async function viewerOf(
  { keyRing, sessions, sessionCookie }: Pick<Services, 'keyRing' | 'sessions' | 'sessionCookie'>,
  { authorization, cookie }: { authorization?: unknown; cookie?: string | undefined },
): Promise<Viewer | undefined> {
  const key = bearerOf(authorization)
  return key === undefined ? sessions.viewerOf(sessionCookie.read(cookie)) : keyRing.viewerOf(key)
}
