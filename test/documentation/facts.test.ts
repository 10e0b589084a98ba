import { expect, test } from 'vitest'
import { sourceOf } from './articles.ts'
import { DOCS_FACTS } from './facts.docs.ts'
import { HELP_FACTS } from './facts.help.ts'

test.each([...DOCS_FACTS, ...HELP_FACTS])('the documentation says: $fact', ({ article, en, zh }) => {
  expect(sourceOf('en', article)).toContain(en)
  expect(sourceOf('zh-CN', article)).toContain(zh)
})
