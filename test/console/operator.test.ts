import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prepareAdministrator } from '../../server/administrator.ts'
import { newId } from '../../server/platform/ids.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { violations } from './axe.ts'
import { type Visitor, visit } from './visit.ts'

describe.skipIf(missingBrowser)(`the operator's console (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser
  let page: Page
  let faults: string[]
  let customer: Visitor
  let email: string
  let orderId: string

  const walletOf = async () =>
    (await customer.person.graphql('{ viewer { wallet { wallet } } }')).data.viewer.wallet.wallet

  async function payTopUp(amount: string): Promise<string> {
    const input = { amount, providerId: 'sandbox', idempotencyKey: newId() }
    const { data } = await customer.person.graphql(
      'mutation ($input: CreateTopUpOrderInput!) { createTopUpOrder(input: $input) { order { id } } }',
      { input },
    )
    const { id } = data.createTopUpOrder.order
    await fetch(`${app.url}/payments/sandbox/${id}/pay`, { method: 'POST' })
    await expect.poll(walletOf).toBe(amount)
    return id
  }

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  const dialog = () => page.getByRole('dialog')
  const because = (reason: string) => dialog().getByLabel('Reason').fill(reason)

  test('the first administrator comes by the printed link and chooses how to sign in', async () => {
    const token = await prepareAdministrator(app.app.services)
    customer = await visit(browser, app)
    email = (await customer.person.graphql('{ viewer { email } }')).data.viewer.email
    orderId = await payTopUp('100')
    ;({ page, faults } = await openPage(browser, app.url))
    await page.goto(`/sign-in-link#token=${token}`)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/console/set-up')
    await page.getByLabel('E-mail').fill('operator@example.com')
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('main').locator('button[type=submit]').click()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  })

  test('a plan is created; new terms say who keeps the old ones', async () => {
    await page.goto('/admin/plans')
    await page.getByRole('button', { name: 'Create plan' }).click()
    await dialog().getByLabel('Name', { exact: true }).fill('Team')
    await dialog().getByLabel('Id', { exact: true }).fill('team')
    await dialog().getByLabel('Price in CNY').fill('199')
    await dialog().getByLabel('Quota in CNY').fill('250')
    await dialog().getByRole('button', { name: 'Create plan' }).click()
    const row = page.getByRole('row', { name: /Team/ })
    await row.waitFor()
    await row.getByRole('button', { name: 'New terms' }).click()
    await dialog().getByText('Nobody has it now.').waitFor()
    await dialog().getByLabel('Price in CNY').fill('149.5')
    await dialog().getByRole('button', { name: 'New terms' }).click()
    await dialog().waitFor({ state: 'detached' })
    await expect.poll(() => row.textContent()).toContain('149.50')
    const { data } = await customer.person.graphql('{ plans(first: 10) { edges { node { id price } } } }')
    expect(data.plans.edges.map(({ node }: any) => node)).toContainEqual({ id: 'team', price: '149.5' })
  })

  test('a user is found by the start of an API token, and the balance adjusted with a reason', async () => {
    await page.goto('/admin/users')
    const search = page.getByRole('searchbox')
    await search.fill(customer.secret)
    await search.press('Enter')
    await page.getByRole('link', { name: email }).click()
    await page.getByRole('heading', { name: email, level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Adjust' }).click()
    await dialog().getByLabel('CNY').fill('-20.5')
    await because('a correction')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await dialog().waitFor({ state: 'detached' })
    expect(await walletOf()).toBe('79.5')
    await page.getByRole('link', { name: 'Ledger' }).click()
    await page.getByText('a correction').waitFor()
  })

  test('a refund shows what it does, wants its amount typed, and takes exactly that', async () => {
    await page.goto(`/admin/orders?search=${orderId}`)
    await page.getByRole('button', { name: 'Refund', exact: true }).click()
    await expect.poll(() => page.getByTestId('refund-effect').textContent()).toContain('¥79.50')
    await dialog().getByText('The wallet goes below zero').waitFor()
    await dialog().getByText('The customer reads it in the statement.').waitFor()
    await dialog().getByLabel('Amount in CNY').fill('30.25')
    await because('asked for it back')
    const refund = dialog().getByRole('button', { name: 'Refund' })
    await refund.click()
    await dialog().getByText('It has to be typed as it is shown.').waitFor()
    expect(await walletOf()).toBe('79.5')
    await dialog().getByLabel('Type 30.25 to confirm').fill('30.25')
    await refund.click()
    await dialog().waitFor({ state: 'detached' })
    expect(await walletOf()).toBe('49.25')
    await page.getByRole('button', { name: 'Details' }).click()
    await dialog().getByText('asked for it back').waitFor()
    await dialog().getByText('Believed').waitFor()
    await page.keyboard.press('Escape')
  })

  test('every act stands in the audit with its reason', async () => {
    await page.goto('/admin/audit')
    const table = page.getByRole('table')
    for (const act of [
      'Plan created',
      'New plan terms',
      'Balance adjusted',
      'a correction',
      'Payment refunded',
    ])
      await table.getByText(act, { exact: true }).first().waitFor()
    await page.goto(`/admin/users/${customer.id}?tab=audit`)
    await page.getByRole('table').getByText('Payment refunded', { exact: true }).waitFor()
    await page.goto('/admin')
    const latest = page.getByRole('table', { name: 'Audit' })
    await latest.getByText('Payment refunded', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'All entries' }).click()
    await page.getByRole('heading', { name: 'Audit', level: 1 }).waitFor()
    expect(faults).toEqual([])
  })

  describe.each([
    { dark: false, width: 1280 },
    { dark: true, width: 390 },
  ])('dark: $dark, $width px', (look) => {
    test.each([
      ['/admin/plans', 'Plans on offer'],
      ['/admin/orders', 'Payments'],
      ['/admin/invitations', 'Invitations'],
      ['/admin/users', 'Users'],
      ['user', ''],
      ['user?tab=tokens', ''],
      ['user?tab=entries', ''],
      ['user?tab=audit', ''],
    ])('%s has no violations and does not scroll sideways', async (path, heading) => {
      const other = await openPage(browser, app.url, look)
      await other.page.context().addCookies(await page.context().cookies())
      await other.page.goto(path.replace(/^user/, `/admin/users/${customer.id}`))
      await other.page.getByRole('heading', { name: heading || email, level: 1 }).waitFor()
      await other.page.waitForLoadState('networkidle')
      expect(await violations(other.page)).toEqual([])
      const overflow = await other.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBeLessThanOrEqual(0)
      await other.page.context().close()
    })
  })
})
