import { afterAll, describe, expect, test } from 'vitest'
import { createBus, lonely } from '../../server/platform/bus.ts'
import { createLog } from '../../server/platform/log.ts'
import { createChannelHealth } from '../../server/relay/channel-health.ts'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { missingRedis, type RedisServer, startRedis } from '../support/redis.ts'
import { refuse, startUpstream } from '../support/upstream.ts'

const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const { sql } = app.app.services
const admin = app.browser()
const { id: adminId } = await admin.signUp()
await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [adminId])

async function ask(query: string, variables?: object): Promise<any> {
  const { data, errors } = await admin.graphql(query, variables)
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}
const namesOf = ({ channels }: any) => channels.edges.map(({ node }: any) => node.name)
const found = async (search: string) =>
  namesOf(
    await ask('query ($search: String) { channels(search: $search) { edges { node { name } } } }', {
      search,
    }),
  )

test('channels are found by any part of their name, address, provider or models, and by nothing else', async () => {
  const upstream = await startUpstream()
  await connectChannel(app, upstream, { name: 'Main line' })
  await connectChannel(app, upstream, { name: 'Spare 100%', modelId: 'kimi-k2' })
  expect(await found('MAIN')).toEqual(['Main line'])
  expect(await found('0%')).toEqual(['Spare 100%'])
  expect(await found('kimi')).toEqual(['Spare 100%'])
  expect(await found('Qwen3 Max')).toEqual(['Main line'])
  expect(await found('upstream-NAME')).toEqual(['Spare 100%', 'Main line'])
  expect(await found('alibaba cloud')).toEqual(['Spare 100%', 'Main line'])
  expect(await found(new URL(upstream.url).host)).toHaveLength(2)
  expect(await found('_')).toEqual([])
  expect(await found('key')).toEqual([])
})

test('a search is read page by page, forwards and back', async () => {
  const upstream = await startUpstream()
  for (const n of [1, 2, 3, 4, 5]) await connectChannel(app, upstream, { name: `Paged ${n}` })
  const PAGES = `query ($first: Int, $after: String, $last: Int, $before: String) {
    channels(search: "paged", first: $first, after: $after, last: $last, before: $before) {
      edges { node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
  const first = await ask(PAGES, { first: 2 })
  const second = await ask(PAGES, { first: 2, after: first.channels.pageInfo.endCursor })
  const back = await ask(PAGES, { last: 2, before: second.channels.pageInfo.startCursor })
  expect([first, second, back].map(namesOf)).toEqual([
    ['Paged 5', 'Paged 4'],
    ['Paged 3', 'Paged 2'],
    ['Paged 5', 'Paged 4'],
  ])
  expect(back.channels.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
})

const RESET = `mutation ($input: ResetChannelInput!) { resetChannel(input: $input) { channel {
  keys { id lastFour health { state } } } } }`

test('one resting key is asked again, the others go on resting, and the audit names it by its end', async () => {
  await sql.query('DELETE FROM channel')
  await app.app.services.catalog.reload()
  const customer = await createCustomer(app)
  const upstream = await startUpstream()
  upstream.answer(refuse(402, 'no money'))
  const keys = ['sk-provider-secret-key-1111', 'sk-provider-secret-key-2222']
  const id = await connectChannel(app, upstream, { keys })
  expect((await customer.chat()).status).toBe(502)
  expect((await customer.chat()).status).toBe(502)
  const read = async () =>
    (await ask('{ channels { edges { node { keys { id lastFour health { state } } } } } }')).channels.edges[0]
      .node.keys
  const resting = await read()
  expect(resting.map(({ health }: any) => health.state)).toEqual(['RESTING', 'RESTING'])

  const { resetChannel } = await ask(RESET, { input: { id, keyId: resting[1].id } })
  expect(resetChannel.channel.keys.map(({ lastFour, health }: any) => [lastFour, health.state])).toEqual([
    ['1111', 'RESTING'],
    ['2222', 'WELL'],
  ])
  const { auditEntries } = await ask(
    '{ auditEntries(first: 1, filter: { action: "reset_channel" }) { edges { node { target facts { name value } } } } }',
  )
  expect(auditEntries.edges[0].node.target).toBe(id)
  expect(auditEntries.edges[0].node.facts).toContainEqual({ name: 'key', value: '…2222' })
  const wrong = await admin.graphql(RESET, { input: { id, keyId: 'ffffffffffffffff' } })
  expect(wrong.errors![0]!.extensions).toMatchObject({ code: 'invalid_request', param: 'keyId' })
})

describe.skipIf(missingRedis())(`with a second process (${missingRedis() ?? 'Redis'})`, () => {
  let redis: RedisServer | undefined
  afterAll(() => redis?.stop())

  test('a key that is asked again here is asked again there', async () => {
    redis = await startRedis()
    const { url: redisUrl } = redis
    const log = createLog('silent')
    const options = { sql, log, now: () => new Date() }
    const buses = ['here', 'there'].map((instanceId) => createBus({ redisUrl, instanceId, log }))
    const [here, there] = buses.map((bus) => createChannelHealth({ ...options, bus }))
    const alone = createChannelHealth({ ...options, bus: lonely })
    await expect.poll(() => buses.every(({ sure }) => sure)).toBe(true)
    const channelId = '01900000-0000-7000-8000-000000000001'
    for (const { breakers } of [here!, there!, alone])
      for (const key of ['a', 'b']) breakers.failed(`${channelId} ${key}`, 60_000)
    await here!.reset(channelId, 'a')
    await expect.poll(() => there!.breakers.mayEnter(`${channelId} a`)).toBe(true)
    expect(there!.breakers.mayEnter(`${channelId} b`)).toBe(false)
    expect(alone.breakers.mayEnter(`${channelId} a`)).toBe(false)
    await here!.reset(channelId)
    await expect.poll(() => there!.breakers.mayEnter(`${channelId} b`)).toBe(true)
    await Promise.all([here!, there!, alone].map((one) => one.stop()))
    await Promise.all(buses.map((bus) => bus.close()))
  })
})
