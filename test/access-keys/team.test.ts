import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel } from '../support/customer.ts'
import { startUpstream, whole } from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
upstream.answer(whole('Hello'))
await connectChannel(world, upstream)
const run = promisify(execFile)

/** docs/examples/team.mjs as its first lines tell it. */
const team = (key: string, ...members: string[]) =>
  run(process.execPath, ['docs/examples/team.mjs', ...members], {
    env: { PINGTOKEN_URL: world.url, PINGTOKEN_ACCESS_KEY: key },
  })

async function ownerWithKey(scopes: string[]) {
  const owner = world.browser()
  await owner.signUp()
  const { data } = await owner.graphql(
    'mutation ($input: CreateAccessKeyInput!) { createAccessKey(input: $input) { secret } }',
    { input: { name: 'team', scopes } },
  )
  return { owner, key: data.createAccessKey.secret as string }
}

test('the documented script makes a token for each member, once, and exports what they used', async () => {
  const { owner, key } = await ownerWithKey(['MANAGE_TOKENS', 'READ_USAGE'])
  const first = await team(key, 'alice', 'bob "b"')
  const secrets = new Map(
    first.stderr
      .trim()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]),
  )
  expect([...secrets.keys()]).toEqual(['alice', 'bob "b"'])
  expect(first.stdout.trim().split('\n')).toHaveLength(1)

  for (const secret of secrets.values()) {
    const answer = await fetch(`${world.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hi' }] }),
    })
    expect(answer.status).toBe(200)
  }
  const listed = '{ viewer { usageRecords { edges { node { id } } } apiTokens { edges { node { name } } } } }'
  await expect.poll(async () => (await owner.graphql(listed)).data.viewer.usageRecords.edges.length).toBe(2)

  const second = await team(key, 'alice', 'bob "b"')
  expect(second.stderr).toBe('')
  const [head, ...rows] = second.stdout.trim().split('\n')
  expect(head).toBe('"createdAt","apiTokenName","model","promptTokens","completionTokens","cost","id"')
  expect(rows).toHaveLength(2)
  expect(rows.join()).toContain('"bob ""b""","qwen3-max","10","5"')
  expect((await owner.graphql(listed)).data.viewer.apiTokens.edges).toHaveLength(2)
})

test('a key that may too little is told which scope is lacking, before anything is made', async () => {
  const { owner, key } = await ownerWithKey(['READ_USAGE'])
  await expect(team(key, 'alice')).rejects.toThrow(/scope_missing/)
  const { data } = await owner.graphql('{ viewer { apiTokens { edges { node { id } } } } }')
  expect(data.viewer.apiTokens.edges).toEqual([])
})
