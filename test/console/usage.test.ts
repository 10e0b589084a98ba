import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'

const HOSTILE = '<script>alert(1)</script> 🚀 \u202eevil'

describe.skipIf(missingBrowser)(`usage in the console (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('what is no id finds no request, and a cost that is no amount says so', async () => {
    const { page, faults, seed } = await visit(browser, app)
    await seed(4)
    await page.goto('/console/usage?tab=requests')
    const rows = page.getByRole('table', { name: 'Usage' }).locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(4)
    await page.getByRole('button', { name: 'More filters' }).click()
    await page.getByLabel('Cost from ¥').fill('0,05')
    await page.getByText('The cost is an amount such as 0.05').waitFor()
    await page.getByLabel('Cost from ¥').fill('')
    await page.goto('/console/usage?tab=requests&id=abc')
    await page.getByRole('link', { name: 'Download CSV' }).waitFor()
    await expect.poll(() => rows.count()).toBe(0)
    const href = await page.getByRole('link', { name: 'Download CSV' }).getAttribute('href')
    const file = await page.evaluate(async (path) => (await fetch(path)).text(), href!)
    expect(file.trim().split('\r\n')).toHaveLength(1)
    expect(faults).toEqual([])
  })

  test('a filter is in the address: it survives a reload, and Back takes it back', async () => {
    const { page, faults, seed, chat } = await visit(browser, app, { money: '10' })
    await seed(40)
    await seed(3, { status: 'failed', errorCode: 'upstream_timeout', model: 'deepseek-r1' })
    await chat()
    await page.goto('/console/usage')
    const totals = page.getByTestId('totals')
    await expect.poll(() => totals.textContent()).toContain('44')

    await page.getByTestId('groups').getByRole('button', { name: 'deepseek-r1' }).click()
    await expect.poll(() => page.url()).toContain('model=deepseek-r1')
    expect(page.url()).toContain('tab=requests')
    const rows = page.getByRole('table', { name: 'Usage' }).locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(3)
    await page.reload()
    await expect.poll(() => rows.count()).toBe(3)
    await page.goBack()
    await expect.poll(() => totals.textContent()).toContain('44')
    await page.goForward()

    // A request has an address of its own, says what went wrong and what to do.
    await rows.first().getByRole('link').click()
    await expect.poll(() => page.url()).toMatch(/\/console\/usage\/[0-9a-f-]{36}\?/)
    const fault = page.getByTestId('fault')
    await expect.poll(() => fault.textContent()).toContain('The provider did not answer in time.')
    expect(await fault.textContent()).toContain('stream the answer')
    expect(await violations(page)).toEqual([])
    await page.reload()
    await fault.waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.url()).toContain('model=deepseek-r1')
    expect(page.url()).not.toMatch(/usage\//)

    // The file holds the same requests.
    const href = await page.getByRole('link', { name: 'Download CSV' }).getAttribute('href')
    const file = await page.evaluate(async (path) => (await fetch(path)).text(), href!)
    expect(file.trim().split('\r\n')).toHaveLength(4)
    expect(faults).toEqual([])
  })

  test('endpoint, pool and least cost narrow the list, the report and the file; the clock can be another', async () => {
    const { page, id, faults, seed, chat } = await visit(browser, app)
    await seed(3)
    await app.app.services.sql.query(
      "UPDATE usage_record SET protocol = 'messages', cost_nano = 20000000 WHERE user_id = $1",
      [id],
    )
    await seed(2)
    await chat()
    await page.goto('/console/usage?by=POOL')
    const groups = page.getByTestId('groups')
    await groups.getByText('Nothing was charged').waitFor()
    await groups.getByRole('button', { name: 'Bonus tokens' }).click()
    const rows = page.getByRole('table', { name: 'Usage' }).locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(1)
    expect(page.url()).toContain('pool=BONUS')

    await page.goto('/console/usage?by=PROTOCOL')
    await groups.getByRole('button', { name: 'Messages' }).click()
    await expect.poll(() => rows.count()).toBe(3)
    await page.getByRole('textbox', { name: 'Cost from ¥' }).fill('0.03')
    await page.getByText('No request in this range matches.').waitFor()
    await page.getByRole('textbox', { name: 'Cost from ¥' }).fill('0.02')
    await expect.poll(() => rows.count()).toBe(3)
    expect(page.url()).toContain('min=0.02')
    const href = await page.getByRole('link', { name: 'Download CSV' }).getAttribute('href')
    const file = await page.evaluate(async (path) => (await fetch(path)).text(), href!)
    expect(file.trim().split('\r\n')).toHaveLength(4)

    await page.getByRole('combobox', { name: 'Time zone' }).click()
    await page.getByRole('option', { name: 'UTC' }).click()
    await expect.poll(() => page.url()).toContain('zone=UTC')
    await page.reload()
    await page.getByText('Times in UTC').waitFor()
    await expect.poll(() => rows.count()).toBe(3)
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(() => rows.count()).toBe(6)
    expect(faults).toEqual([])
  })

  test('columns and named views stay in the browser', async () => {
    const { page, faults, seed } = await visit(browser, app)
    await seed(2)
    await page.goto('/console/usage?tab=requests&status=SUCCEEDED&range=24h')
    const table = page.getByRole('table', { name: 'Usage' })
    await expect.poll(() => table.locator('tbody tr').count()).toBe(2)
    const heads = () => table.getByRole('columnheader').allTextContents()
    expect(await heads()).toContain('Tokens/s')
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Endpoint' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Cached' }).click()
    await page.keyboard.press('Escape')
    expect(await heads()).toContain('Endpoint')
    expect(await heads()).not.toContain('Cached')

    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Save this view…' }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('dialog').getByText('Fill this in.').waitFor()
    await page.getByRole('textbox', { name: 'Name' }).fill('Good day')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.goto('/console/usage')
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Good day' }).click()
    await expect.poll(() => page.url()).toContain('status=SUCCEEDED')
    await expect.poll(heads).toContain('Endpoint')
    await page.getByRole('button', { name: 'Good day' }).click()
    await page.getByRole('menuitem', { name: 'Forget “Good day”' }).click()
    await page.getByRole('button', { name: 'Views' }).waitFor()
    expect(faults).toEqual([])
  })

  test('what is newer waits for a click, and what is unknown is no zero', async () => {
    const { page, faults, chat, seed } = await visit(browser, app, { money: '10' })
    await seed(2)
    await page.goto('/console/usage?tab=requests')
    const rows = page.getByRole('table', { name: 'Usage' }).locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(2)
    expect(
      (await rows.first().getByRole('cell').allTextContents()).filter((text) => text.includes('—')),
    ).toHaveLength(4)
    await page.getByText('Live', { exact: true }).waitFor()
    for (let i = 0; i < 2; i++) await chat()
    const newer = page.getByRole('button', { name: '2 newer requests' })
    await newer.waitFor()
    expect(await rows.count()).toBe(2)
    await newer.click()
    await expect.poll(() => rows.count()).toBe(4)
    expect(faults).toEqual([])
  })

  test('a name of emoji, right-to-left marks and <script> is text, in the list, the chart and the filter', async () => {
    const { page, faults, seed } = await visit(browser, app, { tokenName: HOSTILE })
    await seed(1)
    await page.goto('/console/usage?by=API_TOKEN')
    await page.getByTestId('groups').getByText(HOSTILE).waitFor()
    await page.goto('/console/usage?tab=requests')
    await page.getByRole('cell').getByText(HOSTILE).waitFor()
    await page.getByRole('combobox', { name: 'API token' }).click()
    await page.getByRole('option').getByText(HOSTILE).click()
    await expect.poll(() => page.url()).toContain('token=')
    expect(faults).toEqual([])
  })

  test('on a slow network the page says that it waits, and a range without requests says so', async () => {
    const { page, faults, seed } = await visit(browser, app)
    await seed(1)
    const held: (() => void)[] = []
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('query UsageOverview'))
        await new Promise<void>((go) => held.push(go))
      await route.continue()
    })
    await page.goto('/console/usage')
    await expect.poll(() => held.length).toBe(1)
    expect(await page.getByTestId('groups').count()).toBe(0)
    held.pop()!()
    await page.getByTestId('groups').waitFor()
    await page.unroute('**/graphql')
    await page.goto('/console/usage?range=custom&from=2020-01-01T00:00&to=2020-01-02T00:00')
    await page.getByText('No requests in this range.').waitFor()
    await page.getByText(/^The last one was .+\.$/).waitFor()
    await page.getByRole('button', { name: 'Show it' }).click()
    await page.getByTestId('groups').waitFor()
    expect(faults).toEqual([])
  })

  test.each([
    { dark: false, width: 1280 },
    { dark: true, width: 390 },
  ])('no violations, nothing wider than the page: dark $dark, $width px', async (look) => {
    const { page, seed } = await visit(browser, app, look)
    await seed(30)
    for (const path of [
      '/console/usage',
      '/console/usage?tab=requests',
      '/console/usage?by=DAY&range=custom',
    ]) {
      await page.goto(path)
      await page.locator('tbody tr').first().waitFor()
      expect(await violations(page)).toEqual([])
      expect(
        await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
      ).toBeLessThanOrEqual(0)
    }
  })
})
