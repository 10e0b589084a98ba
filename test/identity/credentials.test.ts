import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { deviceOf } from '../../server/identity/device.ts'
import { type Browser, startApp } from '../support/app.ts'
import { databases } from '../support/databases.ts'
import { startMailServer } from '../support/smtp.ts'

const password = 'correct horse battery'
const wanted = 'staple of another kind'
const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { viewer { id } } }`
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id email isAdmin } } }`
const CHANGE = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { id } } }`
const RESET = `mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { viewer { id } } }`
const ASK = `mutation ($email: String!) { requestPasswordReset(input: { email: $email }) { ok } }`
const SESSIONS = `{ viewer { sessions { edges { node { id browser system ip isCurrent lastSeenAt } } } } }`
const REVOKE = `mutation ($id: ID) { revokeSessions(input: { sessionId: $id }) { revoked } }`
const DELETE = `mutation ($password: String!) { deleteAccount(input: { password: $password }) { ok } }`

describe.each(databases)('credentials on $name', async (kind) => {
  if (kind.missing) return test.skip(`needs ${kind.name}: ${kind.missing}`, () => {})
  const mail = await startMailServer()
  const database = await kind.open()
  const clock = { now: new Date('2026-11-26T08:00:00Z') }
  const server = await startApp(
    {
      SMTP_URL: mail.url,
      ADMIN_EMAIL: 'root@example.com',
      ADMIN_PASSWORD: password,
      TRUSTED_PROXIES: '127.0.0.1',
    },
    { database, now: () => clock.now },
  )
  const { sql } = database
  const later = (minutes: number) => (clock.now = new Date(clock.now.getTime() + minutes * 60_000))

  let addresses = 0
  /** From an address of its own: how often one may try is not what is tested here. */
  function visitor() {
    const browser = server.browser()
    browser.headers['x-forwarded-for'] = `198.51.100.${++addresses}`
    return browser
  }

  async function join(name: string) {
    const email = `${name}@example.com`
    const browser = visitor()
    const { data, errors } = await browser.graphql(SIGN_UP, { input: { email, password, locale: 'en' } })
    expect(errors).toBeUndefined()
    return { browser, email, id: data.signUp.viewer.id as string }
  }
  const codeOf = ({ errors }: { errors?: { extensions: { code: string } }[] }) => errors?.[0]?.extensions.code
  const isIn = async (browser: Browser) => (await browser.graphql('{ viewer { id } }')).data.viewer !== null
  async function enter(email: string, secret = password) {
    const browser = visitor()
    const answer = await browser.graphql(SIGN_IN, { input: { email, password: secret } })
    return { browser, answer }
  }
  /** Greeted, unless it is not waited for. */
  async function socketWith(cookie: string, greeted = true) {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { cookie, origin: server.url },
    })
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'connection_init' }))
    if (greeted) await once(socket, 'message')
    return socket
  }
  const linkIn = (text: string) => /http\S+\/reset#token=(\S+)/.exec(text)![1]!

  test('a changed password needs the old one, ends the other sessions, and tells the owner', async () => {
    const { browser, email } = await join('changer')
    const { browser: other } = await enter(email)
    const change = (currentPassword: string, newPassword: string) =>
      browser.graphql(CHANGE, { input: { currentPassword, newPassword } })
    expect((await change('not it', wanted)).errors![0]!.extensions).toMatchObject({
      code: 'wrong_password',
      param: 'currentPassword',
    })
    expect((await change(password, 'short')).errors![0]!.extensions).toMatchObject({ param: 'newPassword' })
    expect(await isIn(other)).toBe(true)
    expect((await change(password, wanted)).errors).toBeUndefined()
    expect([await isIn(browser), await isIn(other)]).toEqual([true, false])
    expect(codeOf((await enter(email)).answer)).toBe('wrong_credentials')
    expect((await enter(email, wanted)).answer.errors).toBeUndefined()
    const letters = await mail.to(email, 2)
    expect(letters.at(-1)!.subject).toBe('Your PingToken password was changed')
  })

  test('a changed password changes the cookie: whoever copied the old one is out, and the browser itself stays in', async () => {
    const { browser } = await join('copied')
    const thief = visitor()
    thief.cookie = browser.cookie
    expect(await isIn(thief)).toBe(true)
    const own = async () => (await browser.graphql(SESSIONS)).data.viewer.sessions.edges
    const [before] = await own()
    const closed = once(await socketWith(thief.cookie), 'close')

    await browser.graphql(CHANGE, { input: { currentPassword: password, newPassword: wanted } })
    expect(browser.cookie).not.toBe(thief.cookie)
    expect([await isIn(browser), await isIn(thief)]).toEqual([true, false])
    // The same session, with another secret: its sockets come again with the cookie that they have by then.
    const [after, ...others] = await own()
    expect([after.node.id, after.node.isCurrent, others]).toEqual([before.node.id, true, []])
    expect((await closed)[0]).toBe(4205)
    const [code] = await once(await socketWith(thief.cookie, false), 'close')
    expect(code).toBe(4403)
    const again = await socketWith(browser.cookie)
    again.terminate()
  })

  test('a link by mail opens the account once, with a new password, and closes every session', async () => {
    const { browser, email } = await join('forgetful')
    const stranger = visitor()
    expect((await stranger.graphql(ASK, { email: email.toUpperCase() })).data).toEqual({
      requestPasswordReset: { ok: true },
    })
    const token = linkIn((await mail.to(email, 2)).at(-1)!.text)
    const rows = await sql.query('SELECT encode(secret_hash, $1) AS h FROM password_link', ['escape'])
    expect(JSON.stringify(rows)).not.toContain(token)

    const reset = (newPassword: string) => stranger.graphql(RESET, { input: { token, newPassword } })
    expect((await reset('short')).errors![0]!.extensions).toMatchObject({ param: 'newPassword' })
    expect(await isIn(browser)).toBe(true)
    expect((await reset(wanted)).errors).toBeUndefined()
    expect([await isIn(browser), await isIn(stranger)]).toEqual([false, true])
    expect(codeOf(await visitor().graphql(RESET, { input: { token, newPassword: wanted } }))).toBe(
      'password_link_invalid',
    )
    expect((await enter(email, wanted)).answer.errors).toBeUndefined()
  })

  const KEY = `mutation { createAccessKey(input: { name: "s", scopes: [READ_USAGE, MANAGE_TOKENS] }) { secret } }`
  async function makeKey(owner: Browser) {
    const { data } = await owner.graphql(KEY)
    const script = visitor()
    script.headers.authorization = `Bearer ${data.createAccessKey.secret}`
    const works = async () => codeOf(await script.graphql('{ viewer { id } }')) === undefined
    expect(await works()).toBe(true)
    return works
  }

  test('a password chosen by link ends every access key: whoever had the account made themselves none to keep', async () => {
    const { browser, email } = await join('invaded')
    const keys = [await makeKey(browser), await makeKey(browser)]
    const someoneElses = await makeKey((await join('bystander')).browser)
    await visitor().graphql(ASK, { email })
    const token = linkIn((await mail.to(email, 2)).at(-1)!.text)
    const { data } = await visitor().graphql(
      `mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { revokedAccessKeys viewer { id } } }`,
      { input: { token, newPassword: wanted } },
    )
    expect(data.resetPassword.revokedAccessKeys).toBe(2)
    expect(await Promise.all(keys.map((works) => works()))).toEqual([false, false])
    expect(await someoneElses()).toBe(true)
    const letter = (await mail.to(email, 3)).at(-1)!.text
    expect(letter).toContain('Access keys that ended with it: 2.')
    expect(letter).toContain('API tokens go on working')
  })

  test('a changed password keeps access keys, and says how many go on working', async () => {
    const { browser, email } = await join('keeper')
    const change = (currentPassword: string, newPassword: string) =>
      browser.graphql(
        `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { activeAccessKeys viewer { id } } }`,
        { input: { currentPassword, newPassword } },
      )
    expect((await change(password, wanted)).data.changePassword.activeAccessKeys).toBe(0)
    const works = await makeKey(browser)
    expect((await change(wanted, password)).data.changePassword.activeAccessKeys).toBe(1)
    expect(await works()).toBe(true)
    const letters = await mail.to(email, 3)
    expect(letters.at(-2)!.text).not.toContain('Access keys')
    expect(letters.at(-1)!.text).toContain('Access keys that go on working: 1.')
  })

  test('of two who bring the same link at once, one gets in', async () => {
    const { email } = await join('twice')
    await visitor().graphql(ASK, { email })
    const token = linkIn((await mail.to(email, 2)).at(-1)!.text)
    const use = () => visitor().graphql(RESET, { input: { token, newPassword: wanted } })
    const codes = (await Promise.all([use(), use(), use()])).map(codeOf)
    expect(codes.filter((code) => code === undefined)).toHaveLength(1)
  })

  test('a link ends after half an hour, and a newer one ends it', async () => {
    const { email } = await join('slow')
    await visitor().graphql(ASK, { email })
    const old = linkIn((await mail.to(email, 2)).at(-1)!.text)
    await visitor().graphql(ASK, { email })
    const token = linkIn((await mail.to(email, 3)).at(-1)!.text)
    const use = (token: string) => visitor().graphql(RESET, { input: { token, newPassword: wanted } })
    expect(codeOf(await use(old))).toBe('password_link_invalid')
    later(30)
    expect(codeOf(await use(token))).toBe('password_link_invalid')
  })

  test('strangers who ask for links keep nobody from theirs: the last one sent works, and when it ends there is another', async () => {
    const { email } = await join('besieged')
    const ask = async () => codeOf(await visitor().graphql(ASK, { email }))
    const newest = async (letters: number) => linkIn((await mail.to(email, letters)).at(-1)!.text)
    for (let i = 0; i < 8; i++) expect(await ask()).toBeUndefined()
    // The owner is answered like everybody, and finds five links beside the letter of welcome.
    expect(await ask()).toBeUndefined()
    const last = await newest(6)
    expect((await mail.to(email, 6)).filter(({ text }) => text.includes('/reset#token='))).toHaveLength(5)
    later(31)
    expect(codeOf(await visitor().graphql(RESET, { input: { token: last, newPassword: wanted } }))).toBe(
      'password_link_invalid',
    )
    expect(await ask()).toBeUndefined()
    const next = await newest(7)
    expect(await ask()).toBeUndefined()
    expect(
      (await visitor().graphql(RESET, { input: { token: next, newPassword: wanted } })).errors,
    ).toBeUndefined()
  })

  test('who asks for link after link is told to wait, whomever the links are for', async () => {
    const stranger = visitor()
    const ask = (name: string) => stranger.graphql(ASK, { email: `${name}@example.com` }).then(codeOf)
    for (let i = 0; i < 20; i++) expect(await ask(`nobody-${i}`)).toBeUndefined()
    expect(await ask('nobody')).toBe('rate_limit_exceeded')
  })

  test('an unknown address is answered as a known one, gets nothing, and takes no less time', async () => {
    const before = mail.received.length
    const started = performance.now()
    const answer = await visitor().graphql(ASK, { email: 'ghost@example.com' })
    expect(answer.data).toEqual({ requestPasswordReset: { ok: true } })
    expect(performance.now() - started).toBeGreaterThan(240)
    expect(await sql.query("SELECT 1 FROM mail_outbox WHERE kind = 'reset_password'")).toEqual([])
    expect(mail.received).toHaveLength(before)
  })

  test('sessions are listed with their device; one that is ended closes its sockets at once', async () => {
    const { browser, email } = await join('roamer')
    const { browser: phone } = await enter(email)
    const list = async () =>
      (await browser.graphql(SESSIONS)).data.viewer.sessions.edges.map(({ node }: any) => node)
    const [newest, own] = await list()
    expect([newest.isCurrent, own.isCurrent]).toEqual([false, true])

    const closed = once(await socketWith(phone.cookie), 'close')
    const stranger = (await join('stranger')).browser
    expect(codeOf(await stranger.graphql(REVOKE, { id: newest.id }))).toBe('session_not_found')
    expect((await browser.graphql(REVOKE, { id: newest.id })).data.revokeSessions.revoked).toBe(1)
    expect((await closed)[0]).toBe(4403)
    expect([await isIn(phone), await isIn(browser)]).toEqual([false, true])

    await enter(email)
    await enter(email)
    expect((await browser.graphql(REVOKE, {})).data.revokeSessions.revoked).toBe(2)
    expect(await list()).toHaveLength(1)
  })

  test("an administrator's session ends after eight hours without use, and after a day of it", async () => {
    const start = clock.now
    const { prepareAdministrator } = await import('../../server/administrator.ts')
    await prepareAdministrator(server.app.services)
    const alive = async (browser: Browser, minutes: number) => {
      later(minutes)
      return isIn(browser)
    }
    const { browser: idle } = await enter('root@example.com')
    expect(await alive(idle, 8 * 60 - 1)).toBe(true)
    expect(await alive(idle, 8 * 60 + 1)).toBe(false)
    const { browser: busy } = await enter('root@example.com')
    for (const hours of [6, 6, 6, 5]) expect(await alive(busy, hours * 60)).toBe(true)
    expect(await alive(busy, 60)).toBe(false)
    clock.now = start
  })

  test('an administrator gives a link to who cannot sign in; it is noted without the link', async () => {
    const { email, id } = await join('locked-out')
    const { browser: root } = await enter('root@example.com')
    const MAKE = `mutation ($id: ID!) { createSignInLinkForUser(input: { userId: $id }) { url expiresAt } }`
    const { data } = await root.graphql(MAKE, { id })
    const token = linkIn(data.createSignInLinkForUser.url)
    const [entry] = await sql.query<{ detail: object }>(
      "SELECT detail FROM audit_entry WHERE action = 'create_sign_in_link' AND target = $1",
      [id],
    )
    expect(entry).toBeDefined()
    expect(JSON.stringify(entry)).not.toContain(token)
    const { browser: nosy } = await join('nosy')
    expect(codeOf(await nosy.graphql(MAKE, { id }))).toBe('admin_required')
    const reset = await visitor().graphql(RESET, { input: { token, newPassword: wanted } })
    expect(reset.errors).toBeUndefined()
    expect((await enter(email, wanted)).answer.errors).toBeUndefined()
  })

  test('a deleted account is nobody: no name, no way in, no token, no plan; its books stay', async () => {
    const { browser, email, id } = await join('leaver')
    await browser.graphql(`mutation { updateProfile(input: { displayName: "Lea" }) { viewer { id } } }`)
    const { data } = await browser.graphql(
      `mutation { createApiToken(input: { name: "Lea's laptop" }) { secret } }`,
    )
    const { secret } = data.createApiToken
    const { ledger } = server.app.services
    await sql.transaction((tx) =>
      ledger.creditWallet(tx, {
        accountId: id,
        amount: 100_000_000_000n,
        sourceType: 'test',
        sourceId: id,
        note: null,
        kind: 'top_up',
      }),
    )
    await ledger.balanceChanged(id)
    const BUY = `mutation ($key: String!) { buyPlan(input: { planId: "pro", idempotencyKey: $key }) { __typename } }`
    const bought = await browser.graphql(BUY, {
      key: '019abcde-0000-7000-8000-0000000000' + kind.name.length,
    })
    expect(bought.errors).toBeUndefined()
    const models = () =>
      fetch(`${server.url}/api/v1/models`, { headers: { authorization: `Bearer ${secret}` } })
    expect((await models()).status).toBe(200)

    later(1)
    expect(codeOf(await browser.graphql(DELETE, { password: 'not it' }))).toBe('wrong_password')
    expect((await browser.graphql(DELETE, { password })).data).toEqual({ deleteAccount: { ok: true } })
    expect(await isIn(browser)).toBe(false)
    expect(codeOf((await enter(email)).answer)).toBe('wrong_credentials')
    expect((await models()).status).toBe(401)
    const [row] = await sql.query<{ u: string }>('SELECT u::text AS u FROM app_user u WHERE id = $1', [id])
    expect(row!.u).not.toMatch(/Lea|leaver|argon2/)
    expect((await ledger.balances(id)).quota).toBe(0n)
    expect(
      await sql.query("SELECT 1 FROM plan_subscription WHERE user_id = $1 AND status <> 'ended'", [id]),
    ).toEqual([])
    const entries = await sql.query('SELECT 1 FROM ledger_entry WHERE account_id = $1', [id])
    expect(entries.length).toBeGreaterThanOrEqual(3)
    // The address is free again.
    await join('leaver')
  })

  test('of two last administrators who leave at once, one must stay', async () => {
    const other = await join('deputy')
    await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [other.id])
    const deputy = await enter(other.email)
    const root = await enter('root@example.com')
    const answers = await Promise.all(
      [deputy, root].map(({ browser }) => browser.graphql(DELETE, { password })),
    )
    expect(answers.map(codeOf).sort()).toEqual(['last_administrator', undefined].sort())
    const left = await sql.query('SELECT 1 FROM app_user WHERE is_admin AND suspended_at IS NULL')
    expect(left).toHaveLength(1)
  })
})

test.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0',
    'Edge',
    'Windows',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'Safari',
    'macOS',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari',
    'iPhone',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36 MicroMessenger/8.0',
    'WeChat',
    'Android',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux'],
  ['something else', null, null],
])('%s', (userAgent, browser, system) => expect(deviceOf(userAgent)).toEqual({ browser, system }))
