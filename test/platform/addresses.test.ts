import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { createAddressReader, isProxyRange, networkOf } from '../../server/platform/addresses.ts'

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
  ['anna@example.com', 'anna@example.com'],
])('who has %s has the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

const asked = (peer: string | undefined, told?: string) => ({
  socket: { remoteAddress: peer } as Socket,
  headers: { 'x-forwarded-for': told },
})

it.each([
  ['127.0.0.1', undefined, '127.0.0.1'],
  ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['::ffff:127.0.0.1', '203.0.113.9:5678', '203.0.113.9'],
  ['127.0.0.1', '[2001:db8::9]:443, 10.1.2.3:80', '2001:db8::9'],
  ['127.0.0.1', '10.1.2.3, 10.1.2.4', '10.1.2.3'],
  ['127.0.0.1', 'unknown', 'unknown'],
  ['127.0.0.1', '203.0.113.9, unknown, 10.1.2.3', 'unknown'],
  ['198.51.100.1', '203.0.113.9', '198.51.100.1'],
  ['fe80::1%eth0', undefined, 'fe80::1'],
  [undefined, '203.0.113.9', 'unknown'],
])('who comes from %s with X-Forwarded-For: %s is %s', (peer, told, address) => {
  expect(createAddressReader(['loopback', '10.0.0.0/8'])(asked(peer, told))).toBe(address)
})

it('without trusted proxies the peer is the caller, whatever it says', () => {
  expect(createAddressReader([])(asked('127.0.0.1', '203.0.113.9'))).toBe('127.0.0.1')
})

it.each([
  ['10.0.0.1', true],
  ['10.0.0.0/8', true],
  ['fd00::/8', true],
  ['loopback', true],
  ['uniquelocal', true],
  ['0.0.0.0/0', false],
  ['10.0.0.0/33', false],
  ['10.0.0.0/', false],
  ['proxy.example', false],
  ['constructor', false],
])('%s names proxies: %s', (range, names) => {
  expect(isProxyRange(range)).toBe(names)
})
