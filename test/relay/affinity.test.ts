import { expect, test } from 'vitest'
import { conversationOf, createAffinity } from '../../server/relay/affinity.ts'
import { createBreakers } from '../../server/relay/breaker.ts'
import { drawOrder, enter } from '../../server/relay/routes.ts'
import type { CatalogChannel } from '../../server/catalog/catalog.ts'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { refuse, startUpstream, whole } from '../support/upstream.ts'

const channel = (id: string, priority = 0): CatalogChannel => ({
  id,
  name: id,
  baseUrl: 'https://provider.example/v1',
  keys: ['one', 'two', 'three'].map((key) => ({ id: key, secret: key })),
  providerId: 'other',
  upstreamModel: 'model',
  priority,
  weight: 1,
  timeouts: {},
  sandbox: false,
})
const times = (n: number) => Array.from({ length: n })

test('the route that served a conversation comes first within the best priority', () => {
  const breakers = createBreakers(() => 0)
  const [a, b, later] = [channel('a'), channel('b'), channel('later', 1)]
  for (const _ of times(50)) {
    expect(drawOrder([a, later, b], breakers, 'b two')[0]).toBe(b)
    expect(enter(b, breakers, { used: undefined, force: false, preferred: 'b two' })!.key.id).toBe('two')
    expect(drawOrder([a, later, b], breakers, 'later two')[2]).toBe(later)
  }
})

test('a route that rests, or is gone, is not waited for', () => {
  const breakers = createBreakers(() => 0)
  breakers.failed('b two', 10_000)
  const channels = [channel('a'), channel('b')]
  const firsts = times(100).map(() => drawOrder(channels, breakers, 'b two')[0]!.id)
  expect(new Set(firsts)).toEqual(new Set(['a', 'b']))
  const chosen = enter(channels[1]!, breakers, { used: undefined, force: false, preferred: 'b two' })
  expect(chosen!.key.id).not.toBe('two')
  expect(drawOrder(channels, breakers, 'gone one')).toHaveLength(2)
})

test('a conversation is known by its name or its first two messages, for one API token and model', () => {
  const hello = { role: 'user', content: 'Hello' }
  const first = { model: 'm', messages: [{ role: 'system', content: 'Be short.' }, hello] }
  const next = { ...first, messages: [...first.messages, { role: 'assistant', content: 'Hi' }, hello] }
  const id = conversationOf('token', 'm', first)
  expect(conversationOf('token', 'm', next)).toBe(id)
  expect(conversationOf('other', 'm', next)).not.toBe(id)
  expect(conversationOf('token', 'other', next)).not.toBe(id)
  const named = (body: object) => conversationOf('token', 'm', { ...body, prompt_cache_key: 'k' } as never)
  expect(named(first)).toBe(named({ model: 'm', messages: [hello] }))
  expect(named(first)).not.toBe(id)
})

test('what was not used for longest is forgotten first', () => {
  const affinity = createAffinity(2)
  affinity.served('a', '1')
  affinity.served('b', '2')
  affinity.served('a', '3')
  affinity.served('c', '4')
  expect(['a', 'b', 'c'].map(affinity.servedBy)).toEqual(['3', undefined, '4'])
})

test('a conversation stays with the key that answered it, and moves on when that key fails', async () => {
  const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
  const upstreams = [await startUpstream(), await startUpstream(), await startUpstream()]
  for (const upstream of upstreams) {
    upstream.answer(whole('Hi'))
    await connectChannel(app, upstream)
  }
  const customer = await createCustomer(app)
  const turn = async () => expect((await customer.chat()).status).toBe(200)
  const heard = () => upstreams.map((upstream) => upstream.heard.length)

  for (const _ of times(8)) await turn()
  expect(heard().toSorted()).toEqual([0, 0, 8])
  const home = upstreams.find((upstream) => upstream.heard.length === 8)!
  home.answer(refuse(403, 'no'))
  await turn()
  home.answer(whole('Hi'))
  for (const _ of times(8)) await turn()
  expect(heard().toSorted()).toEqual([0, 9, 9])
})
