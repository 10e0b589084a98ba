import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'

describe.skipIf(missingBrowser)(`the operator's revenue (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser
  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  const exact = (nano: bigint) => {
    const [whole, fraction] = [nano / 1_000_000_000n, nano % 1_000_000_000n]
    return `¥${whole}.${fraction.toString().padStart(9, '0')}`.replace(/0{1,7}$/, '')
  }

  test('it is what the customers’ statements say, by day, model and user, in both languages', async () => {
    const { sql, sessions, ledger } = app.app.services
    const customer = await visit(browser, app, { money: '10' })
    await customer.chat()
    // The first is paid by the bonus, the second by money.
    const [bonus] = await sql.query<{ id: bigint; remaining: bigint }>(
      'SELECT id, remaining FROM bucket WHERE account_id = $1',
      [customer.id],
    )
    const source = { accountId: customer.id, sourceType: 'test', sourceId: customer.id, note: null }
    const taken = { kind: 'adjustment' as const, bucketId: bonus!.id, amount: -bonus!.remaining }
    await sql.transaction((tx) => ledger.adjust(tx, { ...source, ...taken }))
    await customer.chat({ model: 'deepseek-r1' })
    const [statement] = await sql.query<{ charged: bigint }>(
      `SELECT -sum(value_nano)::bigint AS charged FROM ledger_entry WHERE account_id = $1 AND kind = 'usage'`,
      [customer.id],
    )
    const sum = exact(statement!.charged)
    for (const { locale, words } of [
      {
        locale: 'en',
        words: {
          charged: 'Charged for use',
          user: 'User',
          model: 'Model',
          unknown: 'A cost is not known',
          download: 'Download CSV',
        },
      },
      {
        locale: 'zh-CN',
        words: {
          charged: '用量收费',
          user: '用户',
          model: '模型',
          unknown: '成本未知',
          download: '下载 CSV',
        },
      },
    ]) {
      const operator = await visit(browser, app, { locale })
      await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [operator.id])
      const value = await sessions.open(operator.id, { ip: undefined, userAgent: undefined })
      await operator.page.context().addCookies([{ name: 'session', value, url: app.url }])
      const { page } = operator
      await page.goto('/admin/revenue')
      const sums = page.getByTestId('revenue')
      await sums.locator('div', { hasText: words.charged }).getByText(sum, { exact: true }).waitFor()
      expect(await sums.getByText(words.unknown).count()).toBe(2)
      const today = new Date().toISOString().slice(0, 10)
      await page.getByRole('row', { name: today }).getByText(sum, { exact: true }).first().waitFor()
      await page.getByRole('radio', { name: words.user }).check()
      await page.getByRole('row', { name: /@/ }).getByText(sum, { exact: true }).first().waitFor()
      await page.getByRole('radio', { name: words.model }).check()
      await page.getByRole('row', { name: /DeepSeek R1/ }).waitFor()
      expect(await violations(page)).toEqual([])
      const download = page.waitForEvent('download')
      await page.getByRole('link', { name: words.download }).click()
      const file = readFileSync(await (await download).path(), 'utf8')
      expect(file).toContain(`\r\ntotal,,2,${sum.slice(1)},`)
      await page.goto('/admin/revenue?from=2020-01-01&to=2020-01-31')
      await sums.locator('div', { hasText: words.charged }).getByText('¥0.00', { exact: true }).waitFor()
      expect(operator.faults).toEqual([])
    }
  })
})
