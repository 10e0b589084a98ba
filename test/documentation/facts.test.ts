import { resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { sourceOf } from './articles.ts'
import { DOCS_FACTS } from './facts.docs.ts'
import { HELP_FACTS } from './facts.help.ts'
import { TOOL_FACTS } from './facts.tools.ts'

test.each([...DOCS_FACTS, ...HELP_FACTS])('the documentation says: $fact', ({ article, en, zh }) => {
  expect(sourceOf('en', article)).toContain(en)
  expect(sourceOf('zh-CN', article)).toContain(zh)
})

describe('the pages of tools', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startApp({}, { articlesDir: resolve('web/docs') })
  })

  test.each(TOOL_FACTS)('%s: %s', async (tool, _, phrase) => {
    for (const language of ['en', 'zh-CN']) {
      const page = await (await fetch(`${app.url}/docs/tools/${tool}.md?lang=${language}`)).text()
      const neutral = page.replaceAll(`${app.url}/api/v1`, 'BASE').replaceAll('deepseek-v4-pro', 'MODEL')
      expect(neutral).toMatch(phrase)
    }
  })
})
