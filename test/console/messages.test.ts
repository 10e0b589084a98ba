import { describe, expect, test } from 'vitest'
import { createI18n } from 'vue-i18n'
import { compileMessage } from '../../web/src/i18n/compile.ts'
import { messages as en } from '../../web/src/locales/en.ts'
import { messages as zh } from '../../web/src/locales/zh-CN.ts'

const keysOf = (tree: object, path = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${path}${key}`] : keysOf(value as object, `${path}${key}.`),
  )

/** A value for every name that a text asks for. */
const given = Object.fromEntries(
  [
    ...new Set(
      [JSON.stringify(en), JSON.stringify(zh)].flatMap((text) => text.match(/(?<=\{)\w+(?=\})/g) ?? []),
    ),
  ].map((name) => [name, `‹${name}›`]),
)

describe.each([
  { locale: 'en', messages: en },
  { locale: 'zh-CN', messages: zh },
])('the texts of $locale', ({ locale, messages }) => {
  const speaker = (own: boolean) =>
    createI18n({
      legacy: false,
      locale,
      messages: { [locale]: messages },
      ...(own && { messageCompiler: compileMessage as never }),
    }).global.t as (key: string, named: object, n: number) => string

  test('say with our small compiler what they say with that of vue-i18n, for none, one and many', () => {
    const [ours, theirs] = [speaker(true), speaker(false)]
    const keys = keysOf(messages)
    expect(keys.length).toBeGreaterThan(1_000)
    for (const key of keys)
      for (const n of [0, 1, 2])
        expect([key, n, ours(key, { ...given, n }, n)]).toEqual([key, n, theirs(key, { ...given, n }, n)])
  })
})
