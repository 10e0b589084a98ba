import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a page of somebody else's sent this. Cookies travel with whatever any page sends, so they count from our own
 * pages only: those at PUBLIC_URL, or at the very host that was asked. Programs have no origin.
 */
export function isForeignPage({ origin, host }: IncomingHttpHeaders, publicUrl: string): boolean {
  if (!origin) return false
  return origin !== new URL(publicUrl).origin && URL.parse(origin)?.host !== host
}
