import { expect, test } from 'vitest'
import { hashSecret, isWellFormed, mintSecret } from '../../server/tokens/token.secret.ts'
import { isAllowedAddress } from '../../server/tokens/tokens.ts'

test('a minted secret is well-formed, and a single changed character shows', () => {
  const { secret } = mintSecret()
  expect(isWellFormed(secret)).toBe(true)
  for (let at = 'sk-pt-'.length; at < secret.length; at++) {
    const other = secret[at] === 'x' ? 'y' : 'x'
    expect(isWellFormed(secret.slice(0, at) + other + secret.slice(at + 1))).toBe(false)
  }
})

test.each([
  '',
  'sk-pt-',
  'Bearer x',
  "' OR 1=1 --",
  'sk-pt-\u0000'.padEnd(44, 'a'),
  `${'a'.repeat(1_000_000)}`,
])('garbage is refused without a look-up', (text) => expect(isWellFormed(text)).toBe(false))

test('two secrets that begin alike have nothing else in common', () => {
  const [a, b] = [mintSecret(), mintSecret()]
  expect(a.hash.equals(b.hash)).toBe(false)
  expect(hashSecret(a.secret).equals(a.hash)).toBe(true)
})

test('every character of the alphabet turns up about equally often', () => {
  const counts = new Map<string, number>()
  for (let i = 0; i < 2_000; i++)
    for (const character of mintSecret().secret.slice(6, 38))
      counts.set(character, (counts.get(character) ?? 0) + 1)
  expect(counts.size).toBe(62)
  const expected = (2_000 * 32) / 62
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.25)
})

test.each([
  ['203.0.113.9', ['203.0.113.0/24'], true],
  ['203.0.114.9', ['203.0.113.0/24'], false],
  ['::ffff:203.0.113.9', ['203.0.113.0/24'], true],
  ['2001:db8::1', ['2001:db8::/32'], true],
  ['2001:db9::1', ['2001:db8::/32', '203.0.113.0/24'], false],
  ['198.51.100.1', [], true],
])('%s with %j: allowed is %s', (address, ranges, allowed) => {
  expect(isAllowedAddress(address, ranges)).toBe(allowed)
})
