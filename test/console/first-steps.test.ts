import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareAdministrator } from '../../server/administrator.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { violations } from './axe.ts'
import { wordsOf } from './words.ts'

describe.skipIf(missingBrowser)(`an operator's first steps (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser
  let page: Page
  let faults: string[]

  beforeAll(async () => {
    app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' }, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
    ;({ page, faults } = await openPage(browser, app.url))
  })
  afterAll(() => browser?.close())

  const steps = () => page.locator('[data-step]')
  const isDone = (step: string) => page.locator(`[data-step=${step}]`).getByText('(done)').waitFor()

  test('set-up ends at what is still to be done, and each step leads to where it is done', async () => {
    const token = await prepareAdministrator(app.app.services)
    await page.goto(`/sign-in-link#token=${token}`)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('E-mail').fill('operator@example.com')
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Finish set-up' }).click()
    await page.getByRole('heading', { name: 'Until you can sell' }).waitFor()
    expect(await steps().count()).toBe(5)
    for (const [step, heading] of [
      ['channel', 'Channels'],
      ['price', 'Models and prices'],
      ['offer', 'Plans on offer'],
      ['customer', 'Users'],
    ] as const) {
      await page.locator(`[data-step=${step}]`).getByRole('link').click()
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
      await page.goBack()
      await steps().first().waitFor()
    }
  })

  test('a step is ticked when the thing is there; when all are, the list is gone', async () => {
    const { sql, now } = app.app.services
    await app.browser().signUp()
    await page.reload()
    await isDone('customer')
    expect(await steps().getByRole('link').count()).toBe(4)
    await sql.query(
      `INSERT INTO price_version (id, model_id, input, output, effective_from, created_at)
       VALUES (gen_random_uuid(), 'qwen3-max', 1, 1, $1, $1)`,
      [now()],
    )
    await sql.query(
      `INSERT INTO announcement (id, level, audience, title_en, title_zh, body_en, body_zh, published_from, created_by, created_at)
       SELECT gen_random_uuid(), 'info', 'all', 'Open', '开放', 'Open.', '开放。', $1::timestamptz, id, $1 FROM app_user WHERE is_admin`,
      [now()],
    )
    await sql.query(
      `INSERT INTO channel (id, name, provider_id, base_url, sealed_keys, models, timeouts, created_at)
       VALUES (gen_random_uuid(), 'upstream', 'other', 'https://example.com/v1', '{}', '{}', '{}', $1)`,
      [now()],
    )
    await page.reload()
    await isDone('offer')
    await isDone('channel')
    expect(await steps().getByRole('link').count()).toBe(1)
    await sql.query(
      `INSERT INTO audit_entry (id, actor_id, action, target, detail, created_at)
       SELECT gen_random_uuid(), u.id, 'test_channel', c.id, '{"ok":true}', $1 FROM app_user u, channel c WHERE u.is_admin`,
      [now()],
    )
    await page.reload()
    await page.getByRole('heading', { name: 'What the books promise' }).waitFor()
    await expect.poll(() => steps().count()).toBe(0)
    await sql.query('DELETE FROM channel')
  })

  test.each([
    { locale: 'en', dark: false, width: 1280 },
    { locale: 'zh-CN', dark: true, width: 390 },
  ] as const)('in $locale, dark: $dark, $width px it has no violations', async (look) => {
    const t = wordsOf(look.locale)
    const other = await openPage(browser, app.url, look)
    await other.page.context().addCookies(await page.context().cookies())
    await other.page.goto('/admin')
    await other.page.getByRole('heading', { name: t('operator.firstSteps.title') }).waitFor()
    await other.page.waitForLoadState('networkidle')
    expect(await violations(other.page)).toEqual([])
    await other.page.context().close()
  })

  test('what was dismissed stays away in this browser, and is there in another', async () => {
    await page.reload()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => steps().count()).toBe(0)
    await page.reload()
    await page.getByRole('heading', { name: 'What the books promise' }).waitFor()
    expect(await steps().count()).toBe(0)
    const other = await openPage(browser, app.url)
    await other.page.context().addCookies(await page.context().cookies())
    await other.page.goto('/admin')
    await other.page.locator('[data-step=channel]').waitFor()
    expect([...faults, ...other.faults]).toEqual([])
  })
})
