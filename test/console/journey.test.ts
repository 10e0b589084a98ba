import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { type ServerProcess, startServer } from '../support/server.ts'

describe.skipIf(missingBrowser)(`the console in a real browser (${missingBrowser ?? 'Chromium'})`, () => {
  let server: ServerProcess
  let browser: Browser

  beforeAll(async () => {
    server = await startServer()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const ask = (secret: string, model = 'deepseek-v4-pro') =>
    fetch(`${server.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    })

  test('from sign-up to a revoked token: what is done in one place shows in the other, without a reload', async () => {
    const { page, faults } = await openPage(browser, server.url)

    await page.goto('/register')
    await page.getByLabel('E-mail').fill('ada@example.com')
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
    await page.getByText('Waiting for your first request').waitFor()

    await page.getByRole('link', { name: 'Token Management' }).first().click()
    await page.getByRole('button', { name: 'Create API token' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('laptop')
    await page.getByRole('dialog').getByRole('button', { name: 'Create API token' }).click()
    await page.getByRole('button', { name: 'Copy API token' }).click()
    const secret = await page.evaluate(() => navigator.clipboard.readText())
    expect(secret).toMatch(/^sk-pt-[0-9A-Za-z]{38}$/)
    await page.getByRole('checkbox', { name: 'I have saved it' }).click()
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.content()).not.toContain(secret)

    await page.getByRole('link', { name: 'Model Testing' }).first().click()
    await page.getByLabel('Message').fill('Say hello')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('PingToken sandbox').waitFor()
    expect(await page.getByTestId('cost').textContent()).toMatch(/^¥0\.\d+$/)

    await page.getByRole('link', { name: 'Dashboard' }).first().click()
    const requests = page.getByTestId('requests-today')
    await expect.poll(() => requests.textContent(), { timeout: 10_000 }).toBe('1')
    expect((await ask(secret)).status).toBe(200)
    await expect.poll(() => requests.textContent(), { timeout: 10_000 }).toBe('2')

    await page.getByRole('link', { name: 'Token Management' }).first().click()
    await page.getByRole('button', { name: 'Actions for laptop' }).click()
    await page.getByRole('menuitem', { name: 'Revoke' }).click()
    expect((await ask(secret)).status).toBe(200) // Opening the question changes nothing.
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('“laptop” is revoked.').first().waitFor()
    const refused = await ask(secret)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ error: { code: 'invalid_api_key' } })

    expect(faults).toEqual([])
  })

  test('the one-time dialog does not close by accident', async () => {
    const { page } = await openPage(browser, server.url)
    await signUp(page, 'careful@example.com')
    await page.goto('/console/tokens')
    await page.getByRole('button', { name: 'Create API token' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('once')
    await page.getByRole('dialog').getByRole('button', { name: 'Create API token' }).click()
    await page.getByTestId('secret').waitFor()
    await page.keyboard.press('Escape')
    await page.mouse.click(5, 5)
    await page.getByText('Without saving it, this API token is lost').waitFor()
    expect(await page.getByTestId('secret').isVisible()).toBe(true)
    expect(await page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true)
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
    expect(kept).not.toContain('sk-pt-')
  })

  test('the printed sign-in link works once, and its secret leaves the address bar', async () => {
    const { page } = await openPage(browser, server.url)
    await page.goto(server.signInLink)
    await page.getByRole('heading', { name: 'Sign in by link' }).waitFor()
    expect(page.url()).not.toContain('token=')
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()

    const other = await openPage(browser, server.url)
    await other.page.goto(server.signInLink)
    await other.page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await other.page.getByText('was used already or has expired').waitFor()
  })

  test('the first administrator chooses an address and a password, and is told what is wrong at the field', async () => {
    const { page, faults } = await openPage(browser, server.url)
    await page.goto(server.administratorLink)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Set up this server' }).waitFor()
    await page.getByLabel('E-mail').fill('boss@example.com')
    await page.getByLabel('Password', { exact: true }).fill('short')
    await page.getByRole('button', { name: 'Finish set-up' }).click()
    await page.getByText('The password needs at least 10 characters.').waitFor()
    await page.getByLabel('Password', { exact: true }).fill('password12')
    await page.getByRole('button', { name: 'Finish set-up' }).click()
    await page.getByText('among the first that are guessed').waitFor()
    await page.getByLabel('Password', { exact: true }).fill('a long enough password')
    await page.getByRole('button', { name: 'Finish set-up' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(faults).toEqual([])
  })

  test('a page that needs an account asks for one first and then opens', async () => {
    const { page } = await openPage(browser, server.url)
    await signUp(page, 'returning@example.com')
    await page.getByRole('button', { name: 'Account menu' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    await page.goto('/console/log')
    await page.getByLabel('E-mail').fill('returning@example.com')
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Usage' }).waitFor()
  })

  test('a link cannot lead to another site after signing in', async () => {
    const { page } = await openPage(browser, server.url)
    await page.goto('/register?next=//evil.example/')
    await signUp(page, 'phished@example.com', false)
    expect(new URL(page.url()).origin).toBe(server.url)
  })

  test('the console speaks Chinese when asked, and remembers the theme', async () => {
    const { page, faults } = await openPage(browser, server.url, { locale: 'fr-FR' })
    await page.goto('/?lang=zh')
    await page.getByRole('heading', { name: '熟悉的接口，接入国产 AI 模型' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
    await page.getByRole('button', { name: '主题' }).click()
    await page.getByRole('menuitemradio', { name: '深色' }).click()
    await page.reload()
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    expect(faults).toEqual([])
  })

  async function signUp(page: Awaited<ReturnType<typeof openPage>>['page'], email: string, open = true) {
    if (open) await page.goto('/register')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor()
  }
})
