import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { startServer } from '../support/server.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'

const SLOW = { timeout: 15_000 }

describe.skipIf(missingBrowser)(`the dashboard (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('the first request ticks its step, fills the chart and the lists, without a reload', async () => {
    const { page, faults, chat } = await visit(browser, app, { money: '10' })
    await page.goto('/console')
    await page.getByText('Waiting for your first request').waitFor()
    const step = page.locator('[data-step="request"]')
    await expect.poll(() => step.textContent()).not.toContain('done')
    await page.getByText('0 in all').waitFor()

    await chat()
    await expect.poll(() => step.textContent(), SLOW).toContain('(done)')
    await expect.poll(() => page.getByRole('figure').textContent(), SLOW).toContain('1 in all')
    await expect.poll(() => page.getByText('Top models, 7 days').count(), SLOW).toBe(1)
    await expect.poll(() => page.getByTestId('requests-today').textContent(), SLOW).toBe('1')
    expect(await violations(page)).toEqual([])

    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.reload()
    await page.getByText('Latest requests').waitFor()
    expect(await page.getByText('Getting started').count()).toBe(0)
    expect(faults).toEqual([])
  })

  test('the chart is told apart by API token too, and ticks go on by name', async () => {
    const { page, faults, chat } = await visit(browser, app, { money: '10', tokenName: 'office' })
    await chat()
    await page.goto('/console')
    const figure = page.getByRole('figure')
    await figure.getByText('qwen3-max').waitFor()
    await page.getByRole('radio', { name: 'API token' }).check()
    await figure.getByText('office').waitFor()
    expect(await figure.getByText('qwen3-max').count()).toBe(0)
    await page.getByText('Live', { exact: true }).first().waitFor()
    await chat()
    await expect.poll(() => figure.textContent(), SLOW).toContain('2 in all')
    expect(await figure.getByRole('listitem').allTextContents()).toEqual(['office'])
    expect(faults).toEqual([])
  })

  test('rows stand still under the pointer and the focus; what is new is counted', async () => {
    const { page, faults, chat, seed } = await visit(browser, app, { money: '10' })
    await seed(3)
    await page.goto('/console')
    const feed = page.getByTestId('feed')
    const rows = feed.locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(3)
    await rows.first().getByRole('link').focus()
    await chat()
    await chat()
    await feed.getByRole('button', { name: '2 new' }).waitFor()
    expect(await rows.count()).toBe(3)
    await feed.getByRole('button', { name: '2 new' }).click()
    await expect.poll(() => rows.count()).toBe(5)

    await chat()
    await feed.getByRole('button', { name: '1 new' }).waitFor()
    await page.getByRole('link', { name: 'Model Testing' }).first().focus()
    await page.mouse.move(5, 5)
    await expect.poll(() => rows.count()).toBe(6)
    expect(faults).toEqual([])
  })

  test('the calendar is walked with arrow keys and read as a table', async () => {
    const { page, seed } = await visit(browser, app)
    await seed(2)
    await page.goto('/console')
    const today = page.getByRole('group', { name: 'Cost per day, 26 weeks' }).locator('[tabindex="0"]')
    await expect.poll(() => today.getAttribute('aria-label')).toContain('2 requests')
    await today.focus()
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => page.evaluate(() => document.activeElement?.ariaLabel)).toContain('0 requests')
    await page.keyboard.press('End')
    await expect.poll(() => page.evaluate(() => document.activeElement?.ariaLabel)).toContain('2 requests')
    await page.getByRole('button', { name: 'View as table' }).press('Enter')
    await expect.poll(() => page.getByRole('columnheader', { name: 'Day' }).count()).toBe(1)
    expect(await violations(page)).toEqual([])
  })

  test('one window more than an account may have says why it is not live, and follows when one closes', async () => {
    const { page } = await visit(browser, app)
    const context = page.context()
    const windows = [page, ...(await Promise.all(Array.from({ length: 4 }, () => context.newPage())))]
    for (const one of windows) {
      await one.goto('/console')
      await one.getByText('Live', { exact: true }).waitFor()
    }
    const sixth = await context.newPage()
    await sixth.goto('/console')
    await sixth.getByText('Not live here').waitFor()
    await windows[0]!.close()
    await sixth.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 })
  }, 120_000)

  test('a server killed and started again under an open dashboard: it says so, and catches up', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'pingtoken-killed-'))
    const first = await startServer({ DATA_DIR: dataDir })
    const { page } = await openPage(browser, first.url)
    await page.goto(first.signInLink)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    const requests = page.getByTestId('requests-today')
    await requests.waitFor(SLOW)
    await page.getByText('Live', { exact: true }).waitFor()
    const before = Number(await requests.textContent())

    first.process.kill('SIGKILL')
    await page.getByText('Reconnecting').waitFor(SLOW)
    const second = await startServer({ DATA_DIR: dataDir, PORT: new URL(first.url).port })
    try {
      // Asked while the page is still waiting for its next try, or just after: both have to show.
      const answer = await fetch(`${first.url}/api/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${second.token}` },
        body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }] }),
      })
      expect(answer.status).toBe(200)
      await page.getByText('Live', { exact: true }).waitFor({ timeout: 40_000 })
      await expect.poll(() => requests.textContent(), SLOW).toBe(String(before + 1))
      await expect.poll(() => page.getByRole('figure').textContent(), SLOW).toContain(`${before + 1} in all`)
    } finally {
      await second.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
  }, 120_000)
})
