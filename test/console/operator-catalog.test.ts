import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { refuse, startUpstream, type Upstream, usage, whole } from '../support/upstream.ts'
import { violations } from './axe.ts'

describe.skipIf(missingBrowser)(
  `an operator's channels and models in a real browser (${missingBrowser ?? 'Chromium'})`,
  () => {
    let server: ServerProcess
    let browser: Browser
    let page: Page
    let faults: string[]
    let upstream: Upstream
    const receipts: { id: string; cost: string }[] = []

    beforeAll(async () => {
      upstream = await startUpstream()
      upstream.answer(whole('Hello from upstream', usage(4_000, 0)))
      server = await startServer({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
      browser = await launchBrowser()
      const opened = await openPage(browser, server.url)
      page = opened.page
      faults = opened.faults
      await page.goto(server.administratorLink)
      await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Set up this server' }).waitFor()
    })
    afterAll(async () => {
      await browser?.close()
      await server?.stop()
    })

    const authorization = () => ({ authorization: `Bearer ${server.token}` })

    /** A customer's request; its receipt as the API tells it afterwards. */
    async function buy() {
      const answer = await fetch(`${server.url}/api/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization() },
        body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }] }),
      })
      expect(answer.status).toBe(200)
      const id = answer.headers.get('x-request-id')!
      await expect.poll(() => costOf(id)).toEqual(expect.any(String))
      return { id, cost: (await costOf(id))! }
    }

    async function costOf(id: string): Promise<string | undefined> {
      const answer = await fetch(`${server.url}/api/v1/generation?id=${id}`, { headers: authorization() })
      return ((await answer.json()) as any).data?.total_cost
    }

    async function setPrice(cny: string) {
      await page.goto('/admin/models')
      const row = page.getByRole('row', { name: /Qwen3 Max/ })
      await row.getByRole('button', { name: 'Set price' }).click()
      await page.getByRole('textbox', { name: 'Input / 1M', exact: true }).fill(cny)
      await page.getByRole('button', { name: 'Save' }).click()
      await row.getByText(`¥${cny}`).waitFor()
    }

    const act = async (name: string) => {
      await page.getByRole('button', { name: 'Actions for Scripted' }).click()
      await page.getByRole('menuitem', { name }).click()
    }
    const row = () => page.getByRole('row', { name: /Scripted/ })

    test('a channel is connected, and a test call in the browser is a real one', async () => {
      await page.goto('/admin/channels')
      await page.getByRole('button', { name: 'Connect a channel' }).click()
      await page.getByLabel('Name', { exact: true }).fill('Scripted')
      await page.getByRole('textbox', { name: 'Base URL' }).fill(upstream.url)
      await page.getByRole('textbox', { name: 'Keys' }).fill('sk-provider-secret-key-9876')
      await page.getByRole('textbox', { name: 'First token' }).fill('2000')
      await page.getByRole('textbox', { name: 'Models' }).fill('no-such-model')
      await page.getByRole('button', { name: 'Save' }).click()
      // What is wrong with the input is told in the server's words, and nothing typed is lost.
      const told = page.getByText('There is no model named "no-such-model".')
      const place = async () => (await told.boundingBox())?.y ?? -1
      await expect.poll(place).toBeGreaterThan(70)
      expect(await place()).toBeLessThan(800)
      await page.getByRole('textbox', { name: 'Models' }).fill('qwen3-max = upstream-name')
      await page.getByRole('button', { name: 'Save' }).click()
      await row().getByText('Nothing asked lately').waitFor()
      await row().getByRole('button', { name: 'Test' }).click()
      expect(upstream.heard).toHaveLength(0)
      await page.getByRole('button', { name: 'Send a test call' }).click()
      await page.getByText('Hello from upstream').waitFor()
      expect(upstream.heard.map(({ body }) => (body as any).model)).toEqual(['upstream-name'])
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
    })

    test('stored keys show their end alone, and an edit that does not name them keeps them', async () => {
      await act('Edit')
      await page.getByText('…9876').waitFor()
      expect(await page.content()).not.toContain('sk-provider-secret-key')
      await page.getByRole('textbox', { name: 'Weight' }).fill('7')
      await page.getByRole('button', { name: 'Save' }).click()
      await row().getByRole('cell', { name: '7', exact: true }).waitFor()
    })

    test('a customer pays the price of the day, and a new price changes no receipt', async () => {
      for (const price of ['8.00', '9.50']) {
        await setPrice(price)
        receipts.push(await buy())
      }
      const [before, after] = receipts
      expect(Number(after!.cost) / Number(before!.cost)).toBeCloseTo(9.5 / 8)
      expect(await costOf(before!.id)).toBe(before!.cost)
    })

    test('a model is added in the browser, and customers find it by its other name once it has a price', async () => {
      await page.goto('/admin/models')
      await page.getByRole('button', { name: 'Add a model' }).click()
      await page.getByRole('textbox', { name: 'Model id' }).fill('qwen4-max')
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Qwen4 Max')
      await page.getByRole('textbox', { name: 'Other names' }).fill('kimi-k2')
      await page.getByRole('textbox', { name: 'Context in tokens' }).fill('262144')
      await page.getByRole('textbox', { name: 'Input', exact: true }).fill('3')
      await page.getByRole('textbox', { name: 'Output', exact: true }).fill('9')
      expect(await violations(page)).toEqual([])
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('A model is called “kimi-k2” already.').waitFor()
      await page.getByRole('textbox', { name: 'Other names' }).fill('qwen/qwen4-max')
      await page.getByRole('button', { name: 'Save' }).click()
      const added = page.getByRole('row', { name: /Qwen4 Max/ })
      await added.getByText('No price: not offered').waitFor()
      const models = async (name: string) =>
        (await fetch(`${server.url}/api/v1/models/${name}`, { headers: authorization() })).status
      expect(await models('qwen4-max')).toBe(404)

      await added.getByRole('button', { name: 'Set price' }).click()
      await page.getByRole('textbox', { name: 'Input / 1M', exact: true }).fill('2.5')
      await page.getByRole('textbox', { name: 'Output / 1M', exact: true }).fill('10')
      await page.getByText('A part of this price is below what the provider charges.').waitFor()
      await page.getByRole('button', { name: 'Save' }).click()
      await added.getByText('Below cost').waitFor()
      await added.getByText('-20%', { exact: true }).waitFor()
      await page
        .getByRole('row', { name: /Qwen3 Max/ })
        .getByText('unknown')
        .waitFor()
      expect(await models(encodeURIComponent('qwen/qwen4-max'))).toBe(200)
      await added.getByRole('button', { name: 'Edit' }).click()
      expect(await page.getByRole('textbox', { name: 'Context in tokens' }).inputValue()).toBe('262144')
      await page.getByRole('textbox', { name: 'Input', exact: true }).fill('2.5')
      await page.getByRole('textbox', { name: 'Order' }).fill('0')
      await page.getByRole('button', { name: 'Save' }).click()
      await added.getByText('Below cost').waitFor({ state: 'hidden' })
      await added.getByText('0%', { exact: true }).waitFor()
      const second = page.getByRole('row').nth(2)
      await second.getByText('qwen4-max', { exact: true }).waitFor()
      await page.reload()
      await added.getByText('qwen/qwen4-max').waitFor()
      expect(await added.getByText('Below cost').count()).toBe(0)

      await added.getByRole('button', { name: 'Edit' }).click()
      await page.getByLabel('Ends on').fill('2026-11-01T00:00')
      await page.getByRole('button', { name: 'Save' }).click()
      await added.getByText('Ended', { exact: true }).waitFor()
      expect(await models('qwen4-max')).toBe(404)
    })

    test('a channel that fails says so in words, and is asked again when the operator says so', async () => {
      upstream.answer(refuse(402, 'pay your bill'))
      await fetch(`${server.url}/api/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization() },
        body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }] }),
      })
      upstream.answer(whole('Hello again'))
      await page.goto('/admin/channels')
      await row().getByText('Resting').waitFor()
      await row().getByText('The provider answered 402').waitFor()
      await page.getByRole('button', { name: 'Routing preview' }).click()
      await page.getByText('All rest: tried anyway').waitFor()
      await page.keyboard.press('Escape')
      await row().getByRole('button', { name: '1 key' }).click()
      const keys = page.getByRole('dialog')
      await keys.getByText('…9876').waitFor()
      await keys.getByText('The provider answered 402').waitFor()
      await keys.getByRole('button', { name: 'Ask the key ending in 9876 again now' }).click()
      await keys.getByText('Well').waitFor()
      await page.keyboard.press('Escape')
      await row().getByText('Well').waitFor()
    })

    test('channels are searched by the address of the page, and an empty answer says so', async () => {
      const search = page.getByRole('searchbox')
      await search.fill('doubao')
      await search.press('Enter')
      await page.getByText('No channel matches.').waitFor()
      expect(new URL(page.url()).search).toBe('?search=doubao')
      await page.goto('/admin/channels?search=qwen3-max')
      await row().getByText('Well').waitFor()
      await search.fill('')
      await search.press('Enter')
      await expect.poll(() => new URL(page.url()).search).toBe('')
    })

    test.each(['light', 'dark'] as const)(
      'channels, their dialogs and models have no violations (%s)',
      async (colorScheme) => {
        await page.emulateMedia({ colorScheme })
        await page.goto('/admin/models')
        await page.getByRole('row', { name: /Qwen3 Max/ }).waitFor()
        expect(await violations(page)).toEqual([])
        await page.goto('/admin/channels')
        await row().getByText('Well').waitFor()
        expect(await violations(page)).toEqual([])
        for (const open of [
          () => act('Edit'),
          () => page.getByRole('button', { name: 'Routing preview' }).click(),
        ]) {
          await open()
          await page.getByRole('dialog').waitFor()
          await page.waitForLoadState('networkidle')
          expect(await violations(page)).toEqual([])
          await page.keyboard.press('Escape')
          await page.getByRole('dialog').waitFor({ state: 'detached' })
        }
      },
    )

    test('a channel is drained, switched on and deleted, each after a question or a click of its own', async () => {
      await act('Drain')
      await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click()
      await row().getByText('Draining').waitFor()
      await act('Switch on')
      await row().getByText('Well').waitFor()
      await act('Delete')
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await page.getByText('No channel yet').waitFor()
      expect(await costOf(receipts[0]!.id)).toBe(receipts[0]!.cost)
    })

    test('nothing was reported by any page', () => expect(faults).toEqual([]))
  },
)
