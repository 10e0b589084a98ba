import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'

const app = await startApp()
const owner = app.browser()
await owner.signUp()
const MAKE = 'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }'

async function reasonFor(input: object, language?: string) {
  owner.headers = language ? { 'accept-language': language } : {}
  const { errors } = await owner.graphql(MAKE, { input })
  expect(errors).toHaveLength(1)
  return errors![0]!.message
}

test.each([
  [{ name: ' ' }, 'Give the API token a name.', '请填写令牌名称。'],
  [
    { name: 'a', expiresAt: '2020-01-01T00:00:00Z' },
    'The expiry must lie in the future.',
    '到期时间须在将来。',
  ],
  [{ name: '' }, 'Name must be longer than or equal to 1 characters.', '至少 1 个字符。'],
  [{ name: 'a'.repeat(200) }, 'Name must be shorter than or equal to 60 characters.', '最多 60 个字符。'],
  [{ name: 'a', concurrency: 0 }, 'Concurrency must not be less than 1.', '不能小于 1。'],
])('what is wrong with a field is told in the language of the caller: %s', async (input, en, zh) => {
  expect(await reasonFor(input)).toBe(en)
  expect(await reasonFor(input, 'de, en;q=0.9, zh;q=0.1')).toBe(en)
  expect(await reasonFor(input, 'zh-CN,zh;q=0.9,en;q=0.5')).toBe(zh)
})

test('what we have no Chinese for is told in English, with the same code', async () => {
  owner.headers = { 'accept-language': 'zh-CN' }
  const { errors } = await owner.graphql('{ nowhere }')
  expect(errors).toMatchObject([
    { message: 'Cannot query field "nowhere" on type "Query".', extensions: { code: 'invalid_request' } },
  ])
})
