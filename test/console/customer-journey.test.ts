import { execFile, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { nanoOf } from '../../web/src/i18n/format.ts'
import { type Browser as Person, startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { amountsIn, download, readReceipt, type Receipt, sum } from './statement.ts'
import { englishOn, type Language, wordsOf } from './words.ts'

const [SIGN_UP_BONUS, INVITEE_BONUS] = [20n, 7n]
const shell = promisify(execFile)
const missing = missingBrowser ?? (spawnSync('curl', ['--version']).error ? 'no curl' : undefined)
const SLOW = { timeout: 15_000 }

describe.skipIf(missing)(`a customer's journey (${missing ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser
  let operator: Person
  let code: string

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
    operator = app.browser()
    const { id } = await operator.signUp()
    await app.app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
    const changes = [
      { key: 'signUpBonusTokens', seen: '100000', value: String(SIGN_UP_BONUS) },
      { key: 'inviteeBonusTokens', seen: '100000', value: String(INVITEE_BONUS) },
    ]
    await ask(
      operator,
      'mutation ($i: UpdateSettingsInput!) { updateSettings(input: $i) { settings { key } } }',
      {
        i: { changes },
      },
    )
    const batch = { kind: 'WALLET', money: '100', count: 1, usesPerCode: 2, idempotencyKey: newId() }
    const made = await ask(
      operator,
      'mutation ($i: CreateCodeBatchInput!) { createCodeBatch(input: $i) { codes } }',
      {
        i: batch,
      },
    )
    code = made.createCodeBatch.codes[0]
  })
  afterAll(() => browser?.close())

  async function ask(person: Person, query: string, variables?: object) {
    const { data, errors } = await person.graphql(query, variables)
    expect(errors).toBeUndefined()
    return data
  }

  test.each<Language>(['en', 'zh-CN'])(
    'from an invitation to a statement that agrees with every receipt to the nano, in %s',
    async (language) => {
      const t = wordsOf(language)
      const inviter = app.browser()
      await inviter.signUp()
      const { viewer } = await ask(inviter, '{ viewer { inviteOffer { url } } }')
      const { page, faults } = await openPage(browser, app.url, { locale: language })
      const tab = await page.context().newPage()
      const foreign: string[] = []
      const read = async (one: Page) => {
        const found = await englishOn(one)
        if (language === 'en') expect(found).not.toEqual([])
        else foreign.push(...found)
      }
      const heading = (one: Page, key: string) =>
        one.getByRole('heading', { name: t(key), level: 1, exact: true }).waitFor()
      const button = (one: Page, key: string) => one.getByRole('button', { name: t(key), exact: true })

      // Invited, signed up: the bonus is there.
      const { pathname, search } = new URL(viewer.inviteOffer.url)
      await page.goto(pathname + search)
      await page.getByLabel(t('session.email')).fill(`invited-${language}@example.com`)
      await page.getByLabel(t('session.password'), { exact: true }).fill('correct horse battery')
      await read(page)
      await button(page, 'session.createAccount').click()
      await heading(page, 'dashboard.title')
      await page.getByText(t('dashboard.first.waiting')).waitFor()
      await page.getByText(t('shell.connection.live'), { exact: true }).waitFor(SLOW)
      await page.getByRole('main').getByText(String(SIGN_UP_BONUS), { exact: true }).first().waitFor()
      await read(page)

      // An API token in another tab; what its dialog shows is pasted into a shell, and the open dashboard ticks.
      await tab.goto('/console/tokens')
      await button(tab, 'tokens.create').first().click()
      await tab.getByLabel(t('tokens.form.name'), { exact: true }).fill('laptop')
      await read(tab)
      await button(tab, 'tokens.create').last().click()
      await tab.getByTestId('secret').waitFor()
      await read(tab)
      const secret = await tab.getByTestId('secret').innerText()
      const snippet = await tab.locator('pre').filter({ hasText: 'curl' }).first().innerText()
      const { stdout } = await shell('sh', ['-c', snippet])
      expect(JSON.parse(stdout).choices[0].message.content).toContain('sandbox')
      await expect.poll(() => page.getByTestId('requests-today').textContent(), SLOW).toBe('1')
      await expect
        .poll(() => page.locator('[data-step="request"]').textContent(), SLOW)
        .toContain(t('board.steps.isDone'))
      await read(page)
      await tab.getByRole('checkbox', { name: t('tokens.secret.saved') }).click()
      await button(tab, 'common.done').click()

      // The first request took more than the bonus held: the wallet paid the rest, which both sides are rewarded for.
      const rewarded = '{ viewer { invitations(first: 1) { edges { node { status } } } } }'
      await expect
        .poll(async () => (await ask(inviter, rewarded)).viewer.invitations.edges[0].node.status)
        .toBe('REWARDED')
      await tab.goto('/console/wallet')
      await tab.locator('ol.grid').getByText(String(INVITEE_BONUS), { exact: true }).waitFor()

      const chat = (words: number) =>
        fetch(`${app.url}/api/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
          body: JSON.stringify({
            model: 'qwen3-max',
            messages: [{ role: 'user', content: 'word '.repeat(words) }],
          }),
        })
      const long = await chat(6_000)
      expect([long.status, long.headers.get('x-ratelimit-limit-requests')]).toEqual([400, '60'])
      await tab.goto('/models/qwen3-max')
      await tab.getByRole('columnheader', { name: t('plaza.list') }).waitFor()
      expect(await tab.getByRole('columnheader', { name: t('plaza.own') }).count()).toBe(0)
      await read(tab)

      // A code, then Pro: limits and prices are its own from now on.
      await tab.goto('/console/wallet')
      await button(tab, 'wallet.redeem.title').click()
      await tab.getByRole('textbox', { name: t('wallet.redeem.code') }).fill(code)
      await read(tab)
      await button(tab, 'wallet.redeem.action').click()
      await tab
        .getByText(t('wallet.redeem.done', { what: '¥100.00' }))
        .first()
        .waitFor()
      await read(tab)
      await tab.goto('/console/plans')
      await button(tab, 'plans.buy').click()
      await tab.getByRole('dialog').getByText('¥49.00').first().waitFor()
      await read(tab)
      await tab
        .getByRole('dialog')
        .getByRole('button', { name: t('plans.buy'), exact: true })
        .click()
      await tab
        .getByText(t('plans.bought', { name: 'Pro' }))
        .first()
        .waitFor()
      await read(tab)
      await tab.goto('/models/qwen3-max')
      await tab.getByRole('columnheader', { name: t('plaza.own') }).waitFor()
      const admitted = await chat(6_000)
      expect([admitted.status, admitted.headers.get('x-ratelimit-limit-requests')]).toEqual([200, '600'])
      expect((await chat(3)).status).toBe(200)
      await tab.goto('/console/tokens')
      await tab
        .getByRole('row', { name: /laptop/ })
        .getByText(t('tokens.perMinute', { n: 600 }))
        .waitFor()
      await read(tab)
      await expect.poll(() => page.getByTestId('requests-today').textContent(), SLOW).toBe('3')

      // Every receipt, as it is read on the page: together they are what the pools have lost.
      await tab.goto('/console/usage?tab=requests')
      const links = tab.getByRole('table', { name: t('usage.title') }).locator('tbody tr a')
      await expect.poll(() => links.count(), SLOW).toBe(3)
      const receipts: Receipt[] = []
      for (const href of await links.evaluateAll((all) => all.map((a) => a.getAttribute('href')!))) {
        await tab.goto(href)
        receipts.unshift(await readReceipt(tab, t))
        await read(tab)
      }
      const spent = {
        cost: sum(receipts.map(({ cost }) => cost)),
        bonus: sum(receipts.map(({ bonus }) => bonus)),
        quota: sum(receipts.map(({ quota }) => quota)),
        wallet: sum(receipts.map(({ wallet }) => wallet)),
      }
      expect(receipts.map(({ discount }) => discount)).toEqual(['', '× 0.8', '× 0.8'])
      expect(spent.bonus).toBe(SIGN_UP_BONUS + INVITEE_BONUS)
      for (const part of [spent.quota, spent.wallet]) expect(part).toBeGreaterThan(0n)

      await tab.goto('/console/usage')
      await expect.poll(async () => sum(await amountsIn(tab.getByTestId('totals'))), SLOW).toBe(spent.cost)
      await read(tab)
      const usage = await download(tab, t)
      expect(sum(usage.map(({ cost_cny }) => nanoOf(cost_cny!)))).toBe(spent.cost)

      await tab.goto('/console/wallet')
      await tab.getByTestId('sums').getByText(t('pay.sums.hold')).waitFor()
      await read(tab)
      const left = { quota: nanoOf('60') - spent.quota, wallet: nanoOf('51') - spent.wallet }
      expect(await amountsIn(tab.locator('ol.grid'))).toEqual([left.quota, left.wallet])
      const entries = await download(tab, t)
      const moved = (pool: string, column: string) =>
        entries.filter((one) => one.pool === pool).map((one) => nanoOf(one[column]!))
      expect(sum(moved('bonus', 'tokens'))).toBe(0n)
      expect(sum(moved('quota', 'money_cny'))).toBe(left.quota)
      expect(sum(moved('wallet', 'money_cny'))).toBe(left.wallet)
      expect(foreign).toEqual([])
      expect(faults).toEqual([])
    },
    180_000,
  )
})
