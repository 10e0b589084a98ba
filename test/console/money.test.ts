import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { type ServerProcess, startServer } from '../support/server.ts'

describe.skipIf(missingBrowser)(`money in the console (${missingBrowser ?? 'Chromium'})`, () => {
  let server: ServerProcess
  let browser: Browser
  let customer: Page
  let operator: Page
  let faults: string[][] = []

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
    const one = await openPage(browser, server.url)
    customer = one.page
    await customer.goto(server.signInLink)
    await customer.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await customer.getByRole('heading', { name: 'Dashboard' }).waitFor()
    const other = await openPage(browser, server.url)
    operator = other.page
    await operator.goto(server.administratorLink)
    await operator.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await operator.getByRole('heading', { name: 'Set up this server' }).waitFor()
    faults = [one.faults, other.faults]
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const h1 = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()
  const toast = (page: Page, text: RegExp) => page.getByText(text).first().waitFor()

  test('a top-up in the sandbox is in the wallet, in the list of top-ups and in the statement', async () => {
    await customer.goto('/console/wallet')
    await customer.getByRole('button', { name: 'Top up' }).click()
    await customer.getByRole('textbox', { name: 'Amount' }).fill('123.45')
    await customer.getByRole('button', { name: 'Go to payment' }).click()
    // Dark on light, whatever the theme: a reader of the code sees nothing else.
    const code = customer.getByRole('img', { name: 'QR code for the payment' })
    const fill = (part: string) => code.locator(part).evaluate((one) => getComputedStyle(one).fill)
    expect([await fill('rect'), await fill('path')]).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)'])
    await customer.getByRole('link', { name: 'Open the payment page' }).click()
    await h1(customer, 'Sandbox payment')
    await customer.getByRole('button', { name: 'Pay', exact: true }).click()
    await customer.getByText('Paid. The money is in the wallet.').waitFor()
    await customer.getByRole('link', { name: 'Back to the wallet' }).click()
    await h1(customer, 'Wallet')
    await customer.getByText('Credited').waitFor()
    const statement = customer.getByRole('table', { name: 'Statement' })
    await expect
      .poll(() => statement.getByRole('row', { name: /^Wallet/ }).textContent())
      .toContain('¥123.45')
  })

  test('a payment made on the phone shows under the open code, and the wallet says what it uses next', async () => {
    await customer.goto('/console/wallet')
    await customer.getByRole('button', { name: 'Top up' }).click()
    await customer.getByRole('button', { name: 'Go to payment' }).click()
    const dialog = customer.getByRole('dialog', { name: 'Payment' })
    await dialog.getByText('Waiting for your payment').waitFor()
    expect(await dialog.getByRole('timer').textContent()).toMatch(/\d+:\d\d/)
    const link = await dialog.getByRole('link', { name: 'Open the payment page' }).getAttribute('href')
    const id = link!.split('/').at(-1)
    const paid = await fetch(`${server.url}/payments/sandbox/${id}/pay`, { method: 'POST' })
    expect(paid.ok).toBe(true)
    await dialog.getByText('Paid. The money is in the wallet.').waitFor()
    await customer.keyboard.press('Escape')
    await expect
      .poll(() => customer.getByTestId('sums').textContent())
      .toContain('Checked: opening + in − out = closing')
    expect(await customer.getByTestId('next-pool').textContent()).toContain('Bonus tokens')

    await customer.getByLabel('Tell me below, in CNY').fill('12.345')
    await customer.getByRole('button', { name: 'Save' }).click()
    await customer.getByText('with two decimals at most').waitFor()
    await customer.getByLabel('Tell me below, in CNY').fill('12.34')
    await customer.getByRole('button', { name: 'Save' }).click()
    await customer.getByText('fall below ¥12.34').waitFor()
  })

  test('an open top-up is given up only after a question, a refusal is told, and a wrong clock costs no time', async () => {
    await customer.goto('/console/wallet')
    await customer.getByRole('button', { name: 'Top up' }).click()
    await customer.getByRole('button', { name: 'Go to payment' }).click()
    const payment = customer.getByRole('dialog', { name: 'Payment' })
    await payment.getByRole('timer').waitFor()
    await payment.getByRole('button', { name: 'Pay later' }).click()
    const orders = customer.getByRole('table', { name: 'Latest top-ups' })
    const open = orders.getByRole('row', { name: /Waiting for payment/ })
    await open.getByRole('button', { name: 'Give up' }).click()
    const question = customer.getByRole('dialog', { name: 'Give up the top-up of ¥50.00?' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    await open.waitFor()

    // A clock that is a day ahead: what is left to pay is the server's to say.
    await customer.evaluate(() => {
      const now = Date.now.bind(Date)
      Date.now = () => now() + 86_400_000
    })
    await open.getByRole('button', { name: 'Pay', exact: true }).click()
    await expect.poll(() => payment.getByRole('timer').textContent()).toMatch(/[1-9]\d*:\d\d/)
    await payment.getByRole('button', { name: 'Pay later' }).click()

    await customer.route('**/graphql', (route) =>
      route.request().postData()?.includes('closeTopUpOrder') ? route.abort() : route.continue(),
    )
    await open.getByRole('button', { name: 'Give up' }).click()
    await question.getByRole('button', { name: 'Give up' }).click()
    await question.getByRole('alert').waitFor()
    await customer.unroute('**/graphql')
    await question.getByRole('button', { name: 'Give up' }).click()
    await orders.getByText('Given up').waitFor()
    expect(await question.count()).toBe(0)
    // The request that was cut off on purpose.
    faults[0]!.length = 0
  })

  test('codes that the operator makes are shown once, and a customer redeems one', async () => {
    await operator.goto('/admin/codes')
    await h1(operator, 'Codes')
    await operator.getByRole('button', { name: 'New batch' }).click()
    await operator.getByRole('textbox', { name: 'CNY for each use' }).fill('7.5')
    await operator.getByRole('textbox', { name: 'How many codes' }).fill('2')
    await operator.getByRole('button', { name: 'Make codes' }).click()
    const shown = await operator.locator('pre').textContent()
    const [code] = shown!.trim().split('\n')
    await operator.getByRole('button', { name: 'I have saved them' }).click()
    await expect.poll(() => operator.content()).not.toContain(code)

    await customer.goto('/console/wallet')
    await customer.getByRole('button', { name: 'Redeem a code' }).click()
    await customer.getByRole('textbox', { name: 'Code' }).fill(code!.toLowerCase())
    await customer.getByRole('button', { name: 'Redeem', exact: true }).click()
    await toast(customer, /Redeemed: ¥7\.50/)
    await operator.reload()
    await operator.getByText('1 / 2').waitFor()
  })

  test('the operator corrects a balance with a reason, which the customer reads, and the audit keeps', async () => {
    await operator.goto('/admin/users')
    const row = operator.getByRole('row', { name: /demo@/ })
    await row.getByRole('button', { name: 'Adjust' }).click()
    await operator.getByRole('textbox', { name: 'CNY' }).fill('-0.95')
    await operator.getByRole('textbox', { name: 'Reason' }).fill('agreed by phone')
    await operator.getByRole('button', { name: 'Save' }).click()
    await row.getByText('¥180.00').waitFor()
    await customer.goto('/console/wallet')
    await customer.getByText('agreed by phone').waitFor()
    await operator.goto('/admin')
    await operator.getByText('Balance adjusted', { exact: true }).waitFor()
  })

  test('a price is set in the browser, and a stranger to operations finds no such page', async () => {
    await operator.goto('/admin/models')
    const row = operator.getByRole('row', { name: /Qwen3 Max/ })
    await row.getByRole('button', { name: 'Set price' }).click()
    await operator.getByRole('textbox', { name: 'Input / 1M', exact: true }).fill('9.5')
    await operator.getByRole('button', { name: 'Save' }).click()
    await row.getByText('¥9.50').waitFor()
    await customer.goto('/admin/models')
    await h1(customer, 'Page not found')
  })

  test('a plan is cancelled and kept after all', async () => {
    await customer.goto('/console/plans')
    await customer.getByText(/^Ends on/).waitFor()
    await customer.getByRole('button', { name: 'Keep the subscription as it is' }).click()
    await customer.getByText(/^Renews on/).waitFor()
    await customer.getByRole('button', { name: 'Cancel subscription' }).click()
    await customer.getByRole('dialog').getByRole('button', { name: 'Cancel subscription' }).click()
    await customer.getByText(/^Ends on/).waitFor()
  })

  test.each(['/admin', '/admin/users', '/admin/models', '/admin/channels', '/admin/codes'])(
    '%s has no violations',
    async (path) => {
      await operator.goto(path)
      await operator.waitForLoadState('networkidle')
      expect(await violations(operator)).toEqual([])
    },
  )

  test('nothing was reported by any page', () => expect(faults).toEqual([[], []]))
})
