import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Entry, matching, requestIdIn } from '../../web/src/shell/palette/entries.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'
import { wordsOf } from './words.ts'

const entry = (group: Entry['group'], label: string, words = ''): Entry => ({
  group,
  id: label,
  label,
  words,
  act: () => {},
})
const entries = [
  entry('pages', 'My wallet'),
  entry('pages', 'Wallet', 'wallet'),
  entry('models', 'Qwen3 Max', 'qwen3-max'),
]

test('every word has to be found, what begins with one comes first, and empty groups are not named', () => {
  expect(
    matching(entries, 'WALL').map(({ group, entries: own }) => [group, own.map(({ id }) => id)]),
  ).toEqual([['pages', ['Wallet', 'My wallet']]])
  expect(matching(entries, 'max qwen3')).toHaveLength(1)
  expect(matching(entries, 'wallet max')).toEqual([])
})

test('only a whole request id is one', () => {
  const id = '019ac5a0-7b7e-7cc3-9d6e-6f0b7e0a1b2c'
  expect(requestIdIn(` ${id.toUpperCase()} `)).toBe(id)
  expect(requestIdIn(id.slice(1))).toBeUndefined()
})

describe.skipIf(missingBrowser)(`commands and shortcuts (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test.each(['en', 'zh-CN'] as const)(
    '%s: by keyboard alone to a page, a theme and a token',
    async (lang) => {
      const t = wordsOf(lang)
      const { page, faults } = await visit(browser, app, { locale: lang, tokenName: 'ci-runner' })
      const heading = (name: string) => page.getByRole('heading', { name, level: 1, exact: true }).waitFor()
      const field = page.getByRole('combobox', { name: t('palette.title') })
      const choose = async (query: string, name: RegExp | string) => {
        await page.keyboard.press('Control+k')
        await expect.poll(() => field.evaluate((one) => one === document.activeElement)).toBe(true)
        await page.keyboard.type(query)
        await page.getByRole('option', { name, selected: true }).waitFor()
        await page.keyboard.press('Enter')
        await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
      }
      await page.goto('/console')
      await heading(t('dashboard.title'))
      await page.keyboard.press('Control+k')
      await page.getByRole('option', { name: t('tokens.create') }).waitFor()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await choose(t('wallet.title'), new RegExp(t('wallet.title')))
      await heading(t('wallet.title'))
      await choose(t('shell.theme.dark'), new RegExp(t('shell.theme.dark')))
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
      await choose('ci-run', /ci-runner/)
      await heading(t('tokens.title'))
      await page.getByText('ci-runner').first().waitFor()
      await choose('kimi', /Kimi/)
      await page.waitForURL('**/models/kimi-k2')
      expect(faults).toEqual([])
    },
  )

  test('? tells the shortcuts; keys of one letter work outside fields, and not once they are turned off', async () => {
    const { page, faults } = await visit(browser, app)
    const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()
    await page.goto('/console')
    await heading('Dashboard')
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await heading('Token Management')
    await page.keyboard.press('/')
    await page.keyboard.type('gu?')
    expect(await page.locator('main input[type=search]').inputValue()).toBe('gu?')
    await page.getByRole('heading', { level: 1 }).focus()
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await help.waitFor()
    expect(await violations(page)).toEqual([])
    await help.getByRole('switch').click()
    await page.keyboard.press('Escape')
    await expect.poll(() => help.count()).toBe(0)
    await page.keyboard.press('g')
    await page.keyboard.press('u')
    await page.keyboard.press('?')
    // What did nothing is told from what is late by a key that still works.
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search and commands' }).waitFor()
    expect(await help.count()).toBe(0)
    expect(new URL(page.url()).pathname).toBe('/console/tokens')
    expect(faults).toEqual([])
  })
})
