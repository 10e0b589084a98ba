import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { visit } from './visit.ts'

describe.skipIf(missingBrowser)(`on paper (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('a receipt is printed alone, whole, dark on white, whatever the theme', async () => {
    const { page, chat } = await visit(browser, app, { dark: true, width: 1280 })
    await chat()
    await page.goto('/console/usage?tab=requests')
    await page.locator('tbody a').first().click()
    const receipt = page.getByRole('dialog')
    await receipt.getByText('What paid for it').waitFor()
    const ink = () => receipt.evaluate((element) => getComputedStyle(element).color)
    expect(await ink()).toBe('rgb(236, 238, 242)')

    await page.emulateMedia({ media: 'print' })
    await expect.poll(ink).toBe('rgb(20, 22, 26)')
    expect(await page.locator('#app').isVisible()).toBe(false)
    expect(await receipt.getByRole('button').filter({ visible: true }).count()).toBe(0)
    const { height, needed } = await receipt.evaluate((element) => ({
      height: element.clientHeight,
      needed: element.scrollHeight,
    }))
    expect(height).toBeGreaterThanOrEqual(needed)
  })
})
