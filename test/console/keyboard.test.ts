import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { connectChannel } from '../support/customer.ts'
import { chunk, hang, startUpstream } from '../support/upstream.ts'
import { keyboardOf } from './keyboard.ts'

const [email, password] = ['keys@example.com', 'correct horse battery']

describe.skipIf(missingBrowser)(`the console without a mouse (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    const upstream = await startUpstream()
    upstream.answer(hang(chunk({ role: 'assistant', content: 'Once upon a time' })))
    app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' }, { clientDir: resolve('dist/client') })
    await connectChannel(app, upstream)
    const person = app.browser()
    await person.graphql('mutation ($i: SignUpInput!) { signUp(input: $i) { viewer { id } } }', {
      i: { email, password },
    })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test.each([1280, 390])(
    'sign in, an API token made, copied and paused, a plan looked at, a test sent and stopped: %i px',
    async (width) => {
      const { page, faults } = await openPage(browser, app.url, { width })
      const keys = keyboardOf(page)
      const main = page.getByRole('main')
      const dialog = page.getByRole('dialog')
      const heading = (name: string) => page.getByRole('heading', { name, level: 1 })
      const open = async (name: string) => {
        const more = page.getByRole('button', { name: 'More', exact: true })
        if (width < 1024) await keys.choose(more)
        const links = page.getByRole('navigation').getByRole('link', { name, exact: true })
        await keys.choose(links.filter({ visible: true }))
      }

      await page.goto('/login')
      await keys.fill(page.getByLabel('E-mail'), email)
      await keys.fill(page.getByLabel('Password', { exact: true }), password)
      await keys.press('Enter')
      await heading('Dashboard').waitFor()
      await expect.poll(() => keys.isAt(heading('Dashboard'))).toBe(true)

      await keys.press('Shift+Tab')
      await open('Token Management')
      await heading('Token Management').waitFor()
      const create = main.getByRole('button', { name: 'Create API token' }).first()
      await keys.choose(create)
      await keys.fill(dialog.getByLabel('Name', { exact: true }), `keys ${width}`)
      await keys.press('Enter')
      await page.getByTestId('secret').waitFor()
      await keys.choose(dialog.getByRole('button', { name: 'Copy API token' }))
      const copied = await page.evaluate(() => navigator.clipboard.readText())
      expect(copied).toBe(await page.getByTestId('secret').innerText())
      await keys.choose(dialog.getByRole('checkbox', { name: 'I have saved it' }), 'Space')
      await keys.choose(dialog.getByRole('button', { name: 'Done' }))
      await dialog.waitFor({ state: 'detached' })
      // Another dialog came between: what opened that one has the focus again.
      await expect.poll(() => keys.isAt(create)).toBe(true)

      const row = page.getByRole('row', { name: new RegExp(`keys ${width}`) })
      const menu = row.getByRole('button', { name: 'Actions for' })
      await keys.choose(menu)
      await page.getByRole('menu').waitFor()
      await keys.goTo(page.getByRole('menuitem', { name: 'Pause' }), 'ArrowDown')
      await keys.press('Enter')
      await row.getByText('Paused').waitFor()
      await expect.poll(() => keys.isAt(menu)).toBe(true)
      await keys.press('Enter')
      await keys.goTo(page.getByRole('menuitem', { name: 'Resume' }), 'ArrowDown')
      await keys.press('Enter')
      await row.getByText('Active').waitFor()

      await keys.press('Enter')
      await keys.goTo(page.getByRole('menuitem', { name: 'Revoke' }), 'ArrowDown')
      await keys.press('Enter')
      await dialog.getByText('This cannot be undone.').waitFor()
      await keys.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      await expect.poll(() => keys.isAt(menu)).toBe(true)

      await open('Plans')
      const buy = main.getByRole('button', { name: 'Buy' })
      await keys.choose(buy)
      await dialog.getByText('From the wallet now').waitFor()
      await keys.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      await expect.poll(() => keys.isAt(buy)).toBe(true)

      await open('Model Testing')
      await keys.fill(page.getByRole('combobox', { name: 'Model' }), 'qwen3 max')
      await page.getByRole('option', { name: 'Qwen3 Max' }).waitFor()
      await keys.press('Enter')
      await keys.fill(page.getByLabel('Message'), 'Tell me a story')
      await keys.press('Enter')
      await page.getByText('Once upon a time').waitFor()
      await keys.choose(page.getByRole('button', { name: 'Stop' }))
      await page.getByText('Stopped.').waitFor()
      expect(faults).toEqual([])
    },
    180_000,
  )
})
