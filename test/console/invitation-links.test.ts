import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser, openPage } from '../support/browser.ts'
import { visit } from './visit.ts'

describe.skipIf(missingBrowser)(`invitation links (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser
  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('a link counts once in a browser and day, and sends nothing that says whose browser it is', async () => {
    const inviter = app.browser()
    await inviter.signUp()
    const { data } = await inviter.graphql('{ viewer { inviteOffer { code } } }')
    const clicked = async () =>
      (await inviter.graphql('{ viewer { invitationFunnel { clicked } } }')).data.viewer.invitationFunnel
        .clicked
    const link = `/register?invite=${data.viewer.inviteOffer.code}`
    const guest = await openPage(browser, app.url)
    const sent: Promise<Record<string, string>>[] = []
    guest.page.on('request', (request) => {
      if (request.postData()?.includes('countInvitationVisit')) sent.push(request.allHeaders())
    })
    await guest.page.goto(link)
    await expect.poll(clicked).toBe(1)
    for (let again = 0; again < 2; again++) {
      await guest.page.goto('/')
      await guest.page.goto(link)
      await guest.page.locator('h1').waitFor()
    }
    const other = await visit(browser, app, {})
    await other.page.context().clearCookies()
    await other.page.goto(link)
    await expect.poll(clicked).toBe(2)
    expect(sent).toHaveLength(1)
    expect(await sent[0]).not.toHaveProperty('cookie')
    expect(guest.faults).toEqual([])
  }, 180_000)

  test('an operator holds a reward and releases it, and the inviter reads that and not why', async () => {
    const inviter = await visit(browser, app, {})
    const offer = await inviter.person.graphql('{ viewer { inviteOffer { code } } }')
    const guest = app.browser()
    const { errors } = await guest.graphql(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { viewer { id } } }',
      {
        input: {
          email: 'guest@example.com',
          password: 'correct horse battery',
          inviteCode: offer.data.viewer.inviteOffer.code,
        },
      },
    )
    expect(errors).toBeUndefined()
    const operator = await visit(browser, app, {})
    await app.app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [operator.id])
    app.app.services.sessions.forgetUser(operator.id)
    const { page } = operator
    await page.goto('/admin/invitations')
    await page.getByRole('button', { name: 'Hold', exact: true }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('nine accounts, one card')
    await page.getByRole('dialog').getByRole('button', { name: 'Hold', exact: true }).click()
    await page.getByText('nine accounts, one card').waitFor()
    await inviter.page.goto('/console/invitations')
    await inviter.page.getByText('Held', { exact: true }).waitFor()
    expect(await inviter.page.content()).not.toContain('nine accounts')
    await page.getByRole('button', { name: 'Release', exact: true }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('a family')
    await page.getByRole('dialog').getByRole('button', { name: 'Release', exact: true }).click()
    await page.getByRole('button', { name: 'Hold', exact: true }).waitFor()
    expect([...operator.faults, ...inviter.faults]).toEqual([])
  }, 180_000)
})
