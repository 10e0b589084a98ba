import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Loopback, private, link-local, carrier-grade NAT, multicast and reserved ranges (IANA's special registries). */
const special = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  special.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  // An address of IPv4 is within it: 2002:7f00:1:: is this machine.
  ['2002::', 16],
  ['3fff::', 20],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  special.addSubnet(network, bits, 'ipv6')

/** Whether an address belongs to this machine or its neighbours rather than to the internet. */
export function isPrivateAddress(address: string): boolean {
  const plain = unmapped(address.replace(/^\[|\]$/g, ''))
  const family = isIP(plain)
  return family === 0 || special.check(plain, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * What one customer has: an address of IPv4, but a network of 64 bits of IPv6 (RFC 6177), whose addresses they may change
 * at will. Whoever counts by address counts by this. What is no address stays as it is.
 */
export function networkOf(address: string): string {
  const plain = unmapped(address).split('%')[0]!
  if (isIP(plain) !== 6) return plain
  // A URL writes every address in one way, without dots and leading zeros.
  const [left = [], right] = new URL(`http://[${plain}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean))
  const zeros = Array<string>(right ? 8 - left.length - right.length : 0).fill('0')
  return `${[...left, ...zeros, ...(right ?? [])].slice(0, 4).join(':')}::/64`
}

/** An address of IPv4 that came over a socket of IPv6, as itself. */
const unmapped = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '')

const NAMED: Record<string, string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

/** Whether something names proxies: an address, a network (not everybody), or one of the known names. */
export function isProxyRange(range: string): boolean {
  if (Object.hasOwn(NAMED, range)) return true
  const [base = '', bits] = range.split('/')
  const longest = isIP(base) === 6 ? 128 : 32
  return isIP(base) !== 0 && (bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= longest))
}

/** Stands for an address that nobody can tell: in no list of addresses, and counted as one caller. */
const UNKNOWN = 'unknown'

/**
 * Tells who asks: the peer, or whom the trusted proxies in front say it is, read from the nearest one outwards. Where the
 * nearest that is no proxy of ours cannot be read, nobody is asked further: what stands before it is the caller's own word.
 */
export function createAddressReader(
  trustedProxies: readonly string[],
): (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string {
  const trusted = listOf(trustedProxies.flatMap((proxy) => NAMED[proxy] ?? proxy))
  return ({ socket, headers }) => {
    const peer = plainAddress(socket.remoteAddress ?? '')
    if (trustedProxies.length === 0) return peer ?? UNKNOWN
    const told = String(headers['x-forwarded-for'] ?? '').split(',')
    const way = [
      peer,
      ...told
        .reverse()
        .filter((one) => one.trim() !== '')
        .map(plainAddress),
    ]
    const caller = way.findIndex((address) => address === undefined || !contains(trusted, address))
    return way.at(caller) ?? UNKNOWN
  }
}

/** The address in `1.2.3.4:5678`, `[::1]:443`, `::ffff:1.2.3.4`, `fe80::1%eth0`; undefined when there is none. */
function plainAddress(told: string): string | undefined {
  const [, bracketed, dotted] = /^(?:\[(.*)\]|([\d.]+))(?::\d{1,5})?$/.exec(told.trim()) ?? []
  const address = unmapped(bracketed ?? dotted ?? told.trim()).split('%')[0]!
  return isIP(address) === 0 ? undefined : address
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [base = '', bits] = range.split('/')
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(base, family)
    else list.addSubnet(base, Number(bits), family)
  }
  return list
}

const contains = (list: BlockList, address: string) =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
