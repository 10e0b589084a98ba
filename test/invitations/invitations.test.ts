import { expect } from 'vitest'
import { rewardDue } from '../../server/invitations/rewards.ts'
import { newId } from '../../server/platform/ids.ts'
import type { Browser } from '../support/app.ts'
import { address, describeMarket, type Market, type Shopper } from '../support/market.ts'

const SIGN_UP = 'mutation ($input: SignUpInput!) { signUp(input: $input) { viewer { id } } }'
const INVITATIONS =
  '{ viewer { invitations { edges { node { id status invitee inviterTokens inviteeTokens } } } } }'

const codeOf = async (person: Shopper) =>
  (await person.ask('{ viewer { inviteOffer { code url } } }')).viewer.inviteOffer.code as string

async function signUp(
  market: Market,
  inviteCode: string,
  { email = `guest-${newId()}@example.com`, from = address() } = {},
) {
  const browser = market.testApp.browser()
  browser.headers['x-forwarded-for'] = from
  const { data, errors } = await browser.graphql(SIGN_UP, {
    input: { email, password: 'correct horse battery', inviteCode },
  })
  return { browser, id: data?.signUp?.viewer.id as string, error: errors?.[0]?.extensions }
}

const invitations = async (person: Shopper) =>
  (await person.ask(INVITATIONS)).viewer.invitations.edges.map(({ node }: any) => node)

const bonusOf = async (market: Market, id: string) =>
  (await market.testApp.app.services.ledger.balances(id)).bonusTokens

/** A request of the guest's that the wallet pays for. */
async function payForSomething(market: Market, { id, browser }: { id: string; browser: Browser }) {
  const { ledger, sql, rewards } = market.testApp.app.services
  const grants = await sql.query<{ id: bigint; remaining: bigint }>(
    'SELECT id, remaining FROM bucket WHERE account_id = $1 AND remaining > 0',
    [id],
  )
  await sql.transaction(async (tx) => {
    for (const grant of grants)
      await ledger.adjust(tx, {
        accountId: id,
        sourceType: 'test',
        sourceId: newId(),
        note: null,
        kind: 'adjustment',
        bucketId: grant.id,
        amount: -grant.remaining,
      })
  })
  await market.topUp(id, '1')
  const { data } = await browser.graphql('mutation { createApiToken(input: { name: "first" }) { secret } }')
  const answer = await fetch(`${market.testApp.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${data.createApiToken.secret}` },
    body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  expect(answer.status).toBe(200)
  await expect.poll(() => bonusOf(market, id), { timeout: 5_000 }).toBeGreaterThan(0n)
  await rewards.settled()
}

/** As if real money had come in for the guest. */
async function makeDue(market: Market, userId: string) {
  const { sql, ledger } = market.testApp.app.services
  const orderId = newId()
  await sql.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO payment_order (id, user_id, provider, amount_fen, status, expires_at, credited_at, created_at)
         VALUES ($1, $2, 'bank', 100, 'credited', now(), now(), now())`,
      [orderId, userId],
    )
    const source = { accountId: userId, sourceType: 'payment_order', sourceId: orderId, note: null }
    await ledger.creditWallet(tx, { ...source, amount: 1_000_000_000n, kind: 'top_up' })
  })
}

describeMarket('invitations', (promise) => {
  promise(
    'both sides are rewarded when the invited account first pays from its wallet, not at sign-up',
    async (market) => {
      const inviter = await market.shopper()
      const guest = await signUp(market, await codeOf(inviter))
      expect(guest.error).toBeUndefined()
      expect(await invitations(inviter)).toMatchObject([{ status: 'WAITING', inviterTokens: null }])
      expect(await bonusOf(market, inviter.id)).toBe(0n)
      await payForSomething(market, guest)
      expect(await invitations(inviter)).toMatchObject([
        { status: 'REWARDED', inviterTokens: '100000', inviteeTokens: '100000' },
      ])
      expect(await bonusOf(market, inviter.id)).toBe(100_000n)
      expect(await bonusOf(market, guest.id)).toBe(100_000n)
    },
  )

  promise('a reward is paid once, however many look for it', async (market) => {
    const inviter = await market.shopper()
    const guest = await signUp(market, (await codeOf(inviter)).toLowerCase())
    await payForSomething(market, guest)
    await Promise.all(Array.from({ length: 8 }, () => rewardDue(market.testApp.app.services)))
    expect(await bonusOf(market, inviter.id)).toBe(100_000n)
  })

  promise('a sandbox top-up, a code or the bonus earn nobody a reward', async (market) => {
    const inviter = await market.shopper()
    const guest = await signUp(market, await codeOf(inviter))
    await market.topUp(guest.id, '10')
    const { sql, ledger } = market.testApp.app.services
    const orderId = newId()
    await sql.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO payment_order (id, user_id, provider, amount_fen, status, expires_at, credited_at, created_at)
           VALUES ($1, $2, 'sandbox', 100, 'credited', now(), now(), now())`,
        [orderId, guest.id],
      )
      const source = { accountId: guest.id, sourceType: 'payment_order', sourceId: orderId, note: null }
      await ledger.creditWallet(tx, { ...source, amount: 1_000_000_000n, kind: 'top_up' })
    })
    await rewardDue(market.testApp.app.services)
    expect(await invitations(inviter)).toMatchObject([{ status: 'WAITING' }])
    await market.testApp.app.services.sql.query(
      "UPDATE payment_order SET provider = 'bank' WHERE user_id = $1",
      [guest.id],
    )
    await rewardDue(market.testApp.app.services)
    expect(await invitations(inviter)).toMatchObject([{ status: 'REWARDED' }])
  })

  promise(
    'T35: nobody invites themselves, by an alias either, and an unknown code is named',
    async (market) => {
      const inviter = await market.shopper()
      const code = await codeOf(inviter)
      const alias = inviter.email.replace('@', '+again@')
      expect((await signUp(market, code, { email: alias })).error).toMatchObject({
        code: 'self_invitation',
        param: 'inviteCode',
      })
      const google = `g.${inviter.id}`
      await market.testApp.app.services.sql.query('UPDATE app_user SET email = $2 WHERE id = $1', [
        inviter.id,
        `${google}@gmail.com`,
      ])
      const other = `${google.replace('.', '')}@googlemail.com`
      expect((await signUp(market, code, { email: other })).error).toMatchObject({ code: 'self_invitation' })
      expect((await signUp(market, 'NOTACODE')).error).toMatchObject({
        code: 'invalid_request',
        param: 'inviteCode',
      })
      expect(await invitations(inviter)).toEqual([])
    },
  )

  promise('T35: above the monthly cap the guest is rewarded and the inviter is not', async (market) => {
    const { settings } = market.testApp.app.services
    const inviter = await market.shopper()
    const code = await codeOf(inviter)
    const before = settings.values.invitationsPerMonth
    settings.values.invitationsPerMonth = 1
    const [first, second] = [await signUp(market, code), await signUp(market, code)]
    await payForSomething(market, first)
    await payForSomething(market, second)
    settings.values.invitationsPerMonth = before
    expect((await invitations(inviter)).map(({ status }: any) => status)).toEqual(['CAPPED', 'REWARDED'])
    expect(await bonusOf(market, inviter.id)).toBe(100_000n)
    expect(await bonusOf(market, second.id)).toBe(100_000n)
  })

  promise('T35: abuse is clawed back by entries of its own, and never rewarded again', async (market) => {
    const [inviter, admin] = [await market.shopper(), await market.admin()]
    const code = await codeOf(inviter)
    const [paid, waiting] = [await signUp(market, code), await signUp(market, code)]
    await payForSomething(market, paid)
    for (const { id } of await invitations(inviter)) {
      const input = { id, reason: 'made up accounts' }
      expect((await inviter.refused('revokeInvitation', input, 'invitation { id }')).code).toBe(
        'admin_required',
      )
      await admin.do('revokeInvitation', input, 'invitation { status }')
    }
    await rewardDue(market.testApp.app.services)
    expect((await invitations(inviter)).map(({ status }: any) => status)).toEqual(['REVOKED', 'REVOKED'])
    for (const id of [inviter.id, paid.id]) expect(await bonusOf(market, id)).toBe(0n)
    expect(await bonusOf(market, waiting.id)).toBeLessThanOrEqual(100_000n)
    const entries = await market.testApp.app.services.sql.query(
      "SELECT 1 FROM ledger_entry WHERE account_id = $1 AND kind = 'clawback' AND note = 'made up accounts'",
      [inviter.id],
    )
    expect(entries).toHaveLength(1)
  })

  promise(
    'T35: sign-up bonuses from one address are counted, further accounts begin without',
    async (market) => {
      const inviter = await market.shopper()
      const code = await codeOf(inviter)
      const { sql } = market.testApp.app.services
      await sql.query('DELETE FROM sign_up_bonus_count')
      const from = address()
      const bonuses = []
      for (let n = 0; n < 7; n++)
        bonuses.push(await bonusOf(market, (await signUp(market, code, { from })).id))
      expect(bonuses).toEqual([...Array(5).fill(100_000n), 0n, 0n])
    },
  )

  promise(
    'a reward that is held waits, though it is due; released, it is given once, and only operators read why',
    async (market) => {
      const [inviter, admin] = [await market.shopper(), await market.admin()]
      const guest = await signUp(market, await codeOf(inviter))
      const [{ id }] = await invitations(inviter)
      const hold = { id, reason: 'one card, nine accounts' }
      for (const deed of ['holdInvitation', 'releaseInvitation'])
        expect((await inviter.refused(deed, hold, 'invitation { id }')).code).toBe('admin_required')
      expect(await admin.do('holdInvitation', hold, 'invitation { status }')).toEqual({
        invitation: { status: 'HELD' },
      })
      expect((await admin.refused('holdInvitation', hold, 'invitation { id }')).code).toBe(
        'invitation_not_pending',
      )
      await market.topUp(guest.id, '1')
      await makeDue(market, guest.id)
      await rewardDue(market.testApp.app.services)
      expect(await invitations(inviter)).toMatchObject([{ status: 'HELD', inviterTokens: null }])
      expect(await bonusOf(market, inviter.id)).toBe(0n)

      const seen = await inviter.ask(
        '{ viewer { invitations { edges { node { status parties { heldBecause } } } } } }',
      )
      expect(JSON.stringify(seen)).not.toContain('nine accounts')
      const { invitations: all } = await admin.ask(
        'query ($id: ID) { invitations(userId: $id) { edges { node { parties { heldBecause } } } } }',
        { id: inviter.id },
      )
      expect(all.edges[0].node.parties.heldBecause).toBe('one card, nine accounts')

      const release = { id, reason: 'a family, it turned out' }
      expect(await admin.do('releaseInvitation', release, 'invitation { status }')).toEqual({
        invitation: { status: 'REWARDED' },
      })
      expect((await admin.refused('releaseInvitation', release, 'invitation { id }')).code).toBe(
        'invitation_not_held',
      )
      await rewardDue(market.testApp.app.services)
      expect(await bonusOf(market, inviter.id)).toBe(100_000n)
      const deeds = await market.testApp.app.services.sql.query(
        'SELECT action, reason FROM audit_entry WHERE target = $1 ORDER BY id',
        [id],
      )
      expect(deeds).toEqual([
        { action: 'hold_invitation', reason: 'one card, nine accounts' },
        { action: 'release_invitation', reason: 'a family, it turned out' },
      ])
    },
  )

  promise('while a reward is being given and held at once, it is one or the other', async (market) => {
    const [inviter, admin] = [await market.shopper(), await market.admin()]
    const code = await codeOf(inviter)
    for (let n = 0; n < 6; n++) await makeDue(market, (await signUp(market, code)).id)
    const rows = await invitations(inviter)
    await Promise.all([
      rewardDue(market.testApp.app.services),
      ...rows.map(({ id }: { id: string }) =>
        admin.send(
          'mutation ($input: HoldInvitationInput!) { holdInvitation(input: $input) { invitation { id } } }',
          { input: { id, reason: 'looking' } },
        ),
      ),
    ])
    await rewardDue(market.testApp.app.services)
    const after = await invitations(inviter)
    const rewarded = after.filter(({ status }: any) => status === 'REWARDED')
    expect(after.filter(({ status }: any) => status === 'HELD')).toHaveLength(6 - rewarded.length)
    expect(await bonusOf(market, inviter.id)).toBe(BigInt(rewarded.length) * 100_000n)
  })

  promise('opened links are counted as a number a day, nothing of the visitor is kept', async (market) => {
    const inviter = await market.shopper()
    const code = await codeOf(inviter)
    const visit = async (visited: string, from = address()) => {
      const browser = market.testApp.browser()
      browser.headers['x-forwarded-for'] = from
      return browser.graphql(
        'mutation ($input: CountInvitationVisitInput!) { countInvitationVisit(input: $input) { ok } }',
        { input: { code: visited } },
      )
    }
    const known = await visit(code)
    const unknown = await visit('NOTACODE')
    expect([known.data, unknown.data]).toEqual(Array(2).fill({ countInvitationVisit: { ok: true } }))
    await visit(code.toLowerCase())
    await signUp(market, code)
    const funnel = 'invitationFunnel { clicked signedUp used rewarded }'
    expect((await inviter.ask(`{ viewer { ${funnel} } }`)).viewer.invitationFunnel).toEqual({
      clicked: 2,
      signedUp: 1,
      used: 0,
      rewarded: 0,
    })
    const other = await market.shopper()
    expect((await other.ask(`{ viewer { ${funnel} } }`)).viewer.invitationFunnel.clicked).toBe(0)
    const whole = (await (await market.admin()).ask(`{ ${funnel} }`)).invitationFunnel
    expect(whole.clicked).toBeGreaterThanOrEqual(2)
    const rows = await market.testApp.app.services.sql.query<object>(
      'SELECT * FROM invitation_visit WHERE inviter_id = $1',
      [inviter.id],
    )
    expect(rows.map((row) => Object.keys(row))).toEqual([['inviter_id', 'day', 'visits']])
    const from = address()
    const answers = []
    for (let n = 0; n < 31; n++) answers.push(await visit(code, from))
    expect(answers.at(-1)!.errors?.[0]?.extensions.code).toBe('rate_limit_exceeded')
  })
})
