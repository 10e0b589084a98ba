import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createGates } from '../../server/relay/gate.ts'
import type { TokenHolder } from '../../server/tokens/token.book.ts'
import { startRedis } from '../support/redis.ts'

const redisServer = await startRedis()
const redis = new Redis(redisServer.url)
await redis.ping()
afterAll(async () => {
  redis.disconnect()
  await redisServer.stop()
})

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout'] }))
afterEach(() => void vi.useRealTimers())

const holder = (tokenId: string) => ({ tokenId, tokensPerMinute: 1_000, concurrency: null }) as TokenHolder

test.each(['memory', 'Redis'])(
  'what a request of an ended minute really used is not counted in the next (%s)',
  async (where) => {
    const gates = createGates(where === 'Redis' ? redis : undefined)
    const token = holder(`late ${where}`)
    const first = await gates.enter(token, 'a', () => 100)
    vi.advanceTimersByTime(61_000)
    await redis.del(`tpm:${token.tokenId}`)
    const second = await gates.enter(token, 'b', () => 100)
    first.used(50_000)
    await redis.ping()
    await expect(gates.enter(token, 'c', () => 100)).resolves.toBeDefined()
    second.leave()
    gates.close()
  },
)

test('Redis never counts below zero: what is given back twice is no credit', async () => {
  const gates = createGates(redis)
  const token = holder('below zero')
  const gate = await gates.enter(token, 'a', () => 500)
  gate.used(0)
  gate.used(0)
  await redis.ping()
  expect(Number(await redis.get(`tpm:${token.tokenId}`))).toBe(0)
  gates.close()
})

const busy = (tokenId: string) => ({ tokenId, tokensPerMinute: null, concurrency: 1 }) as TokenHolder

test('a process whose clock is wrong takes nobody’s place', async () => {
  const [one, two] = [createGates(redis), createGates(redis)]
  const token = busy('wrong clock')
  await one.enter(token, 'a', () => 0)
  vi.setSystemTime(Date.now() + 3_600_000)
  await expect(two.enter(token, 'b', () => 0)).rejects.toMatchObject({ code: 'rate_limit_exceeded' })
  one.close()
  two.close()
})

test('places that a restarted Redis has forgotten are taken again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  const [one, two] = [createGates(redis), createGates(redis)]
  const token = busy('restarted')
  await one.enter(token, 'a', () => 0)
  await redis.del(`running:${token.tokenId}`)
  vi.advanceTimersByTime(10_000)
  await redis.ping()
  await expect(two.enter(token, 'b', () => 0)).rejects.toMatchObject({ code: 'rate_limit_exceeded' })
  one.close()
  two.close()
})
