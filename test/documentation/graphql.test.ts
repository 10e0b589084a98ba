import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { codeOf, compiled, LANGUAGES, listed, textOf } from './articles.ts'

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'))

test('every GraphQL operation that the articles show is valid against the schema', async () => {
  let operations = 0
  for (const locale of LANGUAGES)
    for (const article of listed)
      for (const tab of codeOf((await compiled(locale, article)).body)) {
        if (tab.language !== 'graphql') continue
        operations += 1
        const faults = validate(schema, parse(textOf(tab))).map(({ message }) => message)
        expect(faults, `${locale} ${article} ${tab.label}`).toEqual([])
      }
  expect(operations).toBeGreaterThan(4)
})
