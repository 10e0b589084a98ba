import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { violations } from './axe.ts'

describe.skipIf(missingBrowser)(`public pages (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  /** Closes what was opened, and holds the page to it that nothing was refused or asked of another host. */
  async function open(look: Parameters<typeof openPage>[2], run: (page: Page) => Promise<void>) {
    const { page, faults } = await openPage(browser, app.url, look)
    await run(page)
    expect(faults).toEqual([])
    await page.context().close()
  }
  type Page = Awaited<ReturnType<typeof openPage>>['page']

  test('filters of the Model Plaza live in the address, survive a reload, and can be cleared', () =>
    open({}, async (page) => {
      const count = (text: string) => page.getByRole('status').getByText(text, { exact: true }).waitFor()
      await page.goto('/models')
      await count('9 models')
      await page.getByLabel('Provider').selectOption({ label: 'DeepSeek' })
      await count('2 models')
      await page.getByRole('combobox', { name: 'Can do' }).selectOption({ label: 'Reasoning' })
      await page.getByRole('searchbox').fill('r1')
      await page.getByRole('radio', { name: 'per 1K' }).check()
      await page.getByLabel('Sort by').selectOption({ label: 'Output price' })
      await count('1 model')
      expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
        vendor: 'deepseek',
        can: 'reasoning',
        q: 'r1',
        unit: '1K',
        sort: 'output',
      })
      await page.reload()
      await count('1 model')
      expect(await page.getByRole('searchbox').inputValue()).toBe('r1')
      await page.getByRole('row', { name: 'DeepSeek R1' }).getByText('¥0.016', { exact: true }).waitFor()

      await page.getByRole('searchbox').fill('nothing is called so')
      await page.getByText('No model matches.').waitFor()
      await page.getByRole('button', { name: 'Clear filters (3)' }).click()
      await count('9 models')
      expect(await page.getByRole('searchbox').inputValue()).toBe('')
    }))

  test('the id of a model is copied, and its page has code with it, which opens Model Testing', () =>
    open({}, async (page) => {
      await page.goto('/plaza')
      await page.getByRole('button', { name: 'Copy kimi-k2' }).click()
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('kimi-k2')
      await page.getByRole('link', { name: 'Kimi K2' }).click()
      await page.getByRole('heading', { level: 1, name: 'Kimi K2' }).waitFor()
      await page.getByText('"model":"kimi-k2"').waitFor()
      await page.getByRole('radio', { name: 'Python' }).check()
      await page.getByText('model="kimi-k2"').waitFor()
      await page.getByText('No data yet: fewer than 50 requests').waitFor()
      const testing = page.getByRole('link', { name: 'Open in Model Testing' })
      expect(await testing.getAttribute('href')).toBe('/login?next=/console/playground?model=kimi-k2')
    }))

  test('models are chosen, kept in the address, and stand side by side with what a workload costs', () =>
    open({}, async (page) => {
      await page.goto('/models')
      for (const name of ['Compare DeepSeek R1', 'Compare Kimi K2']) await page.getByLabel(name).check()
      expect(new URL(page.url()).searchParams.get('compare')).toBe('deepseek-r1,kimi-k2')
      await page.reload()
      await page.getByRole('button', { name: 'Compare 2' }).click()
      const sheet = page.getByRole('dialog', { name: 'Models side by side' })
      await sheet.getByRole('columnheader', { name: 'Kimi K2' }).waitFor()
      const costs = sheet.getByRole('row', { name: 'Cost in 30 days' })
      const before = await costs.innerText()
      await sheet.getByLabel('Requests a day').fill('1000')
      await expect.poll(() => costs.innerText()).not.toBe(before)
      expect(await costs.getByText('lowest').count()).toBeGreaterThan(0)
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Do not compare Kimi K2' }).click()
      await page.getByText('Choose another one.').waitFor()
      await page.getByRole('button', { name: 'Clear', exact: true }).click()
      await expect.poll(() => new URL(page.url()).searchParams.has('compare')).toBe(false)
    }))

  test('a model whose price changed shows when, and by how much', () =>
    open({ width: 390 }, async (page) => {
      const { sql, catalog } = app.app.services
      await sql.query(
        `INSERT INTO price_version (id, model_id, input, cached_input, output, effective_from, created_at)
         SELECT gen_random_uuid(), model_id, input / 2, cached_input, output / 2, now() + interval '1 day', now()
           FROM price_version WHERE model_id = 'glm-5' LIMIT 1`,
      )
      await catalog.reload()
      await page.goto('/models/glm-5')
      const history = page.getByRole('group', { name: 'List price over time' })
      await history.getByText('−50%').or(history.getByText('-50%')).waitFor()
      expect(await history.getByRole('row').count()).toBe(3)
      expect(await violations(page)).toEqual([])
    }))

  test('a model that does not exist is a page that says so', () =>
    open({}, async (page) => {
      await page.goto('/models/nothing')
      await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor()
    }))

  test('the landing page shows code for the chosen model, and where to go on', () =>
    open({ width: 390 }, async (page) => {
      await page.goto('/')
      await page.getByLabel('Model', { exact: true }).selectOption('glm-5')
      await page.getByText('"model":"glm-5"').waitFor()
      await page.getByRole('link', { name: 'Claude Code', exact: true }).waitFor()
      await page.getByRole('heading', { name: 'Plans' }).waitFor()
      expect(await page.locator('link[rel=canonical]').getAttribute('href')).toBe(`${app.url}/?lang=en`)
      expect(await page.locator('link[hreflang=zh-CN]').count()).toBe(1)
      await page.getByRole('button', { name: 'Menu' }).click()
      await page.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name: 'Status' }).click()
      await page.getByText('The server takes requests.').waitFor()
      await page.getByRole('contentinfo').getByRole('button', { name: '简体中文' }).click()
      await page.getByRole('heading', { level: 1, name: '服务状态' }).waitFor()
    }))

  test('the landing page counts what is in the catalogue, and makes a bill of today’s prices', () =>
    open({}, async (page) => {
      await page.goto('/')
      const bill = page.getByTestId('hero-receipt')
      const amounts = () => bill.locator('dd').allTextContents()
      await bill.getByText('with Pro').waitFor()
      await expect.poll(amounts).toEqual(['¥0.002', '¥0.004', '¥0.006', '¥0.0048'])
      await page.getByLabel('Model', { exact: true }).selectOption({ label: 'Qwen3 Max' })
      await expect.poll(amounts).toEqual(['¥0.006', '¥0.012', '¥0.018', '¥0.0144'])
      await page.getByText('Every new account starts with 100,000 tokens, for 30 days.').waitFor()
      expect(await page.getByText('providers', { exact: true }).locator('..').innerText()).toContain('7')
    }))

  test('what is not there offers a search through the documentation', () =>
    open({}, async (page) => {
      await page.goto('/nowhere')
      await page.getByRole('combobox').fill('authentication')
      await page.getByRole('option').first().click()
      await page.waitForURL('**/docs/**')
    }))

  const pages: [path: string, english: string, chinese: string][] = [
    ['/', 'Chinese AI models behind one endpoint you already know', '熟悉的接口，接入国产 AI 模型'],
    ['/pricing', 'Pricing', '价格'],
    ['/status', 'Status', '服务状态'],
    ['/models', 'Model Plaza', '模型广场'],
    ['/models?view=cards', 'Model Plaza', '模型广场'],
    ['/models/qwen3-max', 'Qwen3 Max', 'Qwen3 Max'],
    ['/docs', 'Quick start', '快速开始'],
    ['/docs/errors', 'Errors', '错误说明'],
    ['/docs/billing', 'Billing fields', '计费字段'],
    ['/help/pools', 'Order of the balances', '扣费顺序'],
  ]
  describe.each([
    { locale: 'en-US', dark: false, width: 1280 },
    { locale: 'en-US', dark: true, width: 390 },
    { locale: 'zh-CN', dark: true, width: 1280 },
    { locale: 'zh-CN', dark: false, width: 390 },
  ])('in $locale, dark: $dark, $width px', (look) => {
    test.each(pages)('%s keeps the rules of accessibility and its width', (path, english, chinese) =>
      open(look, async (page) => {
        await page.goto(path)
        const name = look.locale === 'zh-CN' ? chinese : english
        await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
        await page.waitForLoadState('networkidle')
        expect(await violations(page)).toEqual([])
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect(overflow).toBeLessThanOrEqual(0)
      }),
    )
  })
})
