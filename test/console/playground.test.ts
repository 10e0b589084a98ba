import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cnyOf, formatExactMoney } from '../../web/src/i18n/format.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { connectChannel } from '../support/customer.ts'
import { hang, startUpstream } from '../support/upstream.ts'
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
    // What looks like a tag is said, not lost.
    await page.getByLabel('Message').fill('a std::vector<int> here')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('.prose-answer').getByText('a std::vector<int> here').waitFor()
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

  test('the end of an answer stays in sight, its buttons too; who reads further up is left there', async () => {
    const { page } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    const log = page.getByRole('log')
    const below = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
    const ask = async (answers: number) => {
      await page.getByLabel('Message').fill(Array.from({ length: 40 }, (_, i) => `${i + 1}. line`).join('\n'))
      await page.getByRole('button', { name: 'Send' }).click()
      await expect.poll(() => page.getByTestId('cost').count()).toBe(answers)
    }
    await ask(1)
    await expect.poll(below).toBeLessThanOrEqual(1)
    await ask(2)
    await expect.poll(below).toBeLessThanOrEqual(1)
    await log.evaluate((box) => (box.scrollTop = 0))
    await page.getByRole('button', { name: 'Try again' }).last().dispatchEvent('click')
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    await expect.poll(() => page.getByTestId('cost').count()).toBe(2)
    expect(await log.evaluate((box) => box.scrollTop)).toBe(0)
  })

  test('a conversation outlives its page and a reload, and ends with the session', async () => {
    const { page, faults } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    const message = page.getByLabel('Message')
    await message.fill('Keep this')
    await message.press('Enter')
    await page.getByRole('button', { name: 'Stop' }).waitFor()
    // Left while the answer is under way: it arrives all the same.
    await page.getByRole('link', { name: 'Wallet' }).first().click()
    await page.getByRole('heading', { name: 'Wallet', level: 1 }).waitFor()
    await page.goBack()
    await page.getByTestId('cost').waitFor()
    const total = await page.getByTestId('total').textContent()
    await page.getByRole('link', { name: 'Receipt' }).click()
    await page.getByRole('dialog').waitFor()
    await page.goBack()
    await page.getByTestId('cost').waitFor()
    await page.reload()
    await page.getByTestId('cost').waitFor()
    expect(await page.getByTestId('total').textContent()).toBe(total)
    await message.fill('And this')
    await message.press('Enter')
    await expect.poll(() => page.getByTestId('cost').count()).toBe(2)
    await page.getByRole('button', { name: 'Account menu' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
    expect(await page.evaluate(() => sessionStorage.getItem('conversation'))).toBeNull()
    expect(faults).toEqual([])
  })

  test('a double click on Send sends once and stops nothing', async () => {
    const { page } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    await expect.poll(() => page.getByRole('combobox', { name: 'Model' }).inputValue()).not.toBe('')
    await page.getByLabel('Message').fill('Hello')
    await page.getByRole('button', { name: 'Send' }).dblclick()
    await page.getByTestId('cost').waitFor()
    expect(await page.getByText('Hello', { exact: true }).count()).toBe(1)
  })

  test('what is stopped before its answer begins is settled all the same; a refusal has no receipt, a cap its reset', async () => {
    const own = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' }, { clientDir: resolve('dist/client') })
    const upstream = await startUpstream()
    upstream.answer(hang())
    await connectChannel(own, upstream)
    const { page, person, tokenId } = await visit(browser, own, { money: '10' })
    await page.goto('/console/playground')
    const message = page.getByLabel('Message')
    await message.fill('Hello')
    await message.press('Enter')
    await expect.poll(() => upstream.heard.length).toBe(1)
    const stop = page.getByRole('button', { name: 'Stop' })
    await expect.poll(async () => ((await stop.count()) > 0 && (await stop.click()), stop.count())).toBe(0)
    await page.getByTestId('charged').waitFor()
    expect(await page.getByText(/being settled/).count()).toBe(0)

    const input = { id: tokenId, capDay: '0' }
    await person.graphql(
      'mutation ($input: UpdateApiTokenInput!) { updateApiToken(input: $input) { apiToken { id } } }',
      { input },
    )
    await message.fill('Again')
    await message.press('Enter')
    await page.getByRole('log').getByRole('link', { name: 'Token Management' }).waitFor()
    await page.getByText(/The spend cap of ¥0 is reached\. It resets on \w{3} \d+, \d{4}/).waitFor()
    expect(await page.getByRole('link', { name: 'Receipt' }).count()).toBe(0)
  })

  test('an answer that ends at Max tokens says so, streamed and whole', async () => {
    const { page, faults } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    await page.getByLabel('Max tokens').fill('4')
    const send = async (count: number) => {
      await page.getByLabel('Message').fill('Hello')
      await page.getByRole('button', { name: 'Send' }).click()
      await expect.poll(() => page.getByTestId('cost').count()).toBe(count)
    }
    await send(1)
    await page.getByRole('switch', { name: 'Stream the answer' }).click()
    await send(2)
    expect(await page.getByText(/^The answer ended at/).count()).toBe(2)
    expect(faults).toEqual([])
  })

  test('a setting that the gateway would refuse is shown at its field, and nothing is sent', async () => {
    const { page } = await visit(browser, app, { money: '10' })
    const sent: string[] = []
    page.on('request', (request) => request.url().endsWith('/chat/completions') && sent.push(request.url()))
    await page.goto('/console/playground')
    const limit = page.getByLabel('Max tokens')
    await expect.poll(() => page.getByRole('combobox', { name: 'Model' }).inputValue()).not.toBe('')
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

  test('a message that is sent before the API tokens and models are listed goes out once they are', async () => {
    const { page, faults } = await visit(browser, app, { money: '10' })
    let list = () => {}
    const listed = new Promise<void>((resolve) => (list = resolve))
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('models')) await listed
      await route.continue()
    })
    await page.goto('/console/playground')
    await page.getByLabel('Message').fill('Faster than the lists')
    await page.getByLabel('Message').press('Enter')
    await expect.poll(() => page.getByRole('button', { name: 'Send' }).getAttribute('aria-busy')).toBe('true')
    list()
    await page.getByTestId('cost').waitFor()
    expect(await page.getByText('Faster than the lists').count()).toBeGreaterThan(0)
    expect(await page.getByLabel('Message').inputValue()).toBe('')
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

  test('the total is the sum of the receipts to the nano, of a stopped and a deleted request too', async () => {
    const { page, id } = await visit(browser, app, { money: '10' })
    await page.goto('/console/playground')
    const message = page.getByLabel('Message')
    await message.fill('A question that is deleted later')
    await expect.poll(() => page.getByText(/for the prompt, plus ¥.* per 1,000 tokens/).count()).toBe(1)
    await message.press('Enter')
    await page.getByTestId('cost').waitFor()
    await page.getByRole('button', { name: 'Delete the question and its answer' }).click()
    await expect.poll(() => page.getByText('A question that is deleted later').count()).toBe(0)
    await message.fill('word '.repeat(400))
    await message.press('Enter')
    await page.getByText('tokens so far').waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByTestId('charged').waitFor()
    const rows = await app.app.services.sql.query<{ sum: string; n: number }>(
      'SELECT sum(cost_nano)::text AS sum, count(*)::int AS n FROM usage_record WHERE user_id = $1',
      [id],
    )
    expect(rows[0]!.n).toBe(2)
    expect(BigInt(rows[0]!.sum)).toBeGreaterThan(0n)
    const total = formatExactMoney(cnyOf(BigInt(rows[0]!.sum)))
    await expect.poll(() => page.getByTestId('total').getAttribute('title')).toBe(total)
  })

  test('an answer is asked for again; a question that is edited replaces what followed it', async () => {
    const { page, faults } = await visit(browser, app, { money: '10' })
    const asked: string[][] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/chat/completions'))
        asked.push((request.postDataJSON().messages as { content: string }[]).map(({ content }) => content))
    })
    await page.goto('/console/playground')
    for (const [i, text] of ['One', 'Two'].entries()) {
      await page.getByLabel('Message').fill(text)
      await page.getByLabel('Message').press('Enter')
      await expect.poll(() => page.getByTestId('cost').count()).toBe(i + 1)
    }
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => asked.length).toBe(3)
    expect(asked[2]).toEqual(asked[1])
    await expect.poll(() => page.getByTestId('cost').count()).toBe(2)
    await page.getByRole('button', { name: 'Edit the question' }).first().focus()
    await page.keyboard.press('Enter')
    const field = page.getByLabel('The question, changed')
    await expect.poll(() => field.evaluate((one) => one === document.activeElement)).toBe(true)
    await page.getByText('What followed is replaced.').waitFor()
    expect(await violations(page)).toEqual([])
    await field.fill('Three')
    await field.press('Enter')
    await expect.poll(() => asked[3]).toEqual(['Three'])
    await expect.poll(() => page.getByTestId('cost').count()).toBe(1)
    expect(faults).toEqual([])
  })

  test('a request that came too early counts down and is sent again by itself', async () => {
    const { page, person, tokenId, secret } = await visit(browser, app, { money: '10' })
    await person.graphql(
      'mutation ($input: UpdateApiTokenInput!) { updateApiToken(input: $input) { apiToken { id } } }',
      { input: { id: tokenId, concurrency: 1 } },
    )
    await page.goto('/console/playground')
    await page.getByLabel('Message').fill('Hello')
    await expect.poll(() => page.getByRole('combobox', { name: 'Model' }).inputValue()).not.toBe('')
    // Its first bytes are here, its last are not: the one place is taken.
    const other = await fetch(`${app.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({
        model: 'qwen3-max',
        stream: true,
        messages: [{ role: 'user', content: 'word '.repeat(400) }],
      }),
    })
    expect(other.status).toBe(200)
    await page.getByLabel('Message').press('Enter')
    await page.getByTestId('countdown').waitFor()
    expect(await violations(page)).toEqual([])
    await other.text()
    await page.getByTestId('cost').waitFor({ timeout: 20_000 })
    expect(await page.getByTestId('countdown').count()).toBe(0)
  })
})
