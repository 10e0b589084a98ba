import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { violations } from './axe.ts'
import { visit } from './visit.ts'

/** The sandbox says again what it was told, so these come back as answers. */
const ATTACKS = [
  '<script>window.pwned = 1</script>',
  '<img src=x onerror="window.pwned = 1">',
  '[link](javascript:window.pwned=1)',
  '[link](data:text/html,<script>window.pwned=1</script>)',
  '![photo](https://tracker.example/p.png)',
  '<svg onload="window.pwned = 1"><a href="javascript:alert(1)">x</a></svg>',
]

describe.skipIf(missingBrowser)(`Model Testing (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('an answer is text: no script, no handler, no link but to the web, no image before a click', async () => {
    const { page, faults } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    for (const [i, attack] of ATTACKS.entries()) {
      await page.getByLabel('Message').fill(attack)
      await page.getByRole('button', { name: 'Send' }).click()
      await expect.poll(() => page.getByTestId('cost').count()).toBe(i + 1)
    }
    const answers = page.locator('.prose-answer')
    expect(await answers.count()).toBe(ATTACKS.length)
    expect(await answers.locator('script, img, svg, iframe, form').count()).toBe(0)
    const links = await answers
      .locator('a')
      .evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('rel')]))
    for (const [href, rel] of links) {
      expect(href ?? 'https:').toMatch(/^https?:/)
      expect(rel).toBe('noopener noreferrer nofollow')
    }
    expect(links.map(([href]) => href)).toContain('https://tracker.example/p.png')
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
    expect(await violations(page)).toEqual([])
    // Reading hostile HTML in an inert document is reported by Chromium when the policy refuses its handlers: it held.
    expect(faults.filter((fault) => !fault.startsWith('Executing inline event handler'))).toEqual([])
  })

  test('Enter that chooses a word in an input method sends nothing; a plain one sends', async () => {
    const { page } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    const message = page.getByLabel('Message')
    await message.fill('nihao')
    await message.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })
    expect(await message.inputValue()).toBe('nihao')
    await message.press('Shift+Enter')
    expect(await message.inputValue()).toBe('nihao\n')
    await message.press('Enter')
    await page.getByTestId('cost').waitFor()
    expect(await message.inputValue()).toBe('')
    await page.getByRole('link', { name: 'Receipt' }).click()
    await page.getByRole('dialog').waitFor()
  })

  test('a setting that the gateway would refuse is shown at its field, and nothing is sent', async () => {
    const { page } = await visit(browser, app, { money: '10' })
    const sent: string[] = []
    page.on('request', (request) => request.url().endsWith('/chat/completions') && sent.push(request.url()))
    await page.goto('/console/playground')
    const limit = page.getByLabel('Max tokens')
    await limit.fill('many')
    await page.getByLabel('Message').fill('Hello')
    await page.getByLabel('Message').press('Enter')
    await expect.poll(() => limit.evaluate((field) => field === document.activeElement)).toBe(true)
    await page.getByText('Enter a whole number from 1, or leave it empty.').waitFor()
    expect(await page.getByLabel('Message').inputValue()).toBe('Hello')
    expect(sent).toEqual([])
    await limit.fill('3')
    await page.getByRole('textbox', { name: 'Temperature' }).fill('1.2')
    expect(await page.getByRole('radio', { name: 'Creative' }).isChecked()).toBe(true)
    await page.getByLabel('Message').press('Enter')
    await page.getByTestId('cost').waitFor()
    expect(sent).toHaveLength(1)
  })

  test('a model is found by typing, by keyboard alone, and one that reasons offers how hard', async () => {
    const { page, faults } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    const model = page.getByRole('combobox', { name: 'Model' })
    const bodies: Record<string, unknown>[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/chat/completions')) bodies.push(request.postDataJSON())
    })
    await expect.poll(() => model.inputValue()).not.toBe('')
    await model.focus()
    await page.keyboard.type('seek-r1')
    await page.getByRole('option', { name: /deepseek-r1/ }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'Reasoning effort' }).click()
    await page.getByRole('option', { name: 'Low', exact: true }).click()
    expect(await violations(page)).toEqual([])
    await page.getByLabel('Message').fill('Hello')
    await page.getByLabel('Message').press('Enter')
    await page.getByTestId('cost').waitFor()
    expect(bodies).toMatchObject([{ model: 'deepseek-r1', reasoning_effort: 'low' }])
    expect(faults).toEqual([])
  })

  test('the request can be taken along as code, and the conversation as Markdown and JSON', async () => {
    const { page, faults, tokenId } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    await page.getByLabel('Message').fill('Count to three')
    await page.getByLabel('Message').press('Enter')
    await page.getByTestId('cost').waitFor()
    await page.getByLabel('Message').fill('And on?')
    await page.getByRole('button', { name: 'View code' }).click()
    const dialog = page.getByRole('dialog')
    const code = dialog.locator('pre').last()
    for (const [language, mark] of [
      ['Python', 'from openai import OpenAI'],
      ['Node.js', 'import OpenAI from'],
      ['curl', 'curl -N'],
    ] as const) {
      await dialog.getByRole('radio', { name: language }).check()
      await expect.poll(() => code.textContent()).toContain(mark)
      expect(await code.textContent()).toContain('Count to three')
      expect(await code.textContent()).toContain('And on?')
      expect(await code.textContent()).toContain(app.url)
    }
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    for (const [kind, said] of [
      ['Markdown', '## You\n\nCount to three'],
      ['JSON', '"content": "Count to three"'],
    ] as const) {
      await page.getByRole('button', { name: 'Export' }).click()
      const file = page.waitForEvent('download')
      await page.getByRole('menuitem', { name: kind }).click()
      const text = readFileSync(await (await file).path(), 'utf8')
      expect(text).toContain(said)
      expect(text).not.toContain(tokenId)
    }
    expect(faults).toEqual([])
  })
})
