import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { connectChannel } from '../support/customer.ts'
import { chunk, hang, refuse, startUpstream, type Upstream, usage, whole } from '../support/upstream.ts'
import { violations } from './axe.ts'
import { type Visitor, visit } from './visit.ts'

describe.skipIf(missingBrowser)(`the operator's traffic (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser
  let upstream: Upstream
  let customer: Visitor
  let operator: Visitor

  async function operatorWith(look: Parameters<typeof visit>[2] = {}) {
    const visitor = await visit(browser, app, look)
    const { sql, sessions } = app.app.services
    await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [visitor.id])
    // The session that was there is remembered as a customer's.
    const value = await sessions.open(visitor.id, { ip: undefined, userAgent: undefined })
    await visitor.page.context().addCookies([{ name: 'session', value, url: app.url }])
    return visitor
  }
  const card = (name: string) =>
    operator.page
      .getByTestId('traffic')
      .locator('section')
      .filter({ has: operator.page.getByRole('heading', { name, exact: true }) })

  beforeAll(async () => {
    app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' }, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
    upstream = await startUpstream()
    await connectChannel(app, upstream, { name: 'The only channel' })
    upstream.answer(whole('Hello', usage(1_000, 100)))
    customer = await visit(browser, app, { money: '10' })
    operator = await operatorWith()
  })
  afterAll(() => browser?.close())

  test('what customers do now moves the start page without a reload', async () => {
    await operator.page.goto('/admin')
    await card('Requests').getByText('0', { exact: true }).waitFor()
    await customer.chat()
    await card('Requests').getByText('1', { exact: true }).waitFor()
    await card('Error rate').getByText('0%').waitFor()
    upstream.answer(refuse(400, 'no'))
    await customer.chat()
    await card('Error rate').getByText('50%').waitFor()
  })

  test('a stream is counted while it runs', async () => {
    upstream.answer(hang(chunk({ content: 'Hi' })))
    const leaving = new AbortController()
    await fetch(`${app.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${customer.secret}` },
      body: JSON.stringify({ model: 'qwen3-max', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
      signal: leaving.signal,
    })
    await card('Live streams').getByText('1', { exact: true }).waitFor()
    leaving.abort()
    await card('Live streams').getByText('0', { exact: true }).waitFor()
    await operator.page.getByText('The only channel').first().waitFor()
    expect(operator.faults).toEqual([])
  })

  test.each([
    { dark: false, width: 1280, locale: 'en-US' },
    { dark: true, width: 390, locale: 'zh-CN' },
    { dark: false, width: 390, locale: 'en-US' },
    { dark: true, width: 1280, locale: 'zh-CN' },
  ])('$locale, dark: $dark, $width px: no violations, no sideways scrolling', async (look) => {
    const { page } = await operatorWith(look)
    await page.goto('/admin')
    await page.getByText('The only channel').first().waitFor()
    await page.getByTestId('traffic').getByText('%').waitFor()
    expect(await violations(page)).toEqual([])
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBeLessThanOrEqual(0)
    await page.getByText('I13', { exact: true }).waitFor()
    const broken = await page
      .locator('td > span[aria-hidden]')
      .evaluateAll((labels) =>
        labels.flatMap(({ scrollHeight, textContent }) => (scrollHeight > 24 ? [textContent] : [])),
      )
    expect(broken, 'labels of more than one line').toEqual([])
    await page.context().close()
  })
})
