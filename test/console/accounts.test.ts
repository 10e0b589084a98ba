import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { type MailServer, startMailServer } from '../support/smtp.ts'
import { violations } from './axe.ts'

const password = 'correct horse battery'
const wanted = 'staple of another kind'

describe.skipIf(missingBrowser)(`accounts in a real browser (${missingBrowser ?? 'Chromium'})`, () => {
  let server: ServerProcess
  let browser: Browser
  let mail: MailServer

  beforeAll(async () => {
    mail = await startMailServer()
    server = await startServer({ SMTP_URL: mail.url })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  async function signUp(page: Page, email: string) {
    await page.goto('/register')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('dialog', { name: 'Confirm your e-mail address' }).waitFor()
  }

  async function signIn(page: Page, email: string, secret = password) {
    await page.goto('/login')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(secret)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
  }

  /** Signed up, and not asked for the code any more. */
  async function member(email: string) {
    const opened = await openPage(browser, server.url)
    await signUp(opened.page, email)
    await opened.page.getByLabel('Code').fill(await mail.codeFor(email))
    await opened.page.getByRole('dialog').waitFor({ state: 'detached' })
    return opened
  }

  test('after sign-up the code from the mail brings the bonus, without a reload', async () => {
    const { page, faults } = await openPage(browser, server.url)
    await signUp(page, 'ada@example.com')
    expect(await violations(page)).toEqual([])
    expect(await page.getByRole('button', { name: /^New code in \d+ s$/ }).isDisabled()).toBe(true)
    const code = await mail.codeFor('ada@example.com')
    await page.getByLabel('Code').fill(code === '000000' ? '000001' : '000000')
    await page.getByText('This is not the code. Tries left: 4.').waitFor()
    await page.getByRole('button', { name: 'Later' }).click()
    await page.getByText('Confirm your address ada@example.com').waitFor()

    await page.getByRole('link', { name: 'Wallet' }).first().click()
    await page.getByRole('button', { name: 'Confirm address' }).click()
    await page.getByLabel('Code').pressSequentially(` ${code.slice(0, 3)} ${code.slice(3)} `)
    await page.getByText('Your address is confirmed.').first().waitFor()
    await page.getByRole('main').getByText('100,000').first().waitFor()
    expect(await page.getByText('Confirm your address').count()).toBe(0)
    expect(faults).toEqual([])
  })

  test('the first administrator confirms the address given at set-up, like everybody', async () => {
    const { page, faults } = await openPage(browser, server.url)
    await page.goto(server.administratorLink)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Set up this server' }).waitFor()
    expect(await page.getByText('Confirm your address').count()).toBe(0)
    await page.getByLabel('E-mail').fill('owner@example.com')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('main').getByRole('button').last().click()
    await page.getByRole('dialog', { name: 'Confirm your e-mail address' }).waitFor()
    await page.getByLabel('Code').fill(await mail.codeFor('owner@example.com'))
    await page.getByText('Your address is confirmed.').first().waitFor()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(faults).toEqual([])
  })

  test('a forgotten password is replaced by a link from the mail, whose secret leaves the address bar', async () => {
    const { page: before } = await member('forgetful@example.com')
    const { page, faults } = await openPage(browser, server.url)
    await page.goto('/login')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByRole('button', { name: 'Send the link' }).waitFor()
    await page.getByLabel('E-mail').fill('forgetful@example.com')
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByText('If there is an account for forgetful@example.com').waitFor()
    const [, letter] = await mail.to('forgetful@example.com', 2)
    await page.goto(/http\S+\/reset#\S+/.exec(letter!.text)![0])
    await page.getByLabel('New password', { exact: true }).fill(wanted)
    expect(page.url()).not.toContain('token')
    await page.getByRole('button', { name: 'Save and sign in' }).click()
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
    expect(faults).toEqual([])

    await before.getByRole('heading', { name: 'Your session has ended' }).waitFor()
    await before.getByLabel('Password', { exact: true }).fill(wanted)
    await before.getByRole('button', { name: 'Sign in' }).click()
    await before.getByRole('heading', { name: 'Dashboard' }).waitFor()
  })

  test('a session ended in one browser closes the page of the other; what was typed there is not lost', async () => {
    const email = 'roamer@example.com'
    const { page: desk } = await member(email)
    const { page: phone } = await openPage(browser, server.url)
    await signIn(phone, email)
    await phone.getByRole('link', { name: 'Token Management' }).first().click()
    await phone.getByRole('button', { name: 'Create API token' }).first().click()
    await phone.getByLabel('Name', { exact: true }).fill('half a form')

    await desk.goto('/console/account')
    await desk.getByText('Chrome on Linux').first().waitFor()
    await desk.getByRole('button', { name: 'Sign out Chrome on Linux' }).click()
    await desk.getByText('One session is ended.').first().waitFor()
    await expect.poll(() => desk.getByText('Chrome on Linux').count()).toBe(1)

    await phone.getByRole('heading', { name: 'Your session has ended' }).waitFor()
    expect(await violations(phone)).toEqual([])
    await phone.keyboard.press('Escape')
    await phone.getByRole('heading', { name: 'Your session has ended' }).waitFor()
    await phone.getByLabel('Password', { exact: true }).fill(password)
    await phone.getByRole('button', { name: 'Sign in' }).click()
    await phone.getByRole('heading', { name: 'Your session has ended' }).waitFor({ state: 'detached' })
    expect(await phone.getByLabel('Name', { exact: true }).inputValue()).toBe('half a form')
    await phone.getByRole('dialog').getByRole('button', { name: 'Create API token' }).click()
    await phone.getByTestId('secret').waitFor()
  })

  test('what was sent as the session ended is sent again after signing in', async () => {
    const { page } = await member('late@example.com')
    await page.goto('/console/account')
    await page.getByLabel('Name', { exact: false }).first().fill('小明 🐼')
    // Signed out behind the page's back: no socket tells it.
    await page.evaluate(() =>
      fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: 'mutation { signOut { ok } }' }),
      }),
    )
    await page
      .getByRole('button', { name: 'Save', exact: true })
      .first()
      .click({ force: true, timeout: 2_000 })
      .catch(() => {})
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor()
    await page.getByLabel('Password', { exact: true }).last().fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor({ state: 'detached' })
    const save = page.getByRole('button', { name: 'Save', exact: true }).first()
    if (await save.isEnabled()) await save.click()
    await page.getByText('Saved.').first().waitFor()
  })

  test('address, password and the account itself are changed on one page', async () => {
    const { page, faults } = await member('mover@example.com')
    await page.getByRole('link', { name: 'Account', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Change address' }).click()
    await page.getByRole('button', { name: 'Send the code' }).click()
    await page.getByRole('dialog').getByText('Enter an e-mail address.').waitFor()
    await page.getByRole('dialog').getByText('Fill this in.').waitFor()
    await page.getByLabel('New address').fill('moved@example.com')
    await page.getByRole('dialog').getByLabel('Current password').fill(password)
    await page.getByRole('button', { name: 'Send the code' }).click()
    await page
      .getByRole('dialog')
      .getByLabel('Code')
      .fill(await mail.codeFor('moved@example.com'))
    await page.getByText('Your address is now moved@example.com.').first().waitFor()

    await page.getByLabel('Current password').fill('not it at all')
    await page.getByLabel('New password', { exact: true }).fill(wanted)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('The password is wrong.').waitFor()
    await page.getByLabel('Current password').fill(password)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('Your password is changed.').first().waitFor()
    expect(await page.getByText('Fill this in.').count()).toBe(0)
    expect(await page.getByLabel('Current password').getAttribute('aria-invalid')).not.toBe('true')

    await page.getByRole('button', { name: 'Delete account…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Current password').fill(wanted)
    expect(await dialog.getByRole('button', { name: 'Delete for good' }).isDisabled()).toBe(true)
    await dialog.getByRole('checkbox').click()
    expect(await violations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Delete for good' }).click()
    await page.waitForURL(`${server.url}/`)
    expect(faults).toEqual([])
    await page.goto('/console/account')
    await page.waitForURL(/\/login/)
  })
})
