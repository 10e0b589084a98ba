import { expect, test } from 'vitest'
import { languageOf } from '../../server/platform/language.ts'
import * as tokenErrors from '../../server/tokens/token.errors.ts'
import * as relayErrors from '../../server/relay/relay.errors.ts'
import type { DomainError } from '../../server/platform/errors.ts'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { breakAfter, chunk, startUpstream } from '../support/upstream.ts'

const world = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(world, upstream)
const chinese = /[一-鿿]/

test.each([
  ['', 'en'],
  ['*', 'en'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
  ['en-US,en;q=0.9,zh;q=0.8', 'en'],
  ['en;q=0.5, zh-TW', 'zh-CN'],
  ['de, zh', 'en'],
])('Accept-Language "%s" is answered in %s', (header, language) => {
  expect(languageOf({ query: {}, headers: { 'accept-language': header } })).toBe(language)
})

test('errors over REST are Chinese for who reads Chinese first, with the same code, and English for all others', async () => {
  const ask = async (path: string, language: string) => {
    const response = await fetch(`${world.url}/api/v1${path}`, { headers: { 'accept-language': language } })
    return ((await response.json()) as any).error
  }
  const [zh, en] = [await ask('/models', 'zh-CN,en;q=0.5'), await ask('/models', 'en')]
  expect([zh.code, en.code]).toEqual(['invalid_api_key', 'invalid_api_key'])
  expect(zh.message).toMatch(chinese)
  expect(en.message).not.toMatch(chinese)
  expect(zh).not.toHaveProperty('zh')
})

test('the error within a stream is in the caller’s language as well, and a bad field keeps its rule', async () => {
  const customer = await createCustomer(world)
  const headers = { 'accept-language': 'zh' }
  upstream.answer(breakAfter(chunk({ content: 'Hi' })))
  const text = await (await customer.chat({ stream: true }, { headers })).text()
  expect(JSON.parse(text.trimEnd().split('\n\n').at(-1)!.slice('data: '.length)).error).toMatchObject({
    code: 'upstream_error',
    message: expect.stringMatching(chinese),
  })
  const refused = (await (await customer.chat({ temperature: 9 }, { headers })).json()) as any
  expect(refused.error).toMatchObject({
    param: 'temperature',
    message: expect.stringMatching(/^请求有误：temperature must be/),
  })
})

test('every error of the relay has its words in Chinese', () => {
  const { promptTooLong, ...makers } = { ...relayErrors, ...tokenErrors }
  expect(promptTooLong(relayErrors.contextLengthExceeded({ tokens: 2, exact: true }, 1)).zh).toMatch(chinese)
  const wordless = Object.entries(makers)
    .map(([name, make]) => [name, (make as (...args: any[]) => DomainError)('revoked', 1)] as const)
    .filter(
      ([name, error]) => error.status !== 400 || name === 'brokenJson' || name === 'contextLengthExceeded',
    )
    .filter(([name]) => !/^(tooManyApiTokens|apiTokenNameTaken|apiTokenRevoked)$/.test(name))
    .filter(([, error]) => !chinese.test(error.messageIn('zh-CN')))
    .map(([name]) => name)
  expect(wordless).toEqual([])
})

test('the phrase that tools look for in a context error is there in both languages', () => {
  const error = relayErrors.contextLengthExceeded({ tokens: 6_000, exact: true }, 5_000)
  for (const language of ['en', 'zh-CN'] as const)
    expect(error.messageIn(language)).toContain('maximum context length is 5000 tokens')
})
