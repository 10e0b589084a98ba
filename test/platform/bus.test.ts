import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertUser } from '../../server/identity/accounts.ts'
import { createSessions } from '../../server/identity/sessions.ts'
import { type Bus, createBus, lonely } from '../../server/platform/bus.ts'
import { newId } from '../../server/platform/ids.ts'
import { createLog } from '../../server/platform/log.ts'
import { createSettings } from '../../server/platform/settings.ts'
import { databases } from '../support/databases.ts'
import { missingRedis, type RedisServer, startRedis } from '../support/redis.ts'

const log = createLog('silent')
const missing = missingRedis()

test('alone, a process is sure of what it remembers', () => {
  expect(createBus({ redisUrl: undefined, instanceId: newId(), log })).toBe(lonely)
  expect(lonely.sure).toBe(true)
})

describe.skipIf(missing)(`over Redis${missing ? `: ${missing}` : ''}`, () => {
  let redis: RedisServer
  let [here, there] = [lonely, lonely] as [Bus, Bus]
  const open = () => createBus({ redisUrl: redis.url, instanceId: newId(), log })
  const until = async (holds: () => boolean | Promise<boolean>) => {
    while (!(await holds())) await new Promise(setImmediate)
  }

  beforeAll(async () => {
    redis = await startRedis()
    ;[here, there] = [open(), open()]
    await until(() => here.sure && there.sure)
  })
  afterAll(async () => {
    await Promise.all([here.close(), there.close()])
    await redis.stop()
  })

  test('news come to the others once, in order, and not back', async () => {
    const [mine, theirs]: [string[], string[]] = [[], []]
    here.hear('apiTokenChanged', ({ tokenId }) => mine.push(tokenId))
    there.hear('apiTokenChanged', ({ tokenId }) => theirs.push(tokenId))
    for (const tokenId of ['a', 'b', 'c']) here.tell('apiTokenChanged', { tokenId })
    await until(() => theirs.length >= 3)
    there.tell('apiTokenChanged', { tokenId: 'd' })
    await until(() => mine.length > 0)
    expect([mine, theirs]).toEqual([['d'], ['a', 'b', 'c']])
  })

  test('who hears nothing is no longer sure, and doubts everything once it hears again', async () => {
    let doubts = 0
    there.onDoubt(() => (doubts += 1))
    await redis.kill()
    await until(() => !there.sure)
    await redis.start()
    await until(() => there.sure)
    expect(doubts).toBeGreaterThanOrEqual(1)
  })

  test('two seconds of silence are enough, though the connection stands', async () => {
    redis.freeze()
    const begun = performance.now()
    await until(() => !there.sure)
    expect(performance.now() - begun).toBeLessThan(2_500)
    redis.thaw()
    await until(() => there.sure)
  })

  test('a suspended user is shut out of every process, and settings are read anew by all', async () => {
    const { sql } = await databases[0]!.open()
    const now = () => new Date()
    const id = await insertUser(sql, { email: 'ada@example.com', passwordHash: null, now: now() })
    const [sessions, elsewhere] = [here, there].map((bus) => createSessions({ sql, now, bus })) as [
      ReturnType<typeof createSessions>,
      ReturnType<typeof createSessions>,
    ]
    const cookie = await sessions.open(id, { ip: undefined, userAgent: undefined })
    expect(await elsewhere.viewerOf(cookie)).toMatchObject({ id })
    await sql.query('UPDATE app_user SET suspended_at = now() WHERE id = $1', [id])
    sessions.forgetUser(id)
    expect(await sessions.viewerOf(cookie)).toBeUndefined()
    await until(async () => (await elsewhere.viewerOf(cookie)) === undefined)

    const settings = await createSettings(sql, { bus: here, log })
    const theirs = await createSettings(sql, { bus: there, log })
    await sql.query(`INSERT INTO setting VALUES ('siteName', '"Elsewhere"', now())`)
    await settings.reload()
    await until(() => theirs.values.siteName === 'Elsewhere')
  })
})
