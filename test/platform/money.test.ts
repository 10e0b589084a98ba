import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatCny, formatPrice, parseCny, parsePrice } from '../../server/platform/money.ts'
import { isPrivateAddress } from '../../server/platform/addresses.ts'
import { createSealer } from '../../server/platform/sealed.ts'
import { scrub } from '../../server/platform/log.ts'

test('an amount survives being written and read, to the nano', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (nano) => {
      expect(parseCny(formatCny(nano))).toBe(nano)
    }),
  )
})

test.each([
  [0n, '0'],
  [1n, '0.000000001'],
  [-1n, '-0.000000001'],
  [1_500_000_000n, '1.5'],
  [1_000_000n * 1_000_000_000n, '1000000'],
])('%s nano is %s CNY', (nano, text) => expect(formatCny(nano)).toBe(text))

test.each(['', '1,5', '1e3', '.5', '1.', '0.0000000001', '--1', ' 1', '١'])('"%s" is no amount', (text) => {
  expect(() => parseCny(text)).toThrow(RangeError)
})

test('a price keeps six decimals per million and refuses more', () => {
  expect(parsePrice('0.8')).toBe(800_000n)
  expect(formatPrice(800_000n)).toBe('0.8')
  expect(parsePrice('0.000001')).toBe(1n)
  expect(() => parsePrice('0.0000001')).toThrow(RangeError)
  expect(() => parsePrice('-1')).toThrow(RangeError)
})

test('a sealed key is unreadable, differs each time, and cannot be altered or opened with another key', () => {
  const sealer = createSealer('a'.repeat(32))
  const sealed = sealer.seal('sk-provider-secret')
  expect(sealed).not.toContain('provider')
  expect(sealer.seal('sk-provider-secret')).not.toBe(sealed)
  expect(sealer.unseal(sealed)).toBe('sk-provider-secret')
  const altered = sealed.slice(0, -2) + (sealed.at(-2) === 'A' ? 'B' : 'A') + sealed.at(-1)
  expect(() => sealer.unseal(altered)).toThrow()
  expect(() => createSealer('b'.repeat(32)).unseal(sealed)).toThrow()
})

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '169.254.169.254',
  '::1',
  '::ffff:192.168.0.1',
  'fd00::1',
  '[::1]',
  'localhost',
  '::ffff:7f00:1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'fec0::1',
  '0.0.0.0',
])('%s is not on the internet', (address) => expect(isPrivateAddress(address)).toBe(true))

test.each(['8.8.8.8', '2606:4700::1111'])('%s is', (address) => expect(isPrivateAddress(address)).toBe(false))

test('keys are taken out of what is logged', () => {
  expect(scrub('Bearer sk-pt-abcdefghijkl and sk-proj-12345678')).toBe(
    'Bearer sk-[redacted] and sk-[redacted]',
  )
})
