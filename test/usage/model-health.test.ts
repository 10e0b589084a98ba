import { describe, expect, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { createApiToken } from '../../server/tokens/tokens.ts'
import { createModelHealth } from '../../server/usage/model-health.ts'
import { rollUpModelHours } from '../../server/usage/model-hours.ts'
import { databases } from '../support/databases.ts'
import { createWorld } from '../support/world.ts'

interface Request {
  at: Date
  model?: string
  status?: 'succeeded' | 'failed' | 'cancelled' | 'interrupted'
  errorCode?: string
  channelId?: string | null
  attempts?: object[]
  ttftMs?: number | null
  durationMs?: number
  completionTokens?: number
}

const HOUR = 3_600_000
const SANDBOX = '00000000-0000-7000-8000-000000000000'

describe.each(databases)('measured health on $name', ({ missing, open }) => {
  async function measured() {
    const database = await open()
    const { sql } = database
    const world = createWorld(database)
    const { clock } = world
    const person = await world.person()
    const { apiToken } = await createApiToken(world.tokens(person), { name: 'measured' })
    const now = () => clock.now
    return {
      sql,
      clock,
      hoursAgo: (hours: number) => new Date(clock.now.getTime() - hours * HOUR),
      async requests(count: number, { at, model = 'qwen3-max', ...one }: Request) {
        const status = one.status ?? 'succeeded'
        await sql.query(
          `INSERT INTO usage_record (id, user_id, api_token_id, model_id, channel_id, streamed, status, error_code,
                  prompt_tokens, completion_tokens, usage_source, cost_nano, ttft_ms, duration_ms, attempts, created_at)
           SELECT id, $2, $3, $4, $5, true, $6, $7, 1, $8, 'upstream', 0, $9, $10, $11, $12 FROM unnest($1::uuid[]) AS id`,
          [
            Array.from({ length: count }, newId),
            person.id,
            apiToken.id,
            model,
            one.channelId ?? null,
            status,
            one.errorCode ?? null,
            one.completionTokens ?? 0,
            one.ttftMs ?? null,
            one.durationMs ?? null,
            JSON.stringify(one.attempts ?? []),
            at,
          ],
        )
      },
      async rollUp() {
        while (await rollUpModelHours(sql, clock.now)) continue
      },
      of: (model = 'qwen3-max') => createModelHealth({ sql, now }).of(model),
    }
  }

  const promise = (title: string, run: (world: Awaited<ReturnType<typeof measured>>) => Promise<void>) =>
    test.skipIf(missing)(title, async () => run(await measured()))

  promise('49 requests are no data yet, 50 are', async ({ requests, rollUp, of, hoursAgo, clock }) => {
    await requests(49, { at: hoursAgo(1) })
    await rollUp()
    expect((await of()).health).toBeNull()
    await requests(1, { at: hoursAgo(1) })
    clock.now = new Date(clock.now.getTime() + 60_000)
    await rollUp()
    expect((await of()).health).toEqual({ successRate: 1, ttftP50Ms: null, tokensPerSecond: null })
    expect((await of('kimi-k2')).health).toBeNull()
  })

  promise(
    "the rate counts our and the provider's faults, and not the caller's; the sandbox counts for nothing",
    async ({ requests, rollUp, of, hoursAgo }) => {
      const at = hoursAgo(2)
      await requests(60, { at })
      await requests(20, { at, status: 'failed', errorCode: 'upstream_error' })
      await requests(20, { at, status: 'interrupted', errorCode: 'upstream_timeout' })
      await requests(500, { at, status: 'failed', errorCode: 'invalid_request' })
      await requests(500, { at, status: 'cancelled' })
      await requests(500, { at, channelId: SANDBOX })
      await rollUp()
      expect((await of()).health?.successRate).toBe(0.6)
    },
  )

  promise(
    'the median is within 2.5 % of the truth, over hours; speed counts after the first token',
    async ({ requests, rollUp, of, hoursAgo }) => {
      await requests(30, { at: hoursAgo(3), ttftMs: 100, durationMs: 1_100, completionTokens: 50 })
      await requests(31, { at: hoursAgo(2), ttftMs: 400, durationMs: 2_400, completionTokens: 100 })
      await requests(40, { at: hoursAgo(1), ttftMs: 9_000, durationMs: 11_000, completionTokens: 100 })
      await rollUp()
      const { health } = await of()
      expect(Math.abs(health!.ttftP50Ms! - 400)).toBeLessThanOrEqual(10)
      expect(health!.tokensPerSecond).toBe(50)
    },
  )

  promise(
    'days are UTC days, and a day that is over leaves the 24 hours but stays in the 90',
    async ({ requests, rollUp, of, hoursAgo }) => {
      await requests(100, { at: hoursAgo(80 * 24) })
      await requests(50, { at: hoursAgo(80 * 24), status: 'interrupted' })
      await requests(50, { at: hoursAgo(30) })
      await requests(100, { at: hoursAgo(100 * 24) })
      await rollUp()
      const { health, days } = await of()
      expect(health).toBeNull()
      expect(days.map(({ day, successRate }) => [day, successRate.toFixed(3)])).toEqual([
        ['2026-09-05', '0.667'],
        ['2026-11-23', '1.000'],
      ])
    },
  )

  promise(
    'an hour counted by two processes, or again after a late settlement, is counted once',
    async ({ requests, rollUp, of, hoursAgo, clock, sql }) => {
      await requests(80, { at: hoursAgo(0.5), ttftMs: 100, durationMs: 200 })
      await Promise.all([rollUpModelHours(sql, clock.now), rollUpModelHours(sql, clock.now)])
      await rollUp()
      await requests(20, { at: hoursAgo(0.5), status: 'interrupted' })
      clock.now = new Date(clock.now.getTime() + 5 * 60_000)
      await Promise.all([rollUpModelHours(sql, clock.now), rollUpModelHours(sql, clock.now)])
      expect((await of()).health?.successRate).toBe(0.8)
    },
  )

  promise('routes are told apart and not named', async ({ requests, rollUp, of, hoursAgo }) => {
    const [first, second] = [newId(), newId()].sort()
    const at = hoursAgo(1)
    await requests(90, { at, channelId: first })
    await requests(10, {
      at,
      status: 'failed',
      errorCode: 'upstream_error',
      attempts: [{ channelId: first }],
    })
    await requests(50, { at, channelId: second })
    await requests(49, { at, channelId: newId() })
    await rollUp()
    const { routes } = await of()
    expect(routes.map(({ name, successRate }) => [name, successRate])).toEqual([
      ['A', 0.9],
      ['B', 1],
    ])
  })
})
