import { describe, expect, test } from 'vitest'
import type { Os, SetUp } from '../../web/src/clients/client.ts'
import { clients } from '../../web/src/clients/clients.ts'
import { texts as english } from '../../web/src/clients/texts/en.ts'
import { texts as chinese } from '../../web/src/clients/texts/zh-CN.ts'

const SYSTEMS: Os[] = ['mac', 'linux', 'windows']
const given = { siteName: 'PingToken', baseUrl: 'https://pingtoken.cn/api/v1', model: 'deepseek-v4-pro' }

describe.each(clients.map((client) => [client.id, client] as const))('%s', (id, client) => {
  const setUps = SYSTEMS.flatMap((os) =>
    ['sk-pt-secret', undefined].map((key) => client.setUp({ ...given, os, key })),
  )
  const asked = (kind: 'steps' | 'notes') => [...new Set(setUps.flatMap((setUp: SetUp) => [...setUp[kind]]))]

  test.each([
    ['English', english],
    ['Chinese', chinese],
  ])('%s: every step and every note has words, and no words are left over', (_, texts) => {
    for (const kind of ['steps', 'notes'] as const) {
      expect(Object.keys(texts[id]![kind]).sort()).toEqual(asked(kind).sort())
      for (const text of Object.values(texts[id]![kind])) expect(text.split('`').length % 2, text).toBe(1)
    }
  })

  test('both languages name the same code', () => {
    for (const kind of ['steps', 'notes'] as const)
      for (const key of asked(kind))
        expect(codeOf(chinese[id]![kind][key]!), key).toEqual(codeOf(english[id]![kind][key]!))
  })
})

const codeOf = (text: string) =>
  text
    .split('`')
    .filter((_, i) => i % 2 === 1)
    .sort()
