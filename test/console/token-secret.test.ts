import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'

describe.skipIf(missingBrowser)(`the one-time token dialog (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  async function create(page: Page) {
    await page.goto('/console/tokens')
    await page.getByRole('button', { name: 'Create API token' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('tested')
    await page.getByRole('dialog').getByRole('button', { name: 'Create API token' }).click()
    return page.getByTestId('secret').innerText()
  }

  test('a test request goes out with the new secret and shows the answer and its cost', async () => {
    const { page, faults } = await visit(browser, app, {})
    const secret = await create(page)
    const asked = page.waitForRequest(/chat\/completions/)
    await page.getByRole('button', { name: 'Send a test request' }).click()
    expect((await asked).headers()).toMatchObject({ authorization: `Bearer ${secret}` })
    await page.getByTestId('test-answer').getByText('sandbox').waitFor()
    await page.getByText(/deepseek-v4-pro · cost ¥0\.\d+/).waitFor()
    expect(await violations(page)).toEqual([])
    expect(faults).toEqual([])
    await page.context().close()
  }, 180_000)

  test('the way back asks for the new secret to be saved first, and throws nothing away', async () => {
    const { page } = await visit(browser, app)
    await page.goto('/console')
    await page.getByRole('link', { name: 'Token Management' }).first().click()
    await page.getByRole('button', { name: 'Create API token' }).first().click()
    await page.getByLabel('Name', { exact: true }).fill('kept')
    await page.getByRole('dialog').getByRole('button', { name: 'Create API token' }).click()
    const secret = await page.getByTestId('secret').textContent()
    await page.goBack()
    await page.getByText('Without saving it, this API token is lost.').waitFor()
    expect(await page.getByTestId('secret').textContent()).toBe(secret)
    expect(page.url()).toContain('/console/tokens')
  })

  test('a client is connected for an older token with a placeholder, and no secret', async () => {
    const { page, faults } = await visit(browser, app, {})
    await page.goto('/console/tokens')
    await page.getByRole('button', { name: 'Actions for laptop' }).click()
    await page.getByRole('menuitem', { name: 'Connect a client' }).click()
    const dialog = page.getByRole('dialog', { name: 'Connect a client to “laptop”' })
    await dialog.getByRole('combobox').click()
    await page.getByRole('option', { name: 'Cherry Studio' }).click()
    await expect.poll(() => dialog.textContent()).toMatch(/sk-pt-\w*…\w{4}/)
    expect(await dialog.getByRole('button', { name: /^Open in/ }).count()).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog.count()).toBe(0)
    expect(faults).toEqual([])
    await page.context().close()
  }, 180_000)

  test('a new secret says when the old one ends: not at all, in an hour or in a day', async () => {
    const { page, faults, secret: old } = await visit(browser, app, {})
    const works = async (key: string) =>
      (await fetch(`${app.url}/api/v1/models`, { headers: { authorization: `Bearer ${key}` } })).ok
    const rotate = async (grace: string) => {
      await page.goto('/console/tokens')
      await page.getByRole('button', { name: 'Actions for laptop' }).click()
      await page.getByRole('menuitem', { name: 'New secret' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('radio', { name: grace }).check()
      return dialog
    }
    const made = async (dialog: Awaited<ReturnType<typeof rotate>>) => {
      await dialog.getByRole('button', { name: 'New secret' }).click()
      return page.getByTestId('secret').innerText()
    }
    let dialog = await rotate('1 hour')
    await dialog.getByText(/The old secret works until .+, then only the new one does/).waitFor()
    expect(await violations(page)).toEqual([])
    const second = await made(dialog)
    expect([await works(old), await works(second)]).toEqual([true, true])
    await page.goto('/console/tokens')
    await page.getByText(/^Old secret until /).waitFor()

    dialog = await rotate('Not at all')
    await dialog.getByText('It ends now: only one old secret is kept.').waitFor()
    await dialog.getByText('The old secret stops at once').waitFor()
    const third = await made(dialog)
    expect([await works(old), await works(second), await works(third)]).toEqual([false, false, true])
    await page.goto('/console/tokens')
    await page.getByRole('row', { name: /laptop/ }).waitFor()
    expect(await page.getByText(/^Old secret until /).count()).toBe(0)
    expect(faults).toEqual([])
    await page.context().close()
  }, 180_000)

  test('what an API token may spend is seen on a phone too, and when it was last used as it happens', async () => {
    const { page, person, tokenId, chat, faults } = await visit(browser, app, { width: 390 })
    await person.graphql(
      `mutation { updateApiToken(input: { id: "${tokenId}", capDay: "20", requestsPerMinute: 30 }) { __typename } }`,
    )
    await page.goto('/console/tokens')
    await page.getByText('¥0.00 of ¥20.00 today').waitFor()
    await page.getByText('All models · 30/min').waitFor()
    await page.getByText('Live', { exact: true }).first().waitFor()
    await page.getByText('Never', { exact: true }).waitFor()
    await chat()
    await page.getByText('Never', { exact: true }).waitFor({ state: 'detached' })
    expect(faults).toEqual([])
    await page.context().close()
  })

  test('a refused test request is told in words', async () => {
    const { page, person } = await visit(browser, app, {})
    await create(page)
    const { data } = await person.graphql('{ viewer { apiTokens(first: 1) { edges { node { id } } } } }')
    const { id } = data.viewer.apiTokens.edges[0].node
    await person.graphql(`mutation { revokeApiToken(input: { id: "${id}" }) { apiToken { id } } }`)
    await page.getByRole('button', { name: 'Send a test request' }).click()
    await page.getByRole('dialog').getByText('invalid_api_key').waitFor()
    await page.context().close()
  }, 180_000)

  test('ten minutes in the background take the secret off the page, and it says so', async () => {
    const { page } = await visit(browser, app, {})
    await page.clock.install()
    const secret = await create(page)
    const turn = (state: string) =>
      page.evaluate((to) => {
        Object.defineProperty(document, 'visibilityState', { value: to, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await turn('hidden')
    await page.clock.fastForward('09:30')
    await turn('visible')
    await turn('hidden')
    await page.clock.fastForward('09:30')
    expect(await page.content()).toContain(secret)
    await page.clock.fastForward('01:00')
    await page.getByText('the API token was taken off it').waitFor()
    expect(await page.content()).not.toContain(secret)
    await page.getByRole('button', { name: 'Done' }).click()
    await page.context().close()
  }, 180_000)
})
