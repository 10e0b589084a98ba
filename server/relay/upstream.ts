import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent } from 'undici'
import type { CatalogChannel } from '../catalog/catalog.ts'
import { isPrivateAddress } from '../platform/addresses.ts'
import { exchange, type UpstreamAnswer } from './upstream.body.ts'

export type { UpstreamAnswer } from './upstream.body.ts'

/** One HTTP request to one channel: connections, headers, and which addresses may be reached at all. */
export interface Upstream {
  /** Resolves with the answer's head; rejects when there is none. Redirects are answers like any other. */
  post(call: UpstreamCall): Promise<UpstreamAnswer>
  close(): Promise<void>
}

export interface UpstreamCall {
  channel: CatalogChannel
  key: string
  path: string
  body: string
  signal: AbortSignal
}

const KEEP_ALIVE_MS = 30_000
const HEADER_BYTES_MAX = 64 * 1024

export interface UpstreamOptions {
  allowPrivate: boolean
  /** How long a connection may take, in ms, where the channel does not say. */
  connect: number
  /** Who answers which addresses a name has: the system, unless somebody else is asked. */
  resolve?: typeof lookup
}

export function createUpstream({ allowPrivate, connect, resolve = lookup }: UpstreamOptions): Upstream {
  const settings = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
    // The relay keeps time itself: first token, silence, whole answer.
    headersTimeout: 0,
    bodyTimeout: 0,
    // A stream of its own connection: one that is aborted takes nobody else's along.
    allowH2: false,
  }
  const pools = new Map<number, { open: Agent; guarded: Agent }>()
  /** Connections are kept by their patience, which belongs to a pool as a whole. */
  const poolsFor = (timeout: number) => {
    const known = pools.get(timeout)
    if (known) return known
    const open = new Agent({ ...settings, connect: { timeout } })
    const guarded = new Agent({ ...settings, connect: { timeout, lookup: publicOnly(resolve) } })
    pools.set(timeout, { open, guarded })
    return { open, guarded }
  }

  /** By base URL: operators have few of them, and each request needs one taken apart. */
  const places = new Map<string, Place>()
  const placeOf = (baseUrl: string) => {
    const known = places.get(baseUrl)
    if (known) return known
    const place = takeApart(baseUrl)
    places.set(baseUrl, place)
    return place
  }

  return {
    async post({ channel, key, path, body, signal }) {
      const trusted = allowPrivate || channel.sandbox
      const { open, guarded } = poolsFor(channel.timeouts.connect ?? connect)
      const { origin, prefix, isPrivate } = placeOf(channel.baseUrl)
      if (!trusted && isPrivate) throw new Error('the channel points to a private address')
      const headers = {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        // Compressed streams arrive in lumps, and a compressed answer may be a bomb.
        'accept-encoding': 'identity',
        accept: 'text/event-stream, application/json',
      }
      const request = { origin, path: `${prefix}${path}`, method: 'POST' as const, headers, body }
      return exchange(trusted ? open : guarded, request, signal)
    },
    async close() {
      const agents = [...pools.values()].flatMap(({ open, guarded }) => [open, guarded])
      await Promise.all(agents.map((agent) => agent.destroy()))
    },
  }
}

interface Place {
  origin: string
  prefix: string
  /** A literal address is never looked up, so it is checked here. */
  isPrivate: boolean
}

function takeApart(baseUrl: string): Place {
  const { origin, pathname, hostname } = new URL(baseUrl)
  const isPrivate = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 && isPrivateAddress(hostname)
  return { origin, prefix: pathname.replace(/\/$/, ''), isPrivate }
}

/** The address that is checked is the address that is used: a second look-up might answer another one. */
export const publicOnly =
  (resolve: typeof lookup): LookupFunction =>
  (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '')
      if (addresses.some(({ address }) => isPrivateAddress(address)))
        return done(
          Object.assign(new Error('the channel points to a private address'), { code: 'EPRIVATE' }),
          '',
        )
      if (options.all) return done(null, addresses)
      done(null, addresses[0]!.address, addresses[0]!.family)
    })
  }
