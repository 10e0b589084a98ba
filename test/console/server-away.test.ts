import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { startServer } from '../support/server.ts'
import { signInBy } from '../support/signed-in.ts'

const SLOW = { timeout: 20_000 }

describe.skipIf(missingBrowser)(`a server away under an open form (${missingBrowser ?? 'Chromium'})`, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('what was typed stays, the form says what happened, and sending it again does it once', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'pingtoken-away-'))
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
    const first = await startServer({ DATA_DIR: dataDir })
    const admin = await signInBy(first.administratorLink, first)
    const input = { kind: 'WALLET', money: '12.5', count: 1, idempotencyKey: newId() }
    const { createCodeBatch } = await admin(
      'mutation ($input: CreateCodeBatchInput!) { createCodeBatch(input: $input) { codes } }',
      { input },
    )
    const [code] = createCodeBatch.codes as [string]
    const { page } = await openPage(browser, first.url)
    await page.goto(first.signInLink)
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
    await page.getByTestId('requests-today').waitFor(SLOW)
    await page.goto(`${first.url}/console/wallet`)
    await page.getByRole('button', { name: 'Redeem a code' }).click()
    const dialog = page.getByRole('dialog')
    const field = dialog.getByRole('textbox', { name: 'Code' })
    await field.fill(code)

    first.process.kill('SIGKILL')
    await expect.poll(() => first.process.signalCode).toBe('SIGKILL')
    const send = dialog.getByRole('button', { name: 'Redeem', exact: true })
    await send.click()
    await dialog.getByRole('alert').waitFor(SLOW)
    expect(await field.inputValue()).toBe(code)

    const second = await startServer({ DATA_DIR: dataDir, PORT: new URL(first.url).port })
    onTestFinished(() => void second.stop())
    await send.click()
    await page.getByText('Redeemed: ¥12.50.').first().waitFor(SLOW)
    await expect.poll(() => dialog.count()).toBe(0)
    const again = await signInBy(second.signInLink, first)
    const { viewer } = await again(
      '{ viewer { wallet { entries(first: 5, filter: { kind: REDEMPTION }) { edges { node { money } } } } } }',
    )
    expect(viewer.wallet.entries.edges).toHaveLength(1)
  }, 120_000)
})
