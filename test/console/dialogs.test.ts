import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { launchBrowser, missingBrowser } from '../support/browser.ts'
import { type Visitor, visit } from './visit.ts'

/** The link of a request says how long ago it was. */
const A_REQUEST = 'a request'
const openerOf = (place: Locator, name: string) =>
  name === A_REQUEST
    ? place.getByRole('link', { name: /^now$| ago$/ })
    : place.getByRole('button', { name, exact: true })

/** Which component, on which page, opened by which buttons, one after another. */
const DIALOGS: [component: string, path: string, ...buttons: string[]][] = [
  ['tokens/TokenForm', '/console/tokens', 'Create API token'],
  ['tokens/TokenForm', '/console/tokens', 'Actions for laptop', 'Edit'],
  ['tokens/ConnectDialog', '/console/tokens', 'Actions for laptop', 'Connect a client'],
  ['tokens/RotateDialog', '/console/tokens', 'Actions for laptop', 'New secret'],
  ['tokens/TokensPage', '/console/tokens', 'Actions for laptop', 'Revoke'],
  ['usage/RequestSheet', '/console/usage?tab=requests', A_REQUEST],
  ['usage/SavedViews', '/console/usage', 'Views', 'Save this view…'],
  ['playground/CodeDialog', '/console/playground', 'View code'],
  ['wallet/TopUpDialog', '/console/wallet', 'Top up'],
  ['wallet/RedeemDialog', '/console/wallet', 'Redeem a code'],
  ['wallet/PayDialog', '/console/wallet', 'Pay'],
  ['wallet/OrdersSection', '/console/wallet', 'Give up'],
  ['plans/PlanDialog', '/console/plans', 'Change'],
  ['plans/PlansPage', '/console/plans', 'Cancel subscription'],
  ['access-keys/AccessKeyForm', '/console/access-keys', 'Create access key'],
  ['access-keys/AccessKeysPage', '/console/access-keys', 'Revoke “nightly”'],
  ['account/DeleteSection', '/console/account', 'Delete account…'],
  ['admin/UsersPage', '/admin/users', 'Suspend'],
  ['admin/AdjustDialog', '/admin/users', 'Adjust'],
  ['admin/AdjustDialog', '/admin/users/ID', 'Adjust'],
  ['admin/user/LimitsDialog', '/admin/users/ID', 'More…', 'Set limits'],
  ['admin/user/GivePlanDialog', '/admin/users/ID', 'More…', 'Give a plan'],
  ['admin/user/EndPlanDialog', '/admin/users/ID', 'More…', 'End plan'],
  ['admin/user/SignInLinkDialog', '/admin/users/ID', 'More…', 'Sign-in link'],
  ['admin/user/UserDeeds', '/admin/users/ID', 'More…', 'Sign out everywhere'],
  ['admin/user/UserDeeds', '/admin/users/ID', 'More…', 'Suspend'],
  ['admin/user/UserTokens', '/admin/users/ID?tab=tokens', 'Pause'],
  ['admin/user/UserTokens', '/admin/users/ID?tab=tokens', 'Revoke'],
  ['admin/PriceDialog', '/admin/models', 'Set price'],
  ['admin/ModelDialog', '/admin/models', 'Add a model'],
  ['admin/ModelDialog', '/admin/models', 'Edit'],
  ['admin/ChannelDialog', '/admin/channels', 'Connect a channel'],
  ['admin/RoutingDialog', '/admin/channels', 'Routing preview'],
  ['admin/ChannelTestDialog', '/admin/channels', 'Test'],
  ['admin/ChannelKeysDialog', '/admin/channels', '1 key'],
  ['admin/ChannelDialog', '/admin/channels', 'Actions for upstream', 'Edit'],
  ['admin/ChannelsPage', '/admin/channels', 'Actions for upstream', 'Drain'],
  ['admin/ChannelsPage', '/admin/channels', 'Actions for upstream', 'Delete'],
  ['admin/plans/PlanTermsDialog', '/admin/plans', 'Create plan'],
  ['admin/plans/PlanTermsDialog', '/admin/plans', 'New terms'],
  ['admin/plans/EditPlanDialog', '/admin/plans', 'Edit'],
  ['admin/orders/OrderDialog', '/admin/orders', 'Details'],
  ['admin/orders/RefundDialog', '/admin/orders', 'Refund'],
  ['admin/invitations/InvitationsPage', '/admin/invitations', 'Revoke'],
  ['admin/CodeBatchDialog', '/admin/codes', 'New batch'],
  ['admin/CodeRedemptionsDialog', '/admin/codes', 'Redemptions'],
  ['admin/CodesPage', '/admin/codes', 'Revoke'],
  ['admin/AnnouncementDialog', '/admin/announcements', 'New announcement'],
  ['admin/AnnouncementDialog', '/admin/announcements', 'Edit: Hello'],
  ['admin/AnnouncementsPage', '/admin/announcements', 'Delete: Hello'],
]

/** The parts that dialogs are made of, those that a mutation opens, and those that other tests go through. */
const ELSEWHERE = [
  'access-keys/AccessKeySecret',
  'account/EmailDialog',
  'admin/ReasonDialog',
  'admin/SettingsPage',
  'gallery/GalleryPage',
  'models/ModelComparison',
  'session/VerifyEmail',
  'shell/NavigationSheet',
  'shell/palette/CommandPalette',
  'shell/palette/ShortcutHelp',
  'tokens/TokenSecret',
  'ui/ConfirmDialog',
]

test('every dialog of the console is opened here', () => {
  const files = readdirSync('web/src', { recursive: true, encoding: 'utf8' })
  const withDialog = files
    .filter((file) => file.endsWith('.vue'))
    .filter((file) => /<(Dialog|ConfirmDialog|ReasonDialog)\b/.test(readFileSync(`web/src/${file}`, 'utf8')))
    .map((file) => file.replace('.vue', ''))
  const known = new Set([...DIALOGS.map(([component]) => component), ...ELSEWHERE])
  expect(withDialog.sort()).toEqual([...known].sort())
})

describe.skipIf(missingBrowser)(`opening a dialog (${missingBrowser ?? 'Chromium'})`, () => {
  let app: TestApp
  let browser: Browser
  let visitor: Visitor
  const mutations: string[] = []

  async function made(mutation: string, input: object, fields = '__typename') {
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`
    const text = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${fields} } }`
    const { data, errors } = await visitor.person.graphql(text, { input })
    expect([mutation, errors]).toEqual([mutation, undefined])
    return data[mutation]
  }

  beforeAll(async () => {
    app = await startApp({}, { clientDir: resolve('dist/client') })
    browser = await launchBrowser()
    visitor = await visit(browser, app, { money: '200' })
    const { sql } = app.app.services
    await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [visitor.id])
    // Who somebody is was read with the first request of the session.
    const value = await app.app.services.sessions.open(visitor.id, { ip: '127.0.0.1', userAgent: 'test' })
    visitor.person.cookie = `session=${value}`
    await visitor.page.context().addCookies([{ name: 'session', value, url: app.url }])
    await visitor.seed(1)
    await made('buyPlan', { planId: 'pro', idempotencyKey: newId() })
    const terms = {
      price: '99',
      quota: '120',
      months: 1,
      requestsPerMinute: 60,
      activeTokensMax: 10,
      discountPpm: 900_000,
    }
    await made('createPlan', { id: 'team', name: 'Team', terms })
    await made('createAccessKey', { name: 'nightly', scopes: ['READ_USAGE'] })
    const words = { titleEn: 'Hello', titleZh: 'Hello', bodyEn: 'Hello', bodyZh: 'Hello' }
    await made('createAnnouncement', { audience: 'ALL', level: 'INFO', ...words })
    await made('createCodeBatch', { kind: 'WALLET', money: '1', count: 1, idempotencyKey: newId() })
    const keys = ['sk-provider-secret-key']
    await made('createChannel', {
      name: 'upstream',
      providerId: 'alibaba',
      keys,
      models: [{ modelId: 'qwen3-max', upstreamModel: 'x' }],
    })
    const topUp = () =>
      made(
        'createTopUpOrder',
        { amount: '10', providerId: 'sandbox', idempotencyKey: newId() },
        'order { id }',
      )
    await fetch(`${app.url}/payments/sandbox/${(await topUp()).order.id}/pay`, { method: 'POST' })
    await topUp()
    const invitee = await app.browser().signUp()
    await sql.query(
      'INSERT INTO invitation (id, inviter_id, invitee_id, created_at) VALUES ($1, $2, $3, now())',
      [newId(), visitor.id, invitee.id],
    )
    visitor.page.on('request', (request) => {
      const { operationName, query = '' } = (request.postDataJSON() ?? {}) as {
        operationName?: string
        query?: string
      }
      if (query.startsWith('mutation')) mutations.push(operationName ?? query)
    })
    visitor.page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (/"query":"mutation/.test(String(payload))) mutations.push(String(payload))
      }),
    )
    visitor.page.setDefaultTimeout(5_000)
  }, 30_000)
  afterAll(() => browser?.close())

  const opened = DIALOGS.map(
    ([, path, ...buttons]) => [[path, ...buttons].join(' › '), path, buttons] as const,
  )
  test.each(opened)(
    '%s: no mutation; Escape closes it, and what opened it has the focus again',
    async (_, path, buttons) => {
      const { page, id } = visitor
      await page.goto(path.replace('ID', id))
      for (const [i, name] of buttons.entries()) {
        const places = page.getByRole('main').or(page.getByRole('menu'))
        await (i > 0 ? places.getByRole('menuitem', { name, exact: true }) : openerOf(places, name))
          .first()
          .click()
      }
      await page.getByRole('dialog').waitFor()
      const opener = openerOf(page.getByRole('main'), buttons[0]!).first()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await expect.poll(() => opener.evaluate((element) => element === document.activeElement)).toBe(true)
      expect(mutations).toEqual([])
      expect(visitor.faults).toEqual([])
    },
  )

  test('what acts at once is seen here to act', async () => {
    const { page } = visitor
    await page.goto('/console/tokens')
    await page.getByRole('button', { name: 'Actions for laptop' }).click()
    await page.getByRole('menuitem', { name: 'Pause' }).click()
    await page.getByText('“laptop” is paused.').first().waitFor()
    expect(mutations).toEqual(['UpdateToken'])
  })
})
