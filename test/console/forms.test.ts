import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.id)

describe.skipIf(missingBrowser)(`forms (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
  })

  /** Somebody who runs the site, in a browser of their own. */
  async function operator() {
    const visitor = await visit(browser, app)
    const { sql, sessions } = app.app.services
    await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [visitor.id])
    const value = await sessions.open(visitor.id, { ip: '127.0.0.1', userAgent: 'test' })
    visitor.person.cookie = `session=${value}`
    await visitor.page.context().addCookies([{ name: 'session', value, url: app.url }])
    return visitor
  }

  test('a form sent too early says at each field what is missing, and leads to the first', async () => {
    const { page, faults } = await openPage(browser, app.url)
    await page.goto('/login')
    const form = page.getByRole('main')
    await form.getByRole('button', { name: 'Sign in' }).click()
    expect(await form.getByText('Fill this in.').count()).toBe(2)
    const email = page.getByLabel('E-mail')
    expect(await email.getAttribute('aria-invalid')).toBe('true')
    expect(await focused(page)).toBe(await email.getAttribute('id'))
    expect(await violations(page)).toEqual([])
    await email.fill('somebody@example.com')
    await expect.poll(() => form.getByText('Fill this in.').count()).toBe(1)
    expect(faults).toEqual([])
  })

  test('a password longer than what is hashed is told so, before anything is sent', async () => {
    const { page, faults } = await openPage(browser, app.url)
    await page.goto('/register')
    await page.getByLabel('E-mail').fill('long@example.com')
    await page.getByLabel('Password', { exact: true }).fill('界'.repeat(86))
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByText('At most 256 bytes').waitFor()
    expect(faults).toEqual([])
  })

  test('an API token that is edited shows its last day by the clock of the account', async () => {
    const { page, person, tokenId } = await visit(browser, app)
    const profile =
      'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { viewer { id } } }'
    await person.graphql(profile, { input: { timeZone: 'America/Los_Angeles' } })
    const expiresAt = '2030-01-01T07:59:59.000Z'
    const update =
      'mutation ($input: UpdateApiTokenInput!) { updateApiToken(input: $input) { apiToken { id } } }'
    await person.graphql(update, { input: { id: tokenId, expiresAt } })
    await page.goto('/console/tokens')
    await page
      .getByRole('row', { name: /laptop/ })
      .getByRole('button')
      .last()
      .click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    expect(await page.getByLabel('On a day').inputValue()).toBe('2029-12-31')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const { data } = await person.graphql(
      '{ viewer { apiTokens(first: 1) { edges { node { expiresAt } } } } }',
    )
    expect(data.viewer.apiTokens.edges[0].node.expiresAt).toBe(expiresAt)
  })

  test('a dialog opens at its first field, and a price that is none says so once it is left', async () => {
    const { page, faults } = await operator()
    await page.goto('/admin/models')
    await page
      .getByRole('row', { name: /Qwen3 Max/ })
      .getByRole('button', { name: 'Set price' })
      .click()
    const input = page.getByRole('textbox', { name: 'Input / 1M', exact: true })
    await expect.poll(async () => (await focused(page)) === (await input.getAttribute('id'))).toBe(true)
    await input.fill('4,5')
    expect(await page.getByText(/^A price such as/).count()).toBe(0)
    await page.keyboard.press('Tab')
    await page.getByText(/^A price such as/).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(async () => (await focused(page)) === (await input.getAttribute('id'))).toBe(true)
    await input.fill('4.5')
    expect(await page.getByText(/^A price such as/).count()).toBe(0)
    expect(faults).toEqual([])
  })

  test('the sandbox notice goes with the first channel, without a reload', async () => {
    const { page, person, faults } = await operator()
    await page.goto('/admin/channels')
    const notice = page.getByText('Sandbox: no provider is connected')
    await notice.waitFor()
    await page.getByRole('button', { name: 'Connect a channel' }).click()
    await page.getByLabel('Name', { exact: true }).fill('First')
    await page.getByRole('textbox', { name: 'Keys' }).fill('sk-provider-secret-key-9876')
    await page.getByRole('textbox', { name: 'Models' }).fill('qwen3-max')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row', { name: /First/ }).waitFor()
    await expect.poll(() => notice.count()).toBe(0)
    const { data } = await person.graphql('{ channels(first: 1) { edges { node { id } } } }')
    const { id } = data.channels.edges[0].node
    await person.graphql(
      'mutation ($input: DeleteChannelInput!) { deleteChannel(input: $input) { archived } }',
      {
        input: { id },
      },
    )
    expect(faults).toEqual([])
  })

  test('what only the server can refuse is told in the language of the page', async () => {
    const { page, faults } = await operator()
    await page.goto('/admin/channels')
    // The page's, not that of the browser.
    await page.getByRole('button', { name: 'Language' }).click()
    await page.getByRole('menuitemradio', { name: '简体中文' }).click()
    await page.getByRole('button', { name: '接入渠道' }).click()
    await page.getByLabel('名称', { exact: true }).fill('First')
    await page.getByRole('textbox', { name: '密钥' }).fill('sk-provider-secret-key-9876')
    await page.getByRole('textbox', { name: '模型' }).fill('qwen3-max')
    await page.getByLabel('接口地址').fill('http://api.example.com/v1')
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByText(/^接口地址须以 https:\/\/ 开头/).waitFor()
    expect(faults).toEqual([])
  })

  test('the step that asks for an API token opens its form, and a rate that is no number is refused', async () => {
    const visitor = await visit(browser, app)
    const { page, faults } = visitor
    const input = { id: visitor.tokenId }
    await visitor.person.graphql(
      'mutation ($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { __typename } }',
      { input },
    )
    await page.goto('/console')
    await page.getByRole('link', { name: 'Create an API token' }).click()
    const dialog = page.getByRole('dialog', { name: 'Create API token' })
    await dialog.getByLabel('Name').fill('batch')
    await dialog.getByLabel('Requests per minute').fill('many')
    await dialog.getByLabel('Expires').click()
    await page.getByRole('option', { name: 'On a day' }).click()
    await dialog.getByRole('button', { name: 'Create API token' }).click()
    const rate = dialog.getByLabel('Requests per minute')
    await expect.poll(() => rate.getAttribute('aria-invalid')).toBe('true')
    // A chosen limit is never dropped: without its day nothing is made.
    await dialog.getByText('Choose a day, from today on.').waitFor()
    await rate.fill('30')
    await dialog.getByRole('button', { name: 'Create API token' }).click()
    expect(await page.getByTestId('secret').count()).toBe(0)
    await dialog.getByLabel('On a day').fill('9000-01-31')
    await dialog.getByRole('button', { name: 'Create API token' }).click()
    await page.getByTestId('secret').waitFor()
    await page
      .getByRole('row', { name: /batch/, includeHidden: true })
      .getByText('30')
      .waitFor({ state: 'attached' })
    expect(faults).toEqual([])
  })

  test('an edit sends what was changed in it, and takes back nothing that changed elsewhere', async () => {
    const { page, person, tokenId, faults } = await visit(browser, app)
    const update = (fields: string) =>
      person.graphql(`mutation { updateApiToken(input: { id: "${tokenId}", ${fields} }) { __typename } }`)
    await update('capDay: "10"')
    await page.goto('/console/tokens')
    await page.getByRole('button', { name: 'Actions for laptop' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Requests per minute').fill('30')
    await update('capDay: "5"')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const { data } = await person.graphql(
      '{ viewer { apiTokens(first: 1) { edges { node { capDay requestsPerMinute } } } } }',
    )
    expect(data.viewer.apiTokens.edges[0].node).toEqual({ capDay: '5', requestsPerMinute: 30 })
    expect(faults).toEqual([])
  })

  test('the step that connects a client opens its set-up, once', async () => {
    const { page, faults } = await visit(browser, app)
    await page.goto('/console')
    await page.getByRole('link', { name: 'Connect a client' }).click()
    const dialog = page.getByRole('dialog', { name: 'Connect a client to “laptop”' })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('')
    await page.reload()
    await page.getByRole('cell', { name: 'laptop', exact: true }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(faults).toEqual([])
  })

  test('the language chosen above a page is the account’s, and no other change takes it back', async () => {
    const { page, person, faults } = await visit(browser, app)
    await page.goto('/console/account')
    await page.getByRole('button', { name: 'Language' }).click()
    await page.getByRole('menuitemradio', { name: '简体中文' }).click()
    await page.getByRole('heading', { name: '账户', level: 1 }).waitFor()
    const saved = async () => (await person.graphql('{ viewer { locale } }')).data.viewer.locale
    await expect.poll(saved).toBe('zh-CN')
    await page.getByLabel('名称').fill('Ada')
    await page.getByRole('button', { name: '保存' }).first().click()
    await page.getByText('已保存。').first().waitFor()
    expect(await saved()).toBe('zh-CN')
    expect(faults).toEqual([])
  })

  test('a plan bought elsewhere is seen here, and a change says what ends and what comes', async () => {
    const { page, person, faults } = await visit(browser, app, { money: '300' })
    const boss = await operator()
    const terms = {
      price: '99',
      quota: '150',
      months: 1,
      requestsPerMinute: 900,
      activeTokensMax: 100,
      discountPpm: 700_000,
    }
    await boss.person.graphql(
      'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }',
      {
        input: { id: 'max', name: 'Max', terms },
      },
    )
    await page.goto('/console/plans')
    await page.getByRole('button', { name: 'Buy' }).first().waitFor()
    const input = { planId: 'pro', idempotencyKey: crypto.randomUUID() }
    await person.graphql(
      'mutation ($input: BuyPlanInput!) { buyPlan(input: $input) { subscription { id } } }',
      { input },
    )
    await page.getByRole('button', { name: 'Change' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Change to Max' })
    await dialog.getByText('¥60.00 that is left of the running quota ends now.').waitFor()
    await dialog.getByText('¥150.00').waitFor()
    expect(faults).toEqual([])
  })
})
