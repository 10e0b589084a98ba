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
})
