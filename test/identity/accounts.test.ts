import { describe, expect, test } from 'vitest'
import {
  chooseCredentials,
  createSignInLink,
  redeemSignInLink,
  signIn,
  signOut,
  signUp,
  updateProfile,
} from '../../server/identity/accounts.ts'
import { createSessionCookie } from '../../server/identity/session.cookie.ts'
import { databases } from '../support/databases.ts'
import { createWorld } from '../support/world.ts'

const password = 'correct horse battery'

describe.each(databases)('accounts on $name', async (kind) => {
  if (kind.missing) return test.skip(`needs ${kind.name}: ${kind.missing}`, () => {})
  const database = await kind.open()
  const world = createWorld(database)
  const { clock } = world

  test('signing up signs in, and the password is kept as argon2id only', async () => {
    const ctx = world.identity()
    const user = await signUp(ctx, { email: 'Ada@Example.com', password, timeZone: 'Europe/Berlin' })
    expect(user).toMatchObject({ email: 'Ada@Example.com', timeZone: 'Europe/Berlin', isAdmin: false })
    await expect(ctx.sessions.viewerOf(ctx.cookies[0])).resolves.toMatchObject({ id: user.id })
    const [row] = await database.sql.query<{ password_hash: string }>(
      'SELECT password_hash FROM app_user WHERE id = $1',
      [user.id],
    )
    expect(row!.password_hash).toMatch(/^\$argon2id\$/)
    const [session] = await database.sql.query('SELECT s::text FROM user_session s WHERE user_id = $1', [
      user.id,
    ])
    expect(JSON.stringify(session)).not.toContain(ctx.cookies[0]!.split('.')[1])
  })

  test('one address, one account, whatever its case', async () => {
    await signUp(world.identity(), { email: 'grace@example.com', password })
    await expect(signUp(world.identity(), { email: 'GRACE@example.com', password })).rejects.toMatchObject({
      code: 'email_taken',
    })
  })

  test('an unknown address and a wrong password are told apart by nobody', async () => {
    await signUp(world.identity(), { email: 'alan@example.com', password })
    const wrong = await signIn(world.identity(), 'alan@example.com', 'not the password').catch(
      (error) => error,
    )
    const unknown = await signIn(world.identity(), 'nobody@example.com', password).catch((error) => error)
    expect(wrong).toMatchObject({ code: 'wrong_credentials' })
    expect({ ...unknown, stack: '' }).toEqual({ ...wrong, stack: '' })
  })

  test.each([
    ['short', 'tiny'],
    ['common', 'Password123'],
    ['one character', 'aaaaaaaaaaaa'],
    ['the address itself', 'erin@example.com'],
    ['too long', 'ä'.repeat(200)],
  ])('a password that is %s is refused, by name', async (_, bad) => {
    await expect(
      signUp(world.identity(), { email: 'erin@example.com', password: bad }),
    ).rejects.toMatchObject({
      code: 'invalid_request',
      detail: { param: 'password' },
    })
  })

  test('a signed-out session opens nothing, at once', async () => {
    const ctx = world.identity()
    await signUp(ctx, { email: 'kay@example.com', password })
    const cookie = ctx.cookies[0]!
    await signOut(ctx)
    await expect(ctx.sessions.viewerOf(cookie)).resolves.toBeUndefined()
    expect(ctx.cookies.at(-1)).toBe('')
  })

  test('a session ends after a fortnight without use, and after thirty days of it', async () => {
    const ctx = world.identity()
    const start = clock.now.getTime()
    await signUp(ctx, { email: 'idle@example.com', password })
    const alive = async (days: number) => {
      clock.now = new Date(start + days * 86_400_000)
      return Boolean(await ctx.sessions.viewerOf(ctx.cookies[0]))
    }
    expect(await alive(13)).toBe(true)
    expect(await alive(26)).toBe(true)
    expect(await alive(30)).toBe(false)
    clock.now = new Date(start)

    const idle = world.identity()
    await signUp(idle, { email: 'idler@example.com', password })
    clock.now = new Date(start + 14 * 86_400_000)
    expect(await idle.sessions.viewerOf(idle.cookies[0])).toBeUndefined()
    clock.now = new Date(start)
  })

  test('a session made up or altered opens nothing', async () => {
    const ctx = world.identity()
    await signUp(ctx, { email: 'mallory@example.com', password })
    const [id, secret] = ctx.cookies[0]!.split('.')
    for (const forged of [
      `${id}.`,
      `${id}.${secret!.startsWith('x') ? 'y' : 'x'}${secret!.slice(1)}`,
      `x.${secret}`,
      `${id}`,
      '..',
      "' OR 1=1",
    ])
      expect(await ctx.sessions.viewerOf(forged)).toBeUndefined()
  })

  test('a sign-in link works once, and a newer one ends it', async () => {
    const person = await world.person()
    const old = await createSignInLink(database.sql, person.id, clock.now)
    const link = await createSignInLink(database.sql, person.id, clock.now)
    await expect(redeemSignInLink(world.identity(), old)).rejects.toMatchObject({
      code: 'sign_in_link_invalid',
    })
    await expect(redeemSignInLink(world.identity(), link)).resolves.toMatchObject({ id: person.id })
    await expect(redeemSignInLink(world.identity(), link)).rejects.toMatchObject({
      code: 'sign_in_link_invalid',
    })
  })

  test('the eleventh guess of a password in five minutes is not looked at', async () => {
    const ctx = world.identity('198.51.100.4')
    await signUp(world.identity(), { email: 'target@example.com', password })
    for (let i = 0; i < 10; i++)
      await expect(signIn(ctx, 'target@example.com', `guess number ${i}`)).rejects.toMatchObject({
        status: 401,
      })
    await expect(signIn(ctx, 'target@example.com', password)).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      detail: { retryAfter: expect.any(Number) },
    })
  })

  test('a stranger who guesses keeps nobody out, and an address that has used up its attempts takes none elsewhere', async () => {
    const stranger = world.identity('2001:db8:7:7::1')
    const { attempts } = stranger
    const from = (ip: string) => signIn({ ...world.identity(ip), attempts }, 'victim@example.com', password)
    await signUp(world.identity(), { email: 'victim@example.com', password })
    for (let i = 0; i < 30; i++)
      await expect(signIn(stranger, 'victim@example.com', `guess number ${i}`)).rejects.toThrow()
    await expect(from('198.51.100.5')).resolves.toMatchObject({ email: 'victim@example.com' })
    // Another address of the same network is the same stranger.
    await expect(from('2001:db8:7:7::2')).rejects.toMatchObject({ code: 'rate_limit_exceeded' })
  })

  test('only the first administrator chooses credentials, and only once', async () => {
    const person = await world.person()
    const identity = { ...world.identity(), viewer: world.as(person).viewer }
    await expect(chooseCredentials(identity, { email: 'boss@example.com', password })).rejects.toMatchObject({
      code: 'admin_required',
    })
    const admin = { ...world.identity(), viewer: world.asAdmin(person).viewer }
    const chosen = { email: 'boss@example.com', password, locale: 'zh-CN', timeZone: 'Europe/Berlin' }
    const outcomes = await Promise.allSettled([
      chooseCredentials(admin, chosen),
      chooseCredentials(admin, chosen),
    ])
    const { password: _, ...told } = chosen
    expect(outcomes).toContainEqual({ status: 'fulfilled', value: expect.objectContaining(told) })
    expect(outcomes).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ code: 'credentials_chosen' }),
    })
  })

  test('nobody takes the address of another, nor an unknown zone', async () => {
    const other = await signUp(world.identity(), { email: 'first@example.com', password })
    const admin = { ...world.identity(), viewer: world.asAdmin(await world.person()).viewer }
    await expect(chooseCredentials(admin, { email: other.email, password })).rejects.toMatchObject({
      code: 'email_taken',
    })
    await expect(
      chooseCredentials(admin, { email: 'x@example.com', password, timeZone: 'Mars/Olympus' }),
    ).rejects.toMatchObject({ detail: { param: 'timeZone' } })
  })

  test('a profile takes known languages and time zones only', async () => {
    const person = await world.person()
    const ctx = { ...world.identity(), viewer: world.as(person).viewer }
    await expect(updateProfile(ctx, { timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
      detail: { param: 'timeZone' },
    })
    await expect(updateProfile(ctx, { locale: 'tlh' })).rejects.toMatchObject({ detail: { param: 'locale' } })
    await expect(updateProfile(ctx, { locale: 'zh-CN', displayName: ' 小明 ' })).resolves.toMatchObject({
      locale: 'zh-CN',
      displayName: '小明',
    })
  })
})

test('behind https the cookie is Secure and bound to the host', () => {
  expect(createSessionCookie('https://example.com').set('v')).toMatch(
    /^__Host-session=v; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=\d+$/,
  )
  expect(createSessionCookie('http://127.0.0.1:3000').set('v')).toMatch(
    /^session=v; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/,
  )
})

test('the cookie is found among others, by its whole name', () => {
  const cookie = createSessionCookie('http://localhost')
  expect(cookie.read('xsession=1; session=2; other=3')).toBe('2')
  expect(cookie.read(undefined)).toBeUndefined()
})
