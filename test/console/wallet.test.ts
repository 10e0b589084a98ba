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

  test('the account’s spend caps are set where money is, refuse at once, and are told of on the dashboard', async () => {
    const { page, person, faults, secret } = await visit(browser, app, { money: '10' })
    await page.goto('/console/wallet')
    const caps = page.locator('#caps')
    await caps.getByLabel('A day').fill('a lot')
    await caps.getByRole('button', { name: 'Set caps' }).click()
    await caps.getByText('Enter a number, or nothing.').waitFor()
    await caps.getByLabel('A day').fill('0')
    await caps.getByLabel('A month').fill('25.5')
    await caps.getByRole('button', { name: 'Set caps' }).click()
    await caps.getByText('¥0.00 of ¥25.50 this month').waitFor()
    expect(await violations(page)).toEqual([])
    const { data } = await person.graphql('{ viewer { spend { period cap } } }')
    expect(data.viewer.spend).toEqual([
      { period: 'DAY', cap: '0' },
      { period: 'WEEK', cap: null },
      { period: 'MONTH', cap: '25.5' },
    ])
    const answer = await fetch(`${app.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }] }),
    })
    expect(answer.status).toBe(402)
    await page.goto('/console')
    const alert = page.getByRole('listitem').filter({ hasText: 'The account has reached its cap' })
    await alert.getByRole('link').click()
    await caps.getByLabel('A day').fill('')
    await caps.getByRole('button', { name: 'Set caps' }).click()
    await expect.poll(() => caps.getByText('today').count()).toBe(0)
    expect(faults).toEqual([])
  })

  test('entries, sums and caps follow what is paid while the page is open', async () => {
    const { page, chat, person, faults } = await visit(browser, app, { money: '10' })
    await person.graphql('mutation { setSpendCaps(input: { month: "20" }) { __typename } }')
    await page.goto('/console/wallet')
    const rows = page.getByRole('table', { name: 'Entries' }).locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(2)
    await page.getByText('Live', { exact: true }).first().waitFor()
    await page.getByText('¥0.00 of ¥20.00 this month').waitFor()
    await app.app.services.sql.query(
      "UPDATE bucket SET valid_until = now() WHERE kind = 'bonus' AND account_id = $1",
      [(await person.graphql('{ viewer { id } }')).data.viewer.id],
    )
    await chat()
    await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(3)
    await page.getByText('¥0.00 of ¥20.00 this month').waitFor({ state: 'detached' })
    expect(faults).toEqual([])
  })

  test('days and times are by the clock of the account, not of the browser', async () => {
    const { page, person, faults } = await visit(browser, app)
    const timeZone = 'Pacific/Kiritimati'
    await person.graphql(
      'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { viewer { id } } }',
      { input: { timeZone } },
    )
    await page.goto('/console/wallet?from=2020-01-31&to=2020-01-31')
    const link = page.getByRole('link', { name: 'Download CSV' })
    const given = new URL((await link.getAttribute('href'))!, app.url).searchParams
    // That clock is 14 hours ahead of UTC.
    expect(given.get('from')).toBe('2020-01-30T10:00:00.000Z')
    expect(given.get('to')).toBe('2020-01-31T10:00:00.000Z')

    await page.goto('/console/wallet')
    const time = page.getByRole('table', { name: 'Entries' }).locator('tbody time').first()
    const at = new Date((await time.getAttribute('datetime'))!)
    const clock = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', minute: '2-digit' }).format(
      at,
    )
    const [hour, minute] = clock.split(/[: \u202f]/)
    expect(await time.getAttribute('title')).toMatch(new RegExp(`, ${hour}:${minute}:`))
    expect(faults).toEqual([])
  })

  test.each([false, true])('on a phone an entry is a card and nothing is cut off: dark %s', async (dark) => {
    const { page, faults, chat } = await visit(browser, app, { money: '1234567.890123', dark, width: 390 })
    await chat()
    await page.goto('/console/wallet')
    const cards = page.getByRole('table', { name: 'Entries' }).locator('tbody tr')
    await expect.poll(() => cards.count()).toBe(3)
    await expect.poll(() => cards.nth(1).innerText()).toMatch(/¥1,234,567\.89.*Wallet.*Left after/s)
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
