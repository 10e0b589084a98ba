import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { violations } from './axe.ts'
import { type ServerProcess, startServer } from '../support/server.ts'

describe.skipIf(missingBrowser)(`accessibility (${missingBrowser ?? 'Chromium'})`, () => {
  let server: ServerProcess
  let browser: Browser
  let cookies: Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const { page } = await openPage(browser, server.url)
    await page.goto(server.signInLink)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
    const ask = (model: string) =>
      fetch(`${server.url}/api/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${server.token}` },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
      })
    await Promise.all(['qwen3-max', 'deepseek-r1'].map(ask))
    cookies = await page.context().cookies()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const pages: [path: string, heading: string][] = [
    ['/', 'Chinese AI models behind one endpoint you already know'],
    ['/models', 'Model Plaza'],
    ['/login', 'Sign in'],
    ['/register', 'Sign up'],
    ['/gallery', 'Components'],
    ['/console', 'Dashboard'],
    ['/console/tokens', 'Token Management'],
    ['/console/playground', 'Model Testing'],
    ['/console/usage', 'Usage'],
    ['/console/wallet', 'Wallet'],
    ['/console/plans', 'Plans'],
    ['/console/invitations', 'Invitations'],
    ['/console/account', 'Account'],
    ['/reset', 'New password'],
    ['/nowhere', 'Page not found'],
  ]
  test('forced colours tell a switch that is on from one that is off', async () => {
    const { page } = await openPage(browser, server.url)
    await page.emulateMedia({ forcedColors: 'active' })
    await page.goto('/gallery')
    const one = page.getByRole('switch')
    const colour = () => one.evaluate((element) => getComputedStyle(element).backgroundColor)
    const before = await colour()
    await one.click()
    await expect.poll(colour).not.toBe(before)
    await page.context().close()
  })

  const looks = [
    { dark: false, width: 1280 },
    { dark: true, width: 390 },
  ]

  describe.each(looks)('dark: $dark, $width px', (look) => {
    test.each(pages)('%s has no violations and does not scroll sideways', async (path, heading) => {
      const { page } = await openPage(browser, server.url, look)
      await page.context().addCookies(cookies)
      await page.goto(path)
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      expect(await violations(page)).toEqual([])
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBeLessThanOrEqual(0)
      await page.context().close()
    })

    test('open dialogs and menus have no violations', async () => {
      const { page } = await openPage(browser, server.url, look)
      await page.context().addCookies(cookies)
      await page.goto('/console/tokens')
      await page.getByRole('button', { name: 'Create API token' }).first().click()
      await page.getByRole('dialog').waitFor()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page
        .getByRole('button', { name: /^Actions for/ })
        .first()
        .click()
      await page.getByRole('menu').waitFor()
      expect(await violations(page)).toEqual([])
      await page.getByRole('menuitem', { name: 'Revoke' }).click()
      await page.getByRole('dialog').waitFor()
      expect(await violations(page)).toEqual([])
      await page.goto('/console/usage?tab=requests')
      await page.locator('tbody a').first().click()
      await page.getByRole('dialog').getByText('What paid for it').waitFor()
      expect(await violations(page)).toEqual([])
      await page.context().close()
    })
  })

  test('a token is made with the keyboard alone, and the focus comes back to where it was', async () => {
    const { page } = await openPage(browser, server.url)
    await page.context().addCookies(cookies)
    await page.goto('/console/tokens')
    const opener = page.getByRole('button', { name: 'Create API token' }).first()
    await opener.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.getByLabel('Name', { exact: true }).focus()
    await page.keyboard.type('by keyboard')
    await page.keyboard.press('Enter')
    await page.getByTestId('secret').waitFor()
    await page.getByRole('checkbox', { name: 'I have saved it' }).focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: 'Done' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('cell', { name: 'by keyboard', exact: true }).waitFor()

    await opener.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true)
  })
})
