import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareAdministrator } from '../../server/administrator.ts'
import { nanoOf } from '../../web/src/i18n/format.ts'
import { startApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { startUpstream, usage, whole } from '../support/upstream.ts'
import { amountsIn, readReceipt, type Receipt, sum } from './statement.ts'
import { visit } from './visit.ts'
import { englishOn, type Language, wordsOf } from './words.ts'

const REVENUE = `query ($from: DateTimeISO!, $to: DateTimeISO!) { revenueReport(from: $from, to: $to) {
  totals { requests charged bonus } users: rows(by: USER) { key charged } } }`

describe.skipIf(missingBrowser)(`an operator's journey (${missingBrowser ?? 'Chromium'})`, () => {
  let browser: Browser
  beforeAll(async () => void (browser = await launchBrowser()))
  afterAll(() => browser?.close())

  test.each<Language>(['en', 'zh-CN'])(
    'from set-up to a revenue that is the sum of the customer’s receipts, before and after a new price, in %s',
    async (language) => {
      const t = wordsOf(language)
      const upstream = await startUpstream()
      upstream.answer(whole('你好', usage(4_000, 101_234)))
      const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' }, { clientDir: resolve('dist/client') })
      const token = await prepareAdministrator(app.app.services)
      const { page, faults } = await openPage(browser, app.url, { locale: language })
      const foreign: string[] = []
      const read = async (one: Page) => {
        if (language !== 'en') foreign.push(...(await englishOn(one)))
      }
      const button = (key: string) => page.getByRole('button', { name: t(key), exact: true })
      const box = (key: string) => page.getByRole('textbox', { name: t(key), exact: true })

      await page.goto(`/sign-in-link#token=${token}`)
      await read(page)
      await page
        .getByRole('main')
        .getByRole('button', { name: t('session.signIn') })
        .click()
      await page.getByRole('heading', { name: t('session.setUp.title') }).waitFor()
      await page.getByLabel(t('session.email')).fill('operator@example.com')
      await page.getByLabel(t('session.password'), { exact: true }).fill('correct horse battery')
      await read(page)
      await button('session.setUp.action').click()
      await page.getByRole('heading', { name: t('admin.overview'), level: 1 }).waitFor()

      await page.goto('/admin/channels')
      await button('admin.channels.create').first().click()
      await box('admin.channels.name').fill('Scripted')
      await page.getByLabel(t('admin.channels.baseUrl')).fill(upstream.url)
      await page.getByLabel(t('admin.channels.keys')).fill('sk-provider-secret-key-9876')
      await box('admin.channels.models').fill('qwen3-max = upstream-name')
      await read(page)
      await button('common.save').click()
      await button('admin.channels.test').click()
      await button('admin.channels.testRun').click()
      await page.getByText('你好').waitFor()
      await read(page)

      const row = page.getByRole('row', { name: /Qwen3 Max/ })
      async function setPrice(input: string) {
        await page.goto('/admin/models')
        await row.getByRole('button', { name: t('admin.models.price') }).click()
        await box('admin.models.input').fill(input)
        await box('admin.models.output').fill('20')
        await page.getByText(t('admin.prices.history')).first().waitFor()
        await read(page)
        await button('common.save').click()
        await row.getByText(`¥${input}`).waitFor()
        await read(page)
      }
      await setPrice('8.00')

      // A customer uses it at the price of the day, and reads the receipts.
      const customer = await visit(browser, app, { money: '20', locale: language })
      async function receipts(): Promise<Receipt[]> {
        await customer.page.goto('/console/usage?tab=requests')
        const links = customer.page.getByRole('table').locator('tbody tr a')
        await links.first().waitFor()
        const found: Receipt[] = []
        for (const href of await links.evaluateAll((all) => all.map((a) => a.getAttribute('href')!))) {
          await customer.page.goto(href)
          found.unshift(await readReceipt(customer.page, t))
        }
        return found
      }
      await customer.chat()
      const [first] = await receipts()
      await setPrice('9.50')
      await customer.chat()
      const [same, second] = await receipts()
      expect(same).toEqual(first)
      expect(first!.cost).toBe(4_000n * 8_000n + 101_234n * 20_000n)
      expect(second!.cost).toBe(4_000n * 9_500n + 101_234n * 20_000n)
      await customer.page.goto('/console/wallet')
      await customer.page.getByTestId('sums').waitFor()
      await read(customer.page)
      const [quota, wallet] = await amountsIn(customer.page.locator('ol.grid'))
      const paid = first!.wallet + second!.wallet
      expect([quota, wallet]).toEqual([0n, nanoOf('20') - paid])

      // What the operator earned is what the customer's statement says.
      const hour = 3_600_000
      const period = { from: new Date(Date.now() - hour), to: new Date(Date.now() + hour) }
      const { data } = await page.evaluate(
        async (body) => {
          const headers = { 'content-type': 'application/json' }
          return (await fetch('/graphql', { method: 'POST', headers, body })).json()
        },
        JSON.stringify({ query: REVENUE, variables: period }),
      )
      const { totals, users } = data.revenueReport
      const cost = sum([first!.cost, second!.cost])
      expect(users).toEqual([{ key: customer.id, charged: totals.charged }])
      expect([totals.requests, nanoOf(totals.charged)]).toEqual(['2', cost])
      expect(nanoOf(totals.charged) - nanoOf(totals.bonus)).toBe(paid)
      await page.goto('/admin/audit')
      await page.getByRole('table').getByText(t('operator.action.set_model_price')).first().waitFor()
      const change = page.getByRole('paragraph').filter({ hasText: t('auditDetail.field.input') })
      expect(await change.first().textContent()).toMatch(/¥8\.00\s*→\s*¥9\.50$/)
      await read(page)
      await page.goto('/admin')
      await page.getByText(t('operator.traffic.title')).waitFor()
      await read(page)
      expect(foreign).toEqual([])
      expect([...faults, ...customer.faults]).toEqual([])
    },
    180_000,
  )
})
