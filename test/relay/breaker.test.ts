import { expect, test } from 'vitest'
import type { CatalogChannel } from '../../server/catalog/catalog.ts'
import { createBreakers } from '../../server/relay/breaker.ts'
import { drawOrder, enter } from '../../server/relay/routes.ts'

let now = 0
const channel = (id: string, more: Partial<CatalogChannel> = {}): CatalogChannel => ({
  id,
  name: id,
  baseUrl: 'https://provider.example/v1',
  keys: [{ id: '0', secret: 'key' }],
  providerId: 'other',
  upstreamModel: 'model',
  priority: 0,
  weight: 1,
  timeouts: {},
  sandbox: false,
  ...more,
})
const plainly = { used: undefined, force: false }

function openBreakers(...ids: string[]) {
  now = 0
  const breakers = createBreakers(() => now)
  for (const id of ids) for (let i = 0; i < 5; i++) breakers.failed(id)
  return breakers
}

test('five failures rest a key; after the rest exactly one request probes it', () => {
  const breakers = openBreakers('a 0')
  expect(breakers.tryEnter('a 0')).toBe(false)
  now = 5_000
  expect([1, 2, 3].map(() => breakers.tryEnter('a 0'))).toEqual([true, false, false])
  breakers.succeeded('a 0')
  expect(breakers.stateOf('a 0')).toBe('closed')
})

test('a failed probe rests the key longer, never above twenty seconds', () => {
  const breakers = openBreakers('a 0')
  const rests: number[] = []
  for (let i = 0; i < 4; i++) {
    const from = now
    while (!breakers.tryEnter('a 0')) now += 1_000
    rests.push(now - from)
    breakers.failed('a 0')
  }
  expect(rests).toEqual([5_000, 10_000, 20_000, 20_000])
})

test('failures of requests that were under way when it opened do not prolong the rest', () => {
  const breakers = openBreakers('a 0')
  for (let i = 0; i < 30; i++) breakers.failed('a 0')
  now = 5_000
  expect(breakers.tryEnter('a 0')).toBe(true)
})

test('a key that fails half of its requests rests, though never five fail in a row; one that fails a third does not', () => {
  const outcomes = (failsOf: (n: number) => boolean) => {
    const breakers = openBreakers()
    for (let n = 0; n < 200; n++) {
      if (failsOf(n)) breakers.failed('a 0')
      else breakers.succeeded('a 0')
      if (breakers.stateOf('a 0') === 'open') return n + 1
    }
    return undefined
  }
  expect(outcomes((n) => n % 2 === 0)).toBeLessThanOrEqual(41)
  expect(outcomes((n) => n % 3 === 0)).toBeUndefined()
})

test('after a rest that ended well, what failed before it is forgotten', () => {
  const breakers = openBreakers('a 0')
  now = 5_000
  breakers.tryEnter('a 0')
  breakers.succeeded('a 0')
  for (let i = 0; i < 4; i++) breakers.failed('a 0')
  expect(breakers.stateOf('a 0')).toBe('closed')
})

test('a probe that learnt nothing leaves the next request to probe', () => {
  const breakers = openBreakers('a 0')
  now = 5_000
  breakers.tryEnter('a 0')
  breakers.abandoned('a 0')
  expect(breakers.tryEnter('a 0')).toBe(true)
})

test('to be considered is not to be probed: a channel that was not asked can still be', () => {
  const breakers = openBreakers('b 0')
  now = 5_000
  const channels = [channel('a'), channel('b', { priority: 1 })]
  for (let i = 0; i < 3; i++) expect(drawOrder(channels, breakers)).toEqual(channels)
  expect(enter(channels[1]!, breakers, plainly)).toBeDefined()
})

test('resting channels are left out, unless all rest: then trying beats refusing', () => {
  const channels = [channel('a'), channel('b', { priority: 1 })]
  expect(drawOrder(channels, openBreakers('a 0'))).toEqual([channels[1]])
  const all = openBreakers('a 0', 'b 0')
  expect(drawOrder(channels, all)).toEqual(channels)
  expect(enter(channels[0]!, all, plainly)).toBeUndefined()
  expect(enter(channels[0]!, all, { used: undefined, force: true })).toBeDefined()
})

test('a second try takes another key of the channel', () => {
  const breakers = openBreakers()
  const two = channel('a', { keys: ['one', 'two'].map((id) => ({ id, secret: id })) })
  for (let i = 0; i < 10; i++) {
    const used = enter(two, breakers, plainly)!
    expect(enter(two, breakers, { used, force: true })!.key.id).not.toBe(used.key.id)
  }
})

test('lower priority numbers come first, and weights decide within one', () => {
  const [often, seldom, last] = [
    channel('often', { weight: 9 }),
    channel('seldom', { weight: 1 }),
    channel('last', { priority: 1, weight: 1_000 }),
  ]
  const orders = Array.from({ length: 1_000 }, () => drawOrder([last, seldom, often], openBreakers()))
  expect(orders.every((order) => order[2] === last)).toBe(true)
  const share = orders.filter(([first]) => first === often).length
  expect(share).toBeGreaterThan(850)
  expect(share).toBeLessThan(950)
})
