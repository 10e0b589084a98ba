import { expect, test } from 'vitest'
import { type ChatSettings, faultsOf, requestBody } from '../../web/src/playground/request.ts'

const settings: ChatSettings = {
  tokenId: 't',
  model: 'deepseek-r1',
  temperature: '0.7',
  topP: '',
  system: '',
  maxTokens: '',
  effort: 'default',
  json: false,
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

test.each(['1.01', '-0.1', 'some', '.5'])('a top_p of %j is a fault', (topP) => {
  expect(faultsOf({ ...settings, topP })).toEqual(['topP'])
})

test('top_p and JSON are sent only when somebody asked for them', () => {
  const plain = requestBody(settings, turns, { reasons: false })
  expect(plain).not.toHaveProperty('top_p')
  expect(plain).not.toHaveProperty('response_format')
  const asked = { ...settings, topP: ' 0.9 ', json: true }
  expect(faultsOf(asked)).toEqual([])
  expect(requestBody(asked, turns, { reasons: false })).toMatchObject({
    top_p: 0.9,
    response_format: { type: 'json_object' },
  })
})

test('only a model that reasons is told how hard to, and only when somebody chose it', () => {
  const body = (effort: ChatSettings['effort'], reasons: boolean) =>
    requestBody({ ...settings, effort }, turns, { reasons })
  expect(body('high', true)).toHaveProperty('reasoning_effort', 'high')
  expect(body('default', true)).not.toHaveProperty('reasoning_effort')
  expect(body('high', false)).not.toHaveProperty('reasoning_effort')
})
