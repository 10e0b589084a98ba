import { resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { clients } from '../../web/src/clients/clients.ts'
import { startApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp({}, { articlesDir: resolve('web/docs') })
})

const read = async (path: string) => {
  const response = await fetch(app.url + path)
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

test('llms.txt lists every tool, in both languages, and every address leads to its page', async () => {
  for (const query of ['', '?lang=zh-CN']) {
    const { text } = await read(`/llms.txt${query}`)
    for (const { id, name } of clients) {
      expect(text).toContain(`- [${name}](${app.url}/docs/tools/${id}.md${query}): `)
      const page = await read(`/docs/tools/${id}.md${query}`)
      expect([page.status, page.type]).toEqual([200, 'text/markdown; charset=utf-8'])
      expect(page.text.startsWith(`# ${name}\n`)).toBe(true)
      expect(page.text).not.toMatch(/sk-pt-|undefined|\{(name|version|date)\}/)
    }
  }
})

test('a page is filled with this server’s address and says what is peculiar to the tool', async () => {
  const { text } = await read('/docs/tools/codex.md')
  expect(text).toContain(`base_url = "${app.url}/api/v1"`)
  expect(text).toContain('`wire_api` has to be `responses`.')
  expect((await read('/docs/tools/codex.md?lang=zh-CN')).text).toContain('`wire_api` 必须是 `responses`')
})

test('the index of tools is there, and an unknown tool is not', async () => {
  expect((await read('/docs/tools.md')).text).toContain(`](${app.url}/docs/tools/curl.md)`)
  expect((await read('/docs/tools/nothing.md')).status).toBe(404)
})
