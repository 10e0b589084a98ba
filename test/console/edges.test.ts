import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { type Visitor, visit } from './visit.ts'

const [TOKENS, REQUESTS] = [10_000, 100_000]
const SLOW = { timeout: 15_000 }
const HOSTILE = '<script>window.pwned = 1</script> 🐼 مرحبا'

describe.skipIf(missingBrowser)(`the console at its edges (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  const sql = (text: string, values: unknown[]) => app.app.services.sql.query(text, values)
  const count = async (text: string, { id }: Visitor) => {
    const [row] = (await sql(`SELECT count(*)::int AS n FROM ${text}`, [id])) as { n: number }[]
    return row!.n
  }
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

  test('10,000 API tokens and 100,000 requests are paged, searched and added up', async () => {
    const visitor = await visit(browser, app)
    const { page, faults, tokenId } = visitor
    await sql(
      `INSERT INTO api_token SELECT (jsonb_populate_record(NULL::api_token, to_jsonb(t) || jsonb_build_object(
         'id', gen_random_uuid(), 'name', 'tool ' || i, 'secret_hash', '\\x' || md5('edges' || i)))).*
         FROM (SELECT * FROM api_token WHERE id = $1) t, generate_series(2, ${TOKENS}) i`,
      [tokenId],
    )
    await visitor.seed(REQUESTS)
    await page.goto('/console/tokens')
    const names = async () => (await page.locator('tbody tr td:first-child').allInnerTexts()).join(' ')
    // Until then its rows are grey bars.
    await expect.poll(names, SLOW).toContain('tool')
    const first = await names()
    await button(page, 'Next').click()
    await expect.poll(names, SLOW).not.toBe(first)
    await button(page, 'Previous').click()
    await expect.poll(names, SLOW).toBe(first)
    await page.getByRole('searchbox').fill('tool 9876')
    await page.getByRole('searchbox').press('Enter')
    await expect.poll(() => page.locator('tbody tr').count(), SLOW).toBe(1)
    expect(await names()).toContain('tool 9876')

    await page.goto('/console/usage?range=30d')
    await expect.poll(() => page.getByTestId('totals').textContent(), SLOW).toContain('100,000')
    await page.goto('/console/usage?tab=requests&range=30d')
    const links = page.locator('tbody tr a')
    await expect.poll(() => links.count(), SLOW).toBe(25)
    const newest = await links.first().getAttribute('href')
    await button(page, 'Next').click()
    await expect.poll(() => links.first().getAttribute('href'), SLOW).not.toBe(newest)
    await button(page, 'Previous').click()
    await expect.poll(() => links.first().getAttribute('href'), SLOW).toBe(newest)

    await page.goto('/console')
    await page.getByTestId('feed').locator('tbody tr').first().waitFor()
    expect(await count('api_token WHERE user_id = $1', visitor)).toBe(TOKENS)
    expect(faults).toEqual([])
  }, 180_000)

  test('a double click on whatever pays, pays once', async () => {
    const visitor = await visit(browser, app, { money: '200' })
    const { page, faults } = visitor
    const operator = app.browser()
    const { id } = await operator.signUp()
    await sql('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
    const { data } = await operator.graphql(
      'mutation ($input: CreateCodeBatchInput!) { createCodeBatch(input: $input) { codes } }',
      {
        input: {
          kind: 'WALLET',
          money: '10',
          count: 1,
          usesPerCode: 9,
          usesPerUser: 9,
          idempotencyKey: newId(),
        },
      },
    )
    await page.goto('/console/wallet')
    await button(page, 'Redeem a code').click()
    await page.getByRole('textbox', { name: 'Code' }).fill(data.createCodeBatch.codes[0])
    await button(page, 'Redeem').dblclick()
    await page.getByText('Redeemed: ¥10.00.').first().waitFor()

    await button(page, 'Top up').click()
    await button(page, 'Go to payment').dblclick()
    await page.getByRole('link', { name: 'Open the payment page' }).click()
    await button(page, 'Pay').dblclick()
    await page.getByText('Paid. The money is in the wallet.').waitFor()

    await page.goto('/console/plans')
    await button(page, 'Buy').click()
    await page.getByRole('dialog').getByText('From the wallet now').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Buy', exact: true }).dblclick()
    await page.getByText('Pro is yours.').first().waitFor()
    await page.waitForLoadState('networkidle')

    expect(await count('code_redemption WHERE user_id = $1', visitor)).toBe(1)
    expect(await count('payment_order WHERE user_id = $1', visitor)).toBe(1)
    const purchases = `ledger_entry WHERE account_id = $1 AND kind = 'purchase' AND bucket_id IS NULL`
    expect(await count(purchases, visitor)).toBe(1)
    const { data: mine } = await visitor.person.graphql('{ viewer { wallet { wallet quota } } }')
    expect(mine.viewer.wallet).toEqual({ wallet: '211', quota: '60' })
    expect(faults).toEqual([])
  }, 180_000)

  test('on a slow network pages show that they wait, and what was sent is not sent again', async () => {
    const visitor = await visit(browser, app, { money: '10' })
    const { page, faults } = visitor
    await page.goto('/console')
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
    const network = await page.context().newCDPSession(page)
    const throughput = 100_000
    await network.send('Network.enable')
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 800,
      downloadThroughput: throughput,
      uploadThroughput: throughput,
    })
    await page.getByRole('link', { name: 'Token Management' }).first().click()
    await page.locator('tbody .animate-pulse').first().waitFor()
    await page.getByRole('row', { name: /laptop/ }).waitFor()
    await button(page, 'Create API token').click()
    await page.getByLabel('Name', { exact: true }).fill('slowly')
    const create = page.getByRole('dialog').getByRole('button', { name: 'Create API token' })
    await create.click()
    expect(await create.getAttribute('aria-busy')).toBe('true')
    expect(await create.isDisabled()).toBe(true)
    await page.locator('#token-form').evaluate((form) => (form as HTMLFormElement).requestSubmit())
    await page.getByTestId('secret').waitFor()
    expect(await count(`api_token WHERE name = 'slowly' AND user_id = $1`, visitor)).toBe(1)
    expect(faults).toEqual([])
  }, 180_000)

  test('names of emoji, right-to-left letters and <script> are text wherever they are shown', async () => {
    const visitor = await visit(browser, app, { tokenName: HOSTILE })
    const { page, person, faults } = visitor
    await visitor.seed(1)
    await person.graphql(
      'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { viewer { id } } }',
      {
        input: { displayName: HOSTILE },
      },
    )
    await page.goto('/console/tokens')
    await page.getByRole('cell').getByText(HOSTILE).waitFor()
    await button(page, `Actions for ${HOSTILE}`).click()
    await page.getByRole('menuitem', { name: 'Revoke' }).click()
    await page.getByRole('dialog', { name: `Revoke “${HOSTILE}”?` }).waitFor()
    await page.keyboard.press('Escape')
    await button(page, `Actions for ${HOSTILE}`).click()
    await page.getByRole('menuitem', { name: 'Pause' }).click()
    await page.getByText(`“${HOSTILE}” is paused.`).first().waitFor()
    await page.goto('/console/account')
    await expect.poll(() => page.getByLabel('Name', { exact: false }).first().inputValue()).toBe(HOSTILE)
    await page.getByRole('button', { name: 'Account menu' }).click()
    await page.getByText(HOSTILE).first().waitFor()
    await page.goto('/console')
    await page.getByText(HOSTILE).first().waitFor()
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
    expect(faults).toEqual([])
  }, 180_000)
})
