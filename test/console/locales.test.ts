import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { nearest } from '../../web/src/i18n/i18n.ts'
import { messages as english } from '../../web/src/locales/en.ts'
import { messages as chinese } from '../../web/src/locales/zh-CN.ts'

const flat = (tree: object, at = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${at}${key}`, value] as [string, string]]
      : flat(value as object, `${at}${key}.`),
  )
const en = new Map(flat(english))
const zh = new Map(flat(chinese))
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

test('both languages say everything, with the same placeholders', () => {
  expect([...zh.keys()].sort()).toEqual([...en.keys()].sort())
  for (const [key, text] of en) expect([key, placeholders(zh.get(key)!)]).toEqual([key, placeholders(text)])
})

test('nothing is left in English by mistake', () => {
  const same = [...en].filter(([key, text]) => zh.get(key) === text).map(([key]) => key)
  expect(same).toEqual([])
})

test('every text that a page asks for is there', () => {
  const root = path.resolve('web/src')
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(vue|ts)$/.test(file) && !file.startsWith('locales'))
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
  const asked = sources.flatMap((source) =>
    [...source.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(([, key]) => key!),
  )
  expect(asked.length).toBeGreaterThan(100)
  expect(asked.filter((key) => !en.has(key))).toEqual([])
})

test('templates hold no words of their own', () => {
  const root = path.resolve('web/src')
  const allowed = /^(PingToken|404)$/
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.vue') && !file.startsWith('gallery'))
    .flatMap((file) => {
      const template =
        /<template>([^]*)<\/template>/.exec(readFileSync(path.join(root, file), 'utf8'))?.[1] ?? ''
      const text = template
        .replace(/<!--[^]*?-->/g, '')
        .replace(/\{\{[^]*?\}\}/g, '')
        .replace(/<(?:"[^"]*"|[^>"])*>/g, '\n')
      return text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => /\p{L}{2,}/u.test(line) && !allowed.test(line))
        .map((line) => `${file}: ${line}`)
    })
  expect(found).toEqual([])
})

test.each([
  ['zh-TW', 'zh-CN'],
  ['zh', 'zh-CN'],
  ['en-GB', 'en'],
  ['pt-BR', undefined],
  [null, undefined],
])('%s is served by %s', (tag, locale) => expect(nearest(tag)).toBe(locale))
