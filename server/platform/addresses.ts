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
  const plain = address.replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d+\.)/i, '')
  const family = isIP(plain)
  return family === 0 || special.check(plain, family === 6 ? 'ipv6' : 'ipv4')
}

const NAMED: Record<string, string[]> = { loopback: ['127.0.0.0/8', '::1/128'] }

/** Who asks: the peer, or whom the trusted proxies in front say it is, read from the nearest one outwards. */
export function clientAddress(
  { socket, headers }: IncomingMessage,
  trustedProxies: readonly string[],
): string | undefined {
  const peer = socket.remoteAddress
  if (!peer || trustedProxies.length === 0) return peer
  const trusted = listOf(trustedProxies.flatMap((proxy) => NAMED[proxy] ?? proxy))
  const told = String(headers['x-forwarded-for'] ?? '').split(',')
  const way = [peer, ...told.map((address) => address.trim()).reverse()].filter((address) => isIP(address))
  return way.find((address) => !contains(trusted, address)) ?? way.at(-1)
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [base = '', bits] = range.split('/')
    if (isIP(base) === 0) continue
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(base, family)
    else list.addSubnet(base, Number(bits), family)
  }
  return list
}

function contains(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}
