import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { clients } from '../../web/src/clients/clients.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'

const looks = [
  { width: 1280, dark: false, locale: 'en' },
  { width: 390, dark: true, locale: 'zh-CN' },
] as const

describe.skipIf(missingBrowser)(
  `set-ups of tools, access keys, inbox (${missingBrowser ?? 'Chromium'})`,
  () => {
    let app: TestApp
    let browser: Browser

    beforeAll(async () => {
      app = await startApp({}, { clientDir: resolve('dist/client') })
      browser = await launchBrowser()
    })
    afterAll(() => browser?.close())

    test('every tool has a page, filled with our base URL and without a secret', async () => {
      const { page, faults } = await openPage(browser, app.url, {})
      await page.goto('/docs/tools')
      await page.getByRole('heading', { level: 1, name: 'Agent tools' }).waitFor()
      for (const { name } of clients)
        expect(await page.locator('article').getByRole('link', { name, exact: true }).count(), name).toBe(1)
      for (const { id, name } of clients) {
        await page.goto(`/docs/tools/${id}`)
        await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
        const text = await page.locator('article').innerText()
        expect(text, name).not.toContain('sk-pt-')
      }
      await page.goto('/docs/tools/codex')
      await page.getByText(`base_url = "${app.url}/api/v1"`).waitFor()
      await page.getByText('has to be responses. Codex no longer starts with chat.').waitFor()
      await page.goto('/docs/tools/nothing')
      await page.getByText('404').first().waitFor()
      expect(faults).toEqual([])
      await page.context().close()
    }, 180_000)

    test.each(looks)(
      'the pages are clean dark: $dark, $locale, at $width',
      async (look) => {
        const { page, person, faults } = await visit(browser, app, look)
        await person.graphql(
          'mutation { createAccessKey(input: { name: "nightly export", scopes: [READ_USAGE, BUY] }) { secret } }',
        )
        for (const path of [
          '/docs/tools',
          '/docs/tools/claude-code',
          '/console/access-keys',
          '/console/inbox',
        ]) {
          await page.goto(path)
          await page.locator('h1').waitFor()
          await page.waitForLoadState('networkidle')
          expect(await violations(page), path).toEqual([])
          expect(await overflow(page), path).toBeLessThanOrEqual(0)
        }
        expect(faults).toEqual([])
        await page.context().close()
      },
      180_000,
    )

    test('an access key is made, shown once, kept nowhere, and revoked', async () => {
      const { page, faults } = await visit(browser, app, {})
      await page.goto('/console/access-keys')
      await page.getByText('No access keys yet.').waitFor()
      await page.getByRole('button', { name: 'Create access key' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Create access key' }).click()
      await dialog.getByText('Enter a name.').waitFor()
      await dialog.getByText('Choose at least one.').waitFor()
      await dialog.getByLabel('Name').fill('nightly <b>export</b> 🌙')
      await dialog.getByRole('checkbox', { name: 'Read usage' }).click()
      expect(await violations(page)).toEqual([])
      await dialog.getByRole('button', { name: 'Create access key' }).click()
      const secret = await page.getByTestId('access-key-secret').innerText()
      expect(secret).toMatch(/^pk-pt-\w{38}$/)
      await page.keyboard.press('Escape')
      await page.getByText('It cannot be shown again.').waitFor()
      expect(await stored(page)).not.toContain(secret)
      await page.getByRole('checkbox', { name: 'I have saved it' }).click()
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByTestId('access-key-secret').waitFor({ state: 'detached' })
      expect(await page.content()).not.toContain(secret)

      await page.getByRole('button', { name: /^Revoke/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
      await page.getByText('Revoked', { exact: true }).waitFor()
      expect(faults).toEqual([])
      await page.context().close()
    }, 180_000)

    test('an announcement reaches a page that is open, and is unread until it is looked at', async () => {
      const { page, faults } = await visit(browser, app, {})
      await page.goto('/console')
      await page.locator('h1').waitFor()
      const admin = app.browser()
      const { id } = await admin.signUp()
      await app.app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
      const { errors } = await admin.graphql(
        `mutation { createAnnouncement(input: { titleEn: "Maintenance", titleZh: "维护", bodyEn: "At 3 o'clock.", bodyZh: "三点。",
         level: INFO, audience: ALL, publishedFrom: "${new Date().toISOString()}" }) { announcement { id } } }`,
      )
      expect(errors).toBeUndefined()
      await expect.poll(() => page.getByTestId('bell').innerText()).toBe('1')
      await page.goto('/console/inbox')
      await page.getByText('Maintenance').first().waitFor()
      expect(faults).toEqual([])
      await page.context().close()
    }, 180_000)
  },
)

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

const stored = (page: Page) =>
  page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href)
