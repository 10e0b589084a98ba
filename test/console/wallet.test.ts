import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'

describe.skipIf(missingBrowser)(`entries of the wallet (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('which entries are shown is in the address: a reload keeps it, Back takes it back, the file has the same', async () => {
    const { page, faults } = await visit(browser, app, { money: '10' })
    await page.goto('/console/wallet')
    const rows = page.getByRole('table', { name: 'Entries' }).locator('tbody tr')
    const nothing = page.getByText('No entry matches these filters.')
    // The gift for signing up, and the money.
    await expect.poll(() => rows.count()).toBe(2)
    await page.getByRole('combobox', { name: 'Entry' }).click()
    await page.getByRole('option', { name: 'Refund' }).click()
    await nothing.waitFor()
    expect(page.url()).toContain('kind=REFUND')
    await page.reload()
    await nothing.waitFor()
    await page.getByLabel('From this day').fill('2020-01-31')
    await expect.poll(() => page.url()).toContain('from=2020-01-31')
    await page.goBack()
    await expect.poll(() => page.getByLabel('From this day').inputValue()).toBe('')
    await page.goBack()
    await expect.poll(() => rows.count()).toBe(2)

    await page.goto('/console/wallet?pool=WALLET&kind=TOP_UP&from=2020-01-31&to=nonsense')
    await expect.poll(() => rows.count()).toBe(1)
    const href = await page.getByRole('link', { name: 'Download CSV' }).getAttribute('href')
    expect([...new URL(href!, app.url).searchParams.keys()].sort()).toEqual(['from', 'kind', 'pool'])
    const file = await page.evaluate(async (path) => (await fetch(path)).text(), href!)
    expect(file.trim().split('\r\n')).toHaveLength(2)
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(() => new URL(page.url()).search).toBe('')
    expect(faults).toEqual([])
  })

  test.each([false, true])('on a phone an entry is a card and nothing is cut off: dark %s', async (dark) => {
    const { page, faults, chat } = await visit(browser, app, { money: '1234567.890123', dark, width: 390 })
    await chat()
    await page.goto('/console/wallet')
    const cards = page.getByRole('table', { name: 'Entries' }).locator('tbody tr')
    await expect.poll(() => cards.count()).toBe(3)
    await expect.poll(() => cards.nth(1).innerText()).toMatch(/¥1,234,567\.89.*Wallet.*Balance/s)
    const tooWide = await page.evaluate(
      () =>
        [...document.querySelectorAll('table')].filter(
          ({ parentElement: box }) => box!.scrollWidth > box!.clientWidth,
        ).length,
    )
    expect(tooWide).toBe(0)
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  })
})
