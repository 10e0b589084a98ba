import { beforeEach, expect, test } from 'vitest'
import { createChannelHealth } from '../../server/relay/channel-health.ts'
import { lonely } from '../../server/platform/bus.ts'
import { createLog } from '../../server/platform/log.ts'
import { type Browser, startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { chunk, DONE, refuse, startUpstream, stream, whole } from '../support/upstream.ts'

const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' }, { relayTiming: { retryWait: 10 } })
const { sql } = app.app.services
const admin = await administrator()
const customer = await createCustomer(app)

beforeEach(() =>
  sql.query("UPDATE channel SET state = 'disabled'").then(() => app.app.services.catalog.reload()),
)

async function administrator(): Promise<Browser> {
  const browser = app.browser()
  const { id } = await browser.signUp()
  await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
  return browser
}

async function channelTo(settings: Parameters<typeof connectChannel>[2] = {}) {
  const upstream = await startUpstream()
  upstream.answer(whole('Hello there'))
  return { upstream, id: await connectChannel(app, upstream, settings) }
}

async function ask(query: string, variables?: object): Promise<any> {
  const { data, errors } = await admin.graphql(query, variables)
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

const deed = (name: string, input: object, fields: string) => {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`
  return ask(`mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`, { input }).then(
    (data) => data[name],
  )
}
const HEALTH = 'state successRate5m ttftP50 openUntil lastError { code message }'
const CHANNELS = `{ channels(first: 5) { edges { node { id state health { ${HEALTH} } keys { lastFour health { ${HEALTH} } } } } } }`
const shown = async (id: string) =>
  (await ask(CHANNELS)).channels.edges.map(({ node }: any) => node).find((node: any) => node.id === id)

test('a test call asks for one token, answers what came, and charges nobody', async () => {
  const { upstream, id } = await channelTo()
  const met = await deed('testChannel', { id }, 'ok httpStatus latencyMs excerpt errorCode')
  expect(met).toEqual({
    ok: true,
    httpStatus: 200,
    latencyMs: expect.any(Number),
    excerpt: 'Hello there',
    errorCode: null,
  })
  expect(upstream.heard[0]!.body).toMatchObject({ model: 'upstream-name', max_tokens: 1 })
  expect(await customer.records()).toEqual([])
})

test('a refused or impossible test call says why, without address and key', async () => {
  const { upstream, id } = await channelTo()
  upstream.answer(refuse(401, `key sk-provider-secret-key is unknown at ${new URL(upstream.url).host}`))
  expect(await deed('testChannel', { id }, 'ok httpStatus errorCode errorMessage')).toEqual({
    ok: false,
    httpStatus: 401,
    errorCode: 'http_401',
    errorMessage: 'key [key] is unknown at [address]',
  })
  const gone = await connectChannel(app, { ...upstream, url: 'http://127.0.0.1:1/v1' }, { name: 'gone' })
  expect(await deed('testChannel', { id: gone }, 'ok httpStatus errorCode errorMessage')).toEqual({
    ok: false,
    httpStatus: null,
    errorCode: 'econnrefused',
    errorMessage: 'The connection failed.',
  })
})

test('the operator sees how a channel and each of its keys do, and lets a resting one be asked again', async () => {
  const { upstream, id } = await channelTo({ keys: ['sk-provider-secret-key'] })
  expect((await shown(id)).health).toMatchObject({ state: 'UNUSED', successRate5m: null, lastError: null })
  upstream.answer(stream(chunk({ content: 'Hi' }), chunk({}, 'stop'), DONE))
  await (await customer.chat({ stream: true })).text()
  expect((await shown(id)).health).toMatchObject({ state: 'WELL', successRate5m: 1 })

  upstream.answer(refuse(402, 'no money, key sk-provider-secret-key'))
  expect((await customer.chat()).status).toBe(502)
  const resting = await shown(id)
  expect(resting.health).toEqual({
    state: 'RESTING',
    successRate5m: 0.5,
    ttftP50: expect.any(Number),
    openUntil: expect.any(String),
    lastError: { code: 'http_402', message: 'The provider answered 402 (provider_word).' },
  })
  expect(resting.keys).toEqual([{ lastFour: '-key', health: resting.health }])

  const metrics = await app.app.services.metrics.registry.metrics()
  expect(metrics).toContain(`pingtoken_channel_answers{channel="${id}"} 1`)
  expect(metrics).toContain(`pingtoken_channel_faults{channel="${id}"} 1`)
  expect(metrics).toContain(`pingtoken_channel_keys_resting{channel="${id}"} 1`)

  const { channel } = await deed('resetChannel', { id }, `channel { health { ${HEALTH} } }`)
  expect(channel.health).toMatchObject({ state: 'WELL', openUntil: null })
})

test('what another process met is seen here, and a process that is gone rests nobody', async () => {
  const { id } = await channelTo()
  const { now } = app.app.services
  const clock = { ahead: 0 }
  const elsewhere = createChannelHealth({
    sql,
    bus: lonely,
    log: createLog('silent'),
    now: () => new Date(now().getTime() - clock.ahead),
  })
  const [channel] = app.app.services.catalog.channelsFor('qwen3-max')
  const route = { channel: channel!, key: channel!.keys[0]!, breakerId: `${id} ${channel!.keys[0]!.id}` }
  const fail = async () => {
    elsewhere.breakers.failed(route.breakerId, 60_000)
    elsewhere.board.failed(route, { code: 'timeout', message: 'late' })
    await elsewhere.read()
  }
  await fail()
  expect((await shown(id)).health).toMatchObject({ state: 'RESTING', lastError: { code: 'timeout' } })
  clock.ahead = 40_000
  await fail()
  expect((await shown(id)).health).toMatchObject({ state: 'WELL', successRate5m: 0 })
  await elsewhere.stop()
})

test('a draining channel gets nothing new, and is enabled again', async () => {
  const { upstream, id } = await channelTo()
  const drained = await deed('setChannelDraining', { id, draining: true }, 'channel { state }')
  expect(drained.channel.state).toBe('DRAINING')
  expect((await customer.chat()).status).toBe(503)
  expect(upstream.heard).toHaveLength(0)
  await deed('setChannelDraining', { id, draining: false }, 'channel { state }')
  expect((await customer.chat()).status).toBe(200)
})

test('a channel that no receipt names is deleted; another is archived without its keys, and its name is free', async () => {
  const fresh = await channelTo()
  expect(await deed('deleteChannel', { id: fresh.id }, 'archived')).toEqual({ archived: false })
  const used = await channelTo({ name: 'used' })
  expect((await customer.chat()).status).toBe(200)
  expect(await deed('deleteChannel', { id: used.id }, 'archived')).toEqual({ archived: true })
  expect(await shown(used.id)).toBeUndefined()
  const [row] = await sql.query('SELECT sealed_keys FROM channel WHERE id = $1', [used.id])
  expect(row!.sealed_keys).toEqual([])
  expect((await customer.chat()).status).toBe(503)
  await channelTo({ name: 'used' })
})

test('the routing preview names who would be asked, in order, and why others would not', async () => {
  const PREVIEW = `query ($id: ID!) { routingPreview(modelId: $id) { offered candidates { included reason share channel { id } } } }`
  const [first, second, later, drained] = [
    await channelTo({ priority: 0 }),
    await channelTo({ priority: 0 }),
    await channelTo({ priority: 1 }),
    await channelTo({ priority: 0 }),
  ]
  await deed('updateChannel', { id: second.id, weight: 3 }, 'channel { id }')
  await deed('setChannelDraining', { id: drained.id, draining: true }, 'channel { id }')
  const preview = (await ask(PREVIEW, { id: 'qwen3-max' })).routingPreview
  expect(preview.offered).toBe(true)
  expect(
    preview.candidates
      .filter(({ reason }: any) => reason !== 'DISABLED')
      .map(({ included, reason, share, channel }: any) => [channel.id, included, reason, share]),
  ).toEqual([
    [second.id, true, 'READY', 0.75],
    [first.id, true, 'READY', 0.25],
    [later.id, true, 'READY', 1],
    [drained.id, false, 'DRAINING', 0],
  ])
})
