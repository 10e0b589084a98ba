import { describe, expect, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { announceDue, nextAnnouncement } from '../../server/notices/announcements.ts'
import { noticeAhead, noticeChanges, noticeEverything } from '../../server/notices/watch.ts'
import { type Browser, startApp } from '../support/app.ts'
import { databases } from '../support/databases.ts'
import { listen } from '../support/live.ts'
import { startMailServer } from '../support/smtp.ts'

const DAY_MS = 86_400_000
const CNY = 1_000_000_000n
const mail = await startMailServer()
const server = await startApp({ SMTP_URL: mail.url })
const { services } = server.app
const { sql, ledger } = services

const INBOX = `query ($filter: NotificationFilter, $first: Int, $after: String) { viewer { unreadCount notifications(filter: $filter, first: $first, after: $after) {
  edges { cursor node { id kind readAt announcement { level titleEn titleZh } facts { amount limit tokens planName modelId apiTokenName period at } } }
  pageInfo { hasNextPage endCursor } } } }`

async function person() {
  const browser = server.browser()
  const { id, email } = await browser.signUp()
  return { id, email, browser }
}

async function administrator() {
  const one = await person()
  await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [one.id])
  services.sessions.forgetUser(one.id)
  return one
}

async function inbox(browser: Browser, filter?: object) {
  const { data, errors } = await browser.graphql(INBOX, { filter })
  if (errors) throw new Error(JSON.stringify(errors))
  return {
    unread: data.viewer.unreadCount as number,
    items: data.viewer.notifications.edges.map(({ node }: any) => node) as any[],
  }
}

async function move(userId: string, amount: bigint) {
  const source = { accountId: userId, sourceType: 'test', sourceId: newId(), note: null }
  await sql.transaction((tx) =>
    amount > 0n
      ? ledger.creditWallet(tx, { ...source, amount, kind: 'top_up' })
      : ledger.debitWallet(tx, { ...source, amount: -amount, kind: 'purchase' }),
  )
}

const announcement = (over: object = {}) => ({
  level: 'IMPORTANT',
  audience: 'ALL',
  titleEn: 'Maintenance on Sunday',
  titleZh: '周日维护',
  bodyEn: 'For ten minutes.',
  bodyZh: '约十分钟。',
  publishedFrom: new Date(Date.now() - 1_000).toISOString(),
  ...over,
})

async function announce(admin: Browser, over: object = {}): Promise<string> {
  const { data, errors } = await admin.graphql(
    'mutation ($input: CreateAnnouncementInput!) { createAnnouncement(input: $input) { announcement { id } } }',
    { input: announcement(over) },
  )
  if (errors) throw new Error(JSON.stringify(errors))
  return data.createAnnouncement.announcement.id
}

test('a low balance is told once per fall: not at each look, and again after it was above', async () => {
  const { id, browser } = await person()
  await move(id, 10n * CNY)
  await browser.graphql('mutation { setLowBalanceAlert(input: { amount: "5" }) { lowBalanceAlert } }')
  await noticeChanges(services, [id])
  expect(await inbox(browser)).toEqual({ unread: 0, items: [] })
  await move(id, -6n * CNY)
  await noticeChanges(services, [id])
  await move(id, -1n * CNY)
  await noticeChanges(services, [id])
  await noticeEverything(services, new Date())
  const [fall, ...rest] = (await inbox(browser)).items
  expect(rest).toEqual([])
  expect(fall).toMatchObject({ kind: 'LOW_BALANCE', facts: { amount: '4', limit: '5', planName: null } })
  await move(id, 10n * CNY)
  await noticeChanges(services, [id])
  await move(id, -10n * CNY)
  await noticeChanges(services, [id])
  expect((await inbox(browser)).items.map(({ kind }) => kind)).toEqual(['LOW_BALANCE', 'LOW_BALANCE'])
})

test('a change of the balance is noticed by itself, a moment later', async () => {
  const { id, browser } = await person()
  await browser.graphql('mutation { setLowBalanceAlert(input: { amount: "5" }) { lowBalanceAlert } }')
  await move(id, 1n * CNY)
  await ledger.balanceChanged(id)
  await services.notices.settled()
  expect((await inbox(browser)).items).toMatchObject([{ kind: 'LOW_BALANCE' }])
})

test('a spend cap is told at four fifths and when it is reached, each once a period, for account and API token', async () => {
  const { id, browser } = await person()
  const tokenId = await tokenOf(id)
  await sql.query('UPDATE app_user SET cap_month = $2 WHERE id = $1', [id, 1n * CNY])
  await sql.query('UPDATE api_token SET cap_day = $2 WHERE user_id = $1', [id, 2n * CNY])
  const spend = (nano: bigint) =>
    sql.query(
      `INSERT INTO spend_quarter (api_token_id, quarter, user_id, spent_nano) VALUES ($1, $2, $3, $4)
       ON CONFLICT (api_token_id, quarter) DO UPDATE SET spent_nano = spend_quarter.spent_nano + $4`,
      [tokenId, quarter(), id, nano],
    )
  await spend((CNY * 79n) / 100n)
  await noticeChanges(services, [id])
  expect((await inbox(browser)).items).toEqual([])
  await spend(CNY / 100n)
  await noticeChanges(services, [id])
  await noticeChanges(services, [id])
  expect((await inbox(browser)).items).toMatchObject([
    { kind: 'SPEND_CAP_NEAR', facts: { period: 'MONTH', amount: '0.8', limit: '1', apiTokenName: null } },
  ])
  await spend(CNY * 2n)
  await noticeChanges(services, [id])
  const reached = (await inbox(browser, { kinds: ['SPEND_CAP_REACHED'] })).items
  expect(reached.map(({ facts }) => [facts.apiTokenName, facts.period]).sort()).toEqual([
    [null, 'MONTH'],
    ['ci', 'DAY'],
  ])
})

test('a spend cap that was reached while its process died is told by the next one, once', async () => {
  const { id, browser } = await person()
  const tokenId = await tokenOf(id)
  await sql.query('UPDATE api_token SET cap_day = $2, last_used_at = now() WHERE user_id = $1', [id, CNY])
  await sql.query(
    'INSERT INTO spend_quarter (api_token_id, quarter, user_id, spent_nano) VALUES ($1, $2, $3, $4)',
    [tokenId, quarter(), id, 2n * CNY],
  )
  await noticeEverything(services, new Date(Date.now() + 60_000))
  expect((await inbox(browser)).items).toEqual([])
  const dayAgo = new Date(Date.now() - DAY_MS)
  await noticeEverything(services, dayAgo)
  await noticeEverything(services, dayAgo)
  expect((await inbox(browser)).items).toMatchObject([
    { kind: 'SPEND_CAP_REACHED', facts: { period: 'DAY', apiTokenName: 'ci' } },
  ])
})

async function tokenOf(userId: string): Promise<string> {
  const [token] = await sql.query<{ id: string }>(
    `INSERT INTO api_token (id, user_id, name, secret_hash, prefix, last_four, created_at)
     VALUES (gen_random_uuid(), $1::uuid, 'ci', decode(md5($1::uuid::text), 'hex'), 'sk', 'last', now())
     ON CONFLICT DO NOTHING RETURNING id`,
    [userId],
  )
  return (
    token?.id ??
    (await sql.query<{ id: string }>('SELECT id FROM api_token WHERE user_id = $1', [userId]))[0]!.id
  )
}

const quarter = () => new Date(Math.floor(Date.now() / 900_000) * 900_000)

test('plans, orders and invitations are told to whom they concern', async () => {
  const [owner, friend] = [await person(), await person()]
  const [version] = await sql.query<{ id: string }>(
    "SELECT id FROM plan_version WHERE plan_id = 'pro' LIMIT 1",
  )
  const subscription = newId()
  const days = (n: number) => new Date(Date.now() + n * DAY_MS)
  await sql.query(
    `INSERT INTO plan_subscription (id, user_id, plan_version_id, status, anchor, time_zone, period_start, period_end, created_at)
     VALUES ($1, $2, $3, 'active', $4, 'Asia/Shanghai', $4, $5, $4)`,
    [subscription, owner.id, version!.id, days(-60), days(1)],
  )
  for (const [start, end] of [
    [-60, -30],
    [-30, 1],
  ])
    await sql.query(
      `INSERT INTO plan_period (id, subscription_id, user_id, plan_version_id, price_nano, period_start, period_end, created_at)
       VALUES ($1, $2, $3, $4, 49000000000, $5, $6, now())`,
      [newId(), subscription, owner.id, version!.id, days(start!), days(end!)],
    )
  await noticeChanges(services, [owner.id])
  expect((await inbox(owner.browser)).items).toMatchObject([
    { kind: 'PLAN_RENEWED', facts: { planName: 'Pro', amount: '49' } },
  ])
  await sql.query("UPDATE plan_subscription SET status = 'past_due' WHERE id = $1", [subscription])
  await noticeEverything(services, new Date())
  await sql.query("UPDATE plan_subscription SET status = 'ended', ended_at = now() WHERE id = $1", [
    subscription,
  ])
  await noticeEverything(services, new Date())
  await sql.query(
    `INSERT INTO payment_order (id, user_id, provider, amount_fen, status, expires_at, credited_at, created_at)
     VALUES ($1, $2, 'sandbox', 1250, 'credited', now(), now(), now())`,
    [newId(), owner.id],
  )
  await sql.query(
    `INSERT INTO invitation (id, inviter_id, invitee_id, created_at, rewarded_at, inviter_tokens, invitee_tokens)
     VALUES ($1, $2, $3, now(), now(), 0, 50000)`,
    [newId(), owner.id, friend.id],
  )
  await noticeEverything(services, new Date())
  await noticeEverything(services, new Date())
  const kinds = (await inbox(owner.browser)).items.map(({ kind }) => kind)
  expect(kinds.sort()).toEqual(['ORDER_CREDITED', 'PLAN_ENDED', 'PLAN_RENEWAL_FAILED', 'PLAN_RENEWED'])
  expect((await inbox(friend.browser)).items).toMatchObject([
    { kind: 'INVITATION_REWARDED', facts: { tokens: '50000' } },
  ])
})

test('a coming price is told to who used the model in the last 30 days, an expiry within a week to its owner', async () => {
  const [user, past] = [await person(), await person()]
  for (const [id, age] of [
    [user.id, 29],
    [past.id, 31],
  ] as const)
    await sql.query(
      `INSERT INTO usage_record (id, user_id, api_token_id, model_id, streamed, status, prompt_tokens, completion_tokens,
              usage_source, cost_nano, created_at)
       VALUES (gen_random_uuid(), $1, $2, 'qwen3-max', false, 'succeeded', 1, 1, 'upstream', 1, $3)`,
      [id, await tokenOf(id), new Date(Date.now() - age * DAY_MS)],
    )
  await sql.query(
    `INSERT INTO price_version (id, model_id, input, output, effective_from, created_at)
     VALUES ($1, 'qwen3-max', 1, 1, $2, now())`,
    [newId(), new Date(Date.now() + DAY_MS)],
  )
  const expire = (id: string, days: number) =>
    sql.query('UPDATE api_token SET expires_at = $2 WHERE user_id = $1', [
      id,
      new Date(Date.now() + days * DAY_MS),
    ])
  await expire(user.id, 8)
  await expire(past.id, 6)
  await noticeAhead(services)
  await noticeAhead(services)
  expect((await inbox(user.browser)).items).toMatchObject([
    { kind: 'PRICE_CHANGE', facts: { modelId: 'qwen3-max' } },
  ])
  expect((await inbox(past.browser)).items).toMatchObject([
    { kind: 'API_TOKEN_EXPIRING', facts: { apiTokenName: 'ci' } },
  ])
})

test('only the kinds that were switched on are copied by e-mail, in the language of the account', async () => {
  const { id, email, browser } = await person()
  await sql.query("UPDATE app_user SET email_verified_at = now(), locale = 'en' WHERE id = $1", [id])
  const set = await browser.graphql(
    'mutation { setEmailNotifications(input: { kinds: [ORDER_CREDITED] }) { emailNotifications } }',
  )
  expect(set.data.setEmailNotifications.emailNotifications).toEqual(['ORDER_CREDITED'])
  await browser.graphql('mutation { setLowBalanceAlert(input: { amount: "5" }) { lowBalanceAlert } }')
  await sql.query(
    `INSERT INTO payment_order (id, user_id, provider, amount_fen, status, expires_at, credited_at, created_at)
     VALUES ($1, $2, 'sandbox', 1250, 'credited', now(), now(), now())`,
    [newId(), id],
  )
  await noticeChanges(services, [id])
  await noticeChanges(services, [id])
  const letters = await mail.to(email)
  expect((await inbox(browser)).unread).toBe(2)
  expect(letters).toHaveLength(1)
  expect(letters[0]!.subject).toContain('¥12.5 is in your wallet')
  expect(letters[0]!.text).toContain('/console/wallet')
})

test('everybody gets an announcement while it is published; who has a plan gets what is for plans', async () => {
  const admin = await administrator()
  const [free, pro] = [await person(), await person()]
  const [version] = await sql.query<{ id: string }>(
    "SELECT id FROM plan_version WHERE plan_id = 'pro' LIMIT 1",
  )
  await sql.query(
    `INSERT INTO plan_subscription (id, user_id, plan_version_id, status, anchor, time_zone, period_start, period_end, created_at)
     VALUES ($1, $2, $3, 'active', now(), 'UTC', now(), now() + interval '1 month', now())`,
    [newId(), pro.id, version!.id],
  )
  const ids = [
    await announce(admin.browser),
    await announce(admin.browser, { audience: 'PRO' }),
    await announce(admin.browser, { publishedFrom: null }),
    await announce(admin.browser, { publishedFrom: new Date(Date.now() + DAY_MS).toISOString() }),
  ]
  const seen = async ({ browser }: { browser: Browser }) =>
    (await inbox(browser, { kinds: ['ANNOUNCEMENT'] })).items.map(({ id }) => ids.indexOf(id)).sort()
  expect(await seen(free)).toEqual([0])
  expect(await seen(pro)).toEqual([0, 1])
  await admin.browser.graphql(`mutation { deleteAnnouncement(input: { id: "${ids[0]}" }) { id } }`)
  expect(await seen(free)).toEqual([])
  const trail = await sql.query('SELECT action FROM audit_entry WHERE target = $1 ORDER BY id', [ids[0]])
  expect(trail).toEqual([{ action: 'create_announcement' }, { action: 'delete_announcement' }])
  await admin.browser.graphql(`mutation { deleteAnnouncement(input: { id: "${ids[1]}" }) { id } }`)
})

test('an announcement that is moved to a later moment is announced again when that comes', async () => {
  const admin = await administrator()
  const id = await announce(admin.browser)
  const later = new Date(Date.now() + 3_600_000)
  const { errors } = await admin.browser.graphql(
    'mutation ($input: UpdateAnnouncementInput!) { updateAnnouncement(input: $input) { announcement { id } } }',
    { input: { id, ...announcement({ publishedFrom: later.toISOString() }) } },
  )
  expect(errors).toBeUndefined()
  expect(await nextAnnouncement(sql, new Date())).toEqual(later)
  await announceDue({ ...services, now: () => later })
  expect(await nextAnnouncement(sql, new Date())).not.toEqual(later)
  await admin.browser.graphql(`mutation { deleteAnnouncement(input: { id: "${id}" }) { id } }`)
})

test('read is read: one or all, in pages, never somebody else’s', async () => {
  const [one, other] = [await person(), await person()]
  for (const { id } of [one, one, one, other])
    await sql.query(
      `INSERT INTO notice (id, user_id, kind, cause, facts, created_at) VALUES ($1::uuid, $2, 'order_credited', $1::uuid::text, '{}', now())`,
      [newId(), id],
    )
  const first = (await one.browser.graphql(INBOX, { first: 2 })).data.viewer.notifications
  expect(first.pageInfo.hasNextPage).toBe(true)
  const after = (await one.browser.graphql(INBOX, { first: 2, after: first.pageInfo.endCursor })).data.viewer
  expect(after.notifications.edges).toHaveLength(1)
  const foreign = (await inbox(other.browser)).items[0].id
  const mark = async (input: string) =>
    (await one.browser.graphql(`mutation { markNotificationsRead(input: ${input}) { unreadCount } }`)).data
      .markNotificationsRead.unreadCount
  expect(await mark(`{ ids: ["${foreign}", "${first.edges[0].node.id}", "nonsense"] }`)).toBe(2)
  expect((await inbox(other.browser)).unread).toBe(1)
  expect((await inbox(one.browser, { unread: true })).items).toHaveLength(2)
  expect(await mark('{ all: true }')).toBe(0)
  const { errors } = await one.browser.graphql(
    'mutation { markNotificationsRead(input: {}) { unreadCount } }',
  )
  expect(errors![0]!.extensions.code).toBe('invalid_request')
})

test('notices and announcements arrive live with growing numbers, until the session or the access key ends', async () => {
  const admin = await administrator()
  const { id, browser } = await person()
  const made = await browser.graphql(
    'mutation { createAccessKey(input: { name: "bot", scopes: [READ_MONEY] }) { secret accessKey { id } } }',
  )
  const { secret, accessKey } = made.data.createAccessKey
  const listeners = [listen(server, { cookie: browser.cookie }), listen(server, { key: secret })]
  await Promise.all(listeners.map(({ ready }) => ready))
  for (const listener of listeners)
    listener.subscribe(
      'subscription { notificationReceived { sequence unreadCount notification { id kind } } }',
    )
  const news = (at: number) => listeners[at]!.heard.map(({ data }) => data.notificationReceived)
  // A subscription is in place when it hears; until then another announcement is made.
  const ids: string[] = []
  await expect
    .poll(
      async () => {
        ids.push(await announce(admin.browser))
        return news(0).length > 0 && news(1).length > 0
      },
      { timeout: 10_000 },
    )
    .toBe(true)
  await sql.query(
    `INSERT INTO payment_order (id, user_id, provider, amount_fen, status, expires_at, credited_at, created_at)
     VALUES ($1, $2, 'sandbox', 1250, 'credited', now(), now(), now())`,
    [newId(), id],
  )
  await noticeChanges(services, [id])
  for (const at of [0, 1]) {
    await expect.poll(() => news(at).at(-1)?.notification?.kind).toBe('ORDER_CREDITED')
    const numbers = news(at).map(({ sequence }) => BigInt(sequence))
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => (a < b ? -1 : 1)))
  }
  await browser.graphql(`mutation { revokeAccessKey(input: { id: "${accessKey.id}" }) { accessKey { id } } }`)
  expect(await listeners[1]!.closed).toBe(4403)
  await browser.graphql('mutation { signOut { ok } }')
  expect(await listeners[0]!.closed).toBe(4403)
  for (const one of ids)
    await admin.browser.graphql(`mutation { deleteAnnouncement(input: { id: "${one}" }) { id } }`)
})

const postgres = databases[1]!
describe.skipIf(postgres.missing)(`on ${postgres.name}`, () => {
  test('twenty looks at the same moment, by two processes, make one notice of each cause', async () => {
    const database = await postgres.open()
    const apps = [await startApp({}, { database }), await startApp({}, { database })]
    const { id } = await apps[0]!.browser().signUp()
    const { sql: shared } = apps[0]!.app.services
    await shared.query('UPDATE app_user SET low_balance_nano = $2 WHERE id = $1', [id, CNY])
    await shared.query(
      `INSERT INTO payment_order (id, user_id, provider, amount_fen, status, expires_at, credited_at, created_at)
       VALUES ($1, $2, 'sandbox', 1250, 'credited', now(), now(), now())`,
      [newId(), id],
    )
    let heard = 0
    for (const { app } of apps)
      app.services.events.pubSub.listen('notificationReceived', id, () => void heard++)
    await Promise.all(Array.from({ length: 20 }, (_, at) => noticeChanges(apps[at % 2]!.app.services, [id])))
    const told = await shared.query<{ kind: string }>(
      'SELECT kind FROM notice WHERE user_id = $1 ORDER BY kind',
      [id],
    )
    expect(told).toEqual([{ kind: 'low_balance' }, { kind: 'order_credited' }])
    expect(heard).toBe(2)
  })
})
