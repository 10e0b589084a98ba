import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'

const TOKENS = 10_000

describe.skipIf(missingBrowser)(`pickers of long lists (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  const picker = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true })

  /** By keyboard alone: what is typed is looked for, and Enter takes the first that was found. */
  async function pick(page: Page, name: string, words: string) {
    await picker(page, name).focus()
    await page.keyboard.press('ArrowDown')
    const options = page.getByRole('listbox').getByRole('option')
    await options.first().waitFor()
    await page.keyboard.type(words)
    await expect.poll(() => options.allTextContents()).toEqual([expect.stringContaining(words)])
    await page.keyboard.press('Enter')
    await expect.poll(() => picker(page, name).inputValue()).toBe(words)
  }

  test('any of 10,000 API tokens is found by typing, wherever one is chosen', async () => {
    const { page, faults, tokenId } = await visit(browser, app, { money: '10' })
    await app.app.services.sql.query(
      `INSERT INTO api_token SELECT (jsonb_populate_record(NULL::api_token, to_jsonb(t) || jsonb_build_object(
         'id', gen_random_uuid(), 'name', 'tool ' || i, 'secret_hash', '\\x' || md5('pickers' || i)))).*
         FROM (SELECT * FROM api_token WHERE id = $1) t, generate_series(2, ${TOKENS}) i`,
      [tokenId],
    )
    await page.goto('/console/usage')
    await picker(page, 'API token').click()
    await page.getByText('There are more. Type to find them.').first().waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await pick(page, 'API token', 'tool 9876')
    await expect.poll(() => page.url()).toContain('token=')
    // Its name is read although it stands in no list.
    await page.reload()
    await expect.poll(() => picker(page, 'API token').inputValue()).toBe('tool 9876')
    await picker(page, 'API token').fill('no such tool')
    await page.getByText('Nothing found').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => picker(page, 'API token').inputValue()).toBe('tool 9876')

    await page.goto('/console/playground')
    await expect.poll(() => picker(page, 'API token').inputValue()).not.toBe('')
    await pick(page, 'API token', 'tool 8765')
    const [request] = await Promise.all([
      page.waitForRequest('**/chat/completions'),
      page
        .getByLabel('Message')
        .fill('Hello')
        .then(() => page.keyboard.press('Enter')),
    ])
    const [chosen] = (await app.app.services.sql.query(
      "SELECT id FROM api_token WHERE name = 'tool 8765'",
      [],
    )) as [{ id: string }]
    expect(await request.headerValue('x-pingtoken-token-id')).toBe(chosen.id)
    await page.getByTestId('cost').waitFor()

    await page.goto('/docs/quick-start')
    await pick(page, 'API token', 'tool 7654')
    await page.getByText('PINGTOKEN_API_KEY').first().waitFor()
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
  }, 120_000)

  test('a model is found by its provider, and an API token of one model offers no other', async () => {
    const { page, faults, person } = await visit(browser, app, { money: '10' })
    await person.graphql(
      'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret } }',
      {
        input: { name: 'only kimi', models: ['kimi-k2'] },
      },
    )
    await page.goto('/console/usage')
    await picker(page, 'Model').fill('moonshot')
    await page.getByRole('option', { name: /kimi-k2/ }).click()
    await expect.poll(() => page.url()).toContain('model=kimi-k2')
    await page.goto('/console/playground?model=glm-5')
    await expect.poll(() => picker(page, 'API token').inputValue()).toBe('only kimi')
    await picker(page, 'Model').click()
    await expect
      .poll(() => page.getByRole('option').allTextContents())
      .toEqual([expect.stringContaining('kimi-k2')])
    await page.keyboard.press('Escape')
    await expect.poll(() => picker(page, 'Model').inputValue()).toContain('Kimi')
    await pick(page, 'API token', 'laptop')
    await picker(page, 'Model').click()
    await expect.poll(() => page.getByRole('option').count()).toBeGreaterThan(5)
    expect(faults).toEqual([])
  }, 120_000)
})
