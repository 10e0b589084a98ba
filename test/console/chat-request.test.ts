import { expect, test } from 'vitest'
import { type ChatSettings, faultsOf, requestBody } from '../../web/src/playground/request.ts'

const settings: ChatSettings = {
  tokenId: 't',
  model: 'deepseek-r1',
  temperature: '0.7',
  system: '',
  maxTokens: '',
  effort: 'default',
  stream: false,
}
const turns = [{ role: 'user' as const, content: 'Hello' }]

test.each(['0', '2', '0.35', '1.20'])('a temperature of %s is sent', (temperature) => {
  expect(faultsOf({ ...settings, temperature })).toEqual([])
  expect(requestBody({ ...settings, temperature }, turns, { reasons: false })).toMatchObject({
    temperature: Number(temperature),
  })
})

test.each(['', '2.01', '-1', 'hot', '1e0', '0,7'])('a temperature of %j is a fault', (temperature) => {
  expect(faultsOf({ ...settings, temperature })).toEqual(['temperature'])
})

test.each(['0', '-5', '1.5', '12a', '1e3', '99999999999999999999'])(
  'max tokens of %j is a fault',
  (maxTokens) => {
    expect(faultsOf({ ...settings, maxTokens })).toEqual(['maxTokens'])
  },
)

test('max tokens that are empty are not sent; a number is', () => {
  expect(requestBody(settings, turns, { reasons: false })).not.toHaveProperty('max_tokens')
  expect(requestBody({ ...settings, maxTokens: ' 64 ' }, turns, { reasons: false })).toHaveProperty(
    'max_tokens',
    64,
  )
})

test('only a model that reasons is told how hard to, and only when somebody chose it', () => {
  const body = (effort: ChatSettings['effort'], reasons: boolean) =>
    requestBody({ ...settings, effort }, turns, { reasons })
  expect(body('high', true)).toHaveProperty('reasoning_effort', 'high')
  expect(body('default', true)).not.toHaveProperty('reasoning_effort')
  expect(body('high', false)).not.toHaveProperty('reasoning_effort')
})
