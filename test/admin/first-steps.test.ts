import { expect, test } from 'vitest'
import { prepareDemo } from '../../server/demo.ts'
import { type Browser, startApp } from '../support/app.ts'
import { connectChannel } from '../support/customer.ts'
import { refuse, startUpstream, whole } from '../support/upstream.ts'

const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const { sql } = app.app.services
const admin = app.browser()

async function makeAdministrator(browser: Browser) {
  const { id } = await browser.signUp()
  await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
}
await makeAdministrator(admin)

async function act(name: string, input: object): Promise<void> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`
  const { errors } = await admin.graphql(
    `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`,
    { input },
  )
  expect(errors).toBeUndefined()
}

/** The names of the steps that are done. */
async function done(): Promise<string[]> {
  const { data } = await admin.graphql(
    '{ firstSteps { channelConnected channelTested priceSet offerMade customerSignedUp } }',
  )
  return Object.keys(data.firstSteps).filter((step) => data.firstSteps[step])
}

test('each first step is done when the thing itself is there, and not before', async () => {
  await prepareDemo(app.app.services)
  expect(await done()).toEqual([])

  const upstream = await startUpstream()
  const id = await connectChannel(app, upstream)
  await sql.query("UPDATE app_user SET is_admin = true WHERE email_key LIKE 'person-%'")
  expect(await done()).toEqual(['channelConnected'])

  upstream.answer(refuse(401, 'no such key'))
  await act('testChannel', { id })
  expect(await done()).toEqual(['channelConnected'])
  upstream.answer(whole('Hello there'))
  await act('testChannel', { id })
  expect(await done()).toEqual(['channelConnected', 'channelTested'])

  await act('setModelPrice', { modelId: 'qwen3-max', input: '7', output: '25' })
  expect(await done()).toEqual(['channelConnected', 'channelTested', 'priceSet'])

  const words = { titleEn: 'Hello', titleZh: '你好', bodyEn: 'Open.', bodyZh: '开放。' }
  const announcement = { ...words, level: 'INFO', audience: 'ALL' }
  await act('createAnnouncement', announcement)
  expect(await done()).not.toContain('offerMade')
  await act('createAnnouncement', { ...announcement, publishedFrom: app.app.services.now() })
  expect(await done()).toContain('offerMade')

  await app.browser().signUp()
  expect(await done()).toHaveLength(5)

  await act('deleteChannel', { id })
  expect(await done()).toEqual(['priceSet', 'offerMade', 'customerSignedUp'])
})

test('the audit says how a test call went', async () => {
  const upstream = await startUpstream()
  upstream.answer(refuse(401, 'no such key'))
  const id = await connectChannel(app, upstream)
  await act('testChannel', { id })
  const { data } = await admin.graphql(
    `{ auditEntries(first: 1, filter: { action: "test_channel" }) { edges { node { target facts { name value } } } } }`,
  )
  expect(data.auditEntries.edges[0].node).toEqual({
    target: id,
    facts: [
      { name: 'ok', value: 'false' },
      { name: 'error', value: 'http_401' },
      { name: 'model', value: 'upstream-name' },
    ],
  })
})
