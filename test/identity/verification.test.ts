import { describe, expect, test } from 'vitest'
import { databases } from '../support/databases.ts'
import { startApp } from '../support/app.ts'
import { startMailServer } from '../support/smtp.ts'

const password = 'correct horse battery'
const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { viewer { id needsEmailVerification } } }`
const VERIFY = `mutation ($code: String!) { verifyEmail(input: { code: $code }) { viewer { needsEmailVerification } } }`
const BONUS = `{ viewer { wallet { bonusTokens } needsEmailVerification } }`

describe.each(databases)('a proved address on $name', async (kind) => {
  if (kind.missing) return test.skip(`needs ${kind.name}: ${kind.missing}`, () => {})
  const mail = await startMailServer()
  const database = await kind.open()
  const now = { at: new Date('2026-11-26T08:00:00Z') }
  const server = await startApp({ SMTP_URL: mail.url }, { database, now: () => now.at })

  async function signUp(name: string, locale = 'en') {
    const email = `${name}-${kind.name.length}@example.com`
    const browser = server.browser()
    const { data } = await browser.graphql(SIGN_UP, { input: { email, password, locale } })
    return { browser, email, id: data.signUp.viewer.id as string, viewer: data.signUp.viewer }
  }

  test('the sign-up bonus comes with the code, and only once, in whatever number it is sent', async () => {
    const { browser, email, viewer } = await signUp('ada')
    expect(viewer.needsEmailVerification).toBe(true)
    expect((await browser.graphql(BONUS)).data.viewer.wallet.bonusTokens).toBe('0')

    const code = await mail.codeFor(email)
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.graphql(VERIFY, { code })))
    for (const { data, errors } of answers) {
      expect(errors).toBeUndefined()
      expect(data.verifyEmail.viewer.needsEmailVerification).toBe(false)
    }
    expect((await browser.graphql(BONUS)).data.viewer.wallet.bonusTokens).toBe('100000')
  })

  test('five wrong codes end the right one as well', async () => {
    const { browser, email } = await signUp('guess')
    const code = await mail.codeFor(email)
    const wrong = code === '000000' ? '000001' : '000000'
    for (const left of [4, 3, 2, 1])
      expect((await browser.graphql(VERIFY, { code: wrong })).errors![0]!.extensions).toMatchObject({
        code: 'code_wrong',
        triesLeft: left,
        param: 'code',
      })
    for (const last of [wrong, code])
      expect((await browser.graphql(VERIFY, { code: last })).errors![0]!.extensions.code).toBe('code_expired')
    expect((await browser.graphql(BONUS)).data.viewer.wallet.bonusTokens).toBe('0')
  })

  test('the first administrator is sent a code to the address of the set-up, and none before', async () => {
    const SEND = `mutation { sendVerificationCode(input: {}) { resendAfterSeconds } }`
    const SET_UP = `mutation ($input: ChooseCredentialsInput!) {
      chooseCredentials(input: $input) { viewer { needsEmailVerification timeZone } } }`
    const browser = server.browser()
    const { id, email: unnamed } = await browser.signUp(`administrator-${kind.name.length}@pingtoken.local`)
    await database.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])
    expect((await browser.graphql(BONUS)).data.viewer.needsEmailVerification).toBe(false)
    expect((await browser.graphql(SEND)).data.sendVerificationCode.resendAfterSeconds).toBe(0)

    const email = `boss-${kind.name.length}@example.com`
    const input = { email, password, locale: 'zh-CN', timeZone: 'Europe/Berlin' }
    const { data } = await browser.graphql(SET_UP, { input })
    expect(data.chooseCredentials.viewer).toEqual({ needsEmailVerification: true, timeZone: 'Europe/Berlin' })
    const { data: proved } = await browser.graphql(VERIFY, { code: await mail.codeFor(email) })
    expect(proved.verifyEmail.viewer.needsEmailVerification).toBe(false)
    expect(mail.received.map(({ to }) => to)).not.toContain(unnamed)
  })

  test('a code ends after ten minutes, a new one ends the old, and none is sent twice within a minute', async () => {
    const { browser, email } = await signUp('late')
    const old = await mail.codeFor(email)
    const RESEND = `mutation { sendVerificationCode(input: {}) { resendAfterSeconds } }`
    now.at = new Date(now.at.getTime() + 59_000)
    expect((await browser.graphql(RESEND)).errors![0]!.extensions).toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfter: 1,
    })
    now.at = new Date(now.at.getTime() + 1_000)
    expect((await browser.graphql(RESEND)).data.sendVerificationCode.resendAfterSeconds).toBe(60)
    const code = await mail.codeFor(email, 2)
    if (old !== code)
      expect((await browser.graphql(VERIFY, { code: old })).errors![0]!.extensions.code).toBe('code_wrong')
    now.at = new Date(now.at.getTime() + 10 * 60_000)
    expect((await browser.graphql(VERIFY, { code })).errors![0]!.extensions.code).toBe('code_expired')
  })

  test('the letter is in the language of the account, and the code is nowhere in the database', async () => {
    const { email, id } = await signUp('小明', 'zh-CN')
    const code = await mail.codeFor(email)
    const [letter] = await mail.to(email)
    expect(letter!.subject).toBe(`${code} 是您的 PingToken 验证码`)
    expect(letter!.from).toBe('PingToken <hello@pingtoken.example>')
    expect(letter!.html).toContain(code)
    const rows = await database.sql.query('SELECT c::text FROM email_code c WHERE user_id = $1', [id])
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(code)
  })

  test('an account that got its bonus before there was mail gets no second one', async () => {
    const person = server.browser()
    const { id } = await person.signUp(`before-${kind.name.length}@example.com`)
    const { ledger, sql, now } = server.app.services
    await sql.transaction((tx) =>
      ledger.grantBonus(tx, {
        accountId: id,
        tokens: 100_000n,
        expiresAt: new Date(now().getTime() + 86_400_000),
        models: [],
        sourceType: 'sign_up',
        sourceId: id,
        note: null,
      }),
    )
    await person.graphql(`mutation { sendVerificationCode(input: {}) { resendAfterSeconds } }`)
    const code = await mail.codeFor(`before-${kind.name.length}@example.com`)
    expect((await person.graphql(VERIFY, { code })).errors).toBeUndefined()
    expect((await person.graphql(BONUS)).data.viewer.wallet.bonusTokens).toBe('100000')
  })

  test('a new address is taken by its own code only; the old one is told', async () => {
    const { browser, email } = await signUp('mover')
    await browser.graphql(VERIFY, { code: await mail.codeFor(email) })
    const next = `moved-${kind.name.length}@example.com`
    const REQUEST = `mutation ($password: String!, $email: String!) {
      requestEmailChange(input: { email: $email, password: $password }) { viewer { email pendingEmail } } }`
    const CONFIRM = `mutation ($code: String!) { confirmEmailChange(input: { code: $code }) { viewer { email } } }`
    const ask = (variables: object) => browser.graphql(REQUEST, { email: next, password, ...variables })
    expect((await ask({ password: 'wrong' })).errors![0]!.extensions).toMatchObject({
      code: 'wrong_password',
      param: 'password',
    })
    const { email: taken } = await signUp('settled')
    expect((await ask({ email: taken.toUpperCase() })).errors![0]!.extensions.code).toBe('email_taken')
    expect((await ask({})).data.requestEmailChange.viewer).toEqual({ email, pendingEmail: next })
    const code = await mail.codeFor(next)
    expect((await browser.graphql(CONFIRM, { code })).data.confirmEmailChange.viewer.email).toBe(next)
    const [, notice] = await mail.to(email, 2)
    expect(notice!.text).toContain(next)
  })
})

test('without an SMTP server the bonus comes at sign-up, and what needs mail says so', async () => {
  const server = await startApp()
  const browser = server.browser()
  const input = { email: 'plain@example.com', password }
  const { data } = await browser.graphql(SIGN_UP, { input })
  expect(data.signUp.viewer.needsEmailVerification).toBe(false)
  expect((await browser.graphql(BONUS)).data.viewer.wallet.bonusTokens).toBe('100000')
  for (const mutation of [
    'sendVerificationCode(input: {}) { resendAfterSeconds }',
    'requestPasswordReset(input: { email: "plain@example.com" }) { ok }',
    `requestEmailChange(input: { email: "other@example.com", password: "${password}" }) { resendAfterSeconds }`,
  ])
    expect((await browser.graphql(`mutation { ${mutation} }`)).errors![0]!.extensions.code).toBe(
      'mail_unavailable',
    )
  const [{ n }] = (await server.app.services.sql.query<{ n: bigint }>(
    'SELECT count(*) AS n FROM mail_outbox',
  )) as [{ n: bigint }]
  expect(n).toBe(0n)
})
