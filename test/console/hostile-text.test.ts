import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { visit } from './visit.ts'

/** SECURITY.md §4, stored XSS: whatever a model answers or somebody writes is text, wherever it is shown. */
const ATTACKS = [
  '<iframe srcdoc="<script>parent.pwned = 1</script>"></iframe>',
  '<iframe src="javascript:parent.pwned = 1"></iframe>',
  '<object data="data:text/html,<script>parent.pwned = 1</script>"></object>',
  '<embed src="https://tracker.example/e.swf">',
  '<base href="https://tracker.example/">',
  '<meta http-equiv="refresh" content="0;url=https://tracker.example/">',
  '<link rel="stylesheet" href="https://tracker.example/s.css">',
  '<style>body { background: url(https://tracker.example/b.png) }</style>',
  '<div style="position: fixed; inset: 0; background: url(https://tracker.example/c.png)">over all</div>',
  '<form action="https://tracker.example/"><input name="password"><button>Sign in</button></form>',
  '<details open ontoggle="window.pwned = 1">x</details>',
  '<video poster="https://tracker.example/v.png"><source onerror="window.pwned = 1"></video>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=window.pwned=1&gt;">',
  '<a href="java&#10;script:window.pwned = 1">a</a> <a href=" javascript:window.pwned = 1">b</a>',
  '<a href="https://example.com" ping="https://tracker.example/ping" onclick="window.pwned = 1">c</a>',
  '[d](JaVaScRiPt:window.pwned=1) [e](vbscript:x) [f][1]',
  '![photo](https://tracker.example/p.png "title") ![g](data:image/svg+xml,<svg onload=alert(1)>)',
  '<javascript:window.pwned=1>',
  '',
  '[1]: javascript:window.pwned=1',
]
const TEXT = ATTACKS.join('\n\n')

describe.skipIf(missingBrowser)(`hostile text (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser
  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  async function expectHarmless(page: Page, faults: string[]) {
    const shown = page.locator('.prose-answer')
    expect(
      await shown
        .locator(
          'iframe, object, embed, base, meta, link, style, form, input, button, img, video, source, math, svg',
        )
        .count(),
    ).toBe(0)
    const attributes = await shown
      .locator('*')
      .evaluateAll((all) =>
        all.flatMap((one) => one.getAttributeNames().map((name) => [name, one.getAttribute(name)])),
      )
    for (const [name, value] of attributes) {
      expect(name).not.toMatch(/^(on|style$|ping$|srcdoc$|src$|action$|id$|name$)/)
      if (name === 'href') expect(value).toMatch(/^(https?|mailto):/)
    }
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
    expect(page.url()).toContain(app.url)
    expect(faults.filter((fault) => fault.startsWith('a request to'))).toEqual([])
  }

  test('what a model answers runs nothing, asks nobody and leads nowhere but to the web', async () => {
    const { page, faults } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    await page.getByLabel('Message').fill(TEXT)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByTestId('cost').waitFor()
    await page.locator('.prose-answer').first().waitFor()
    await expectHarmless(page, faults)
    await page.context().close()
  }, 180_000)

  test('nor does an announcement, on the banner and in the inbox', async () => {
    const admin = app.browser()
    const { id } = await admin.signUp()
    await app.app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
    const input = {
      titleEn: '<img src=x onerror="window.pwned = 1">Maintenance',
      titleZh: '维护',
      bodyEn: TEXT,
      bodyZh: TEXT,
      audience: 'ALL',
      publishedFrom: new Date().toISOString(),
    }
    const make = () =>
      admin.graphql(
        'mutation ($input: CreateAnnouncementInput!) { createAnnouncement(input: $input) { announcement { id } } }',
        { input: { ...input, level: 'IMPORTANT' } },
      )
    expect((await make()).errors).toBeUndefined()
    const { page, faults } = await visit(browser, app, {})
    await page.goto('/console/inbox')
    await page.getByText('Maintenance').first().waitFor()
    await expectHarmless(page, faults)
    await page.context().close()
  }, 180_000)

  test("nor do the operator's own words in the page and below the agreement", async () => {
    const { settings, sql } = app.app.services
    const script = '</title><script>window.pwned = 1</script>'
    const words = {
      siteName: `${script}Gate`,
      siteContact: '"><img src=x onerror="window.pwned = 1">',
      agreementAddendum: TEXT,
    }
    for (const [key, value] of Object.entries(words))
      await sql.query('INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, now())', [
        key,
        JSON.stringify(value),
      ])
    await settings.reload()
    const { page, faults } = await visit(browser, app, {})
    await page.goto('/agreement')
    await page.locator('h1').waitFor()
    expect(await page.title()).toContain(script)
    await expectHarmless(page, faults)
    expect(await page.locator('main iframe, main img[src="x"], main form').count()).toBe(0)
    await page.context().close()
  }, 180_000)
})
