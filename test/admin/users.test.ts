import { expect } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { createCustomer } from '../support/customer.ts'
import { describeMarket, key } from '../support/market.ts'

const USER = 'user { id wallet quota terms { planId requestsPerMinute contextTokensMax activeTokensMax } }'
const deeds = `query ($target: String) { auditEntries(first: 10, filter: { target: $target }) { edges { node {
  action reason changes { field before after } } } } }`

describeMarket('what an operator does for one user', (promise) => {
  promise('finding: by address, ids, the start of an API token and its last four', async (market) => {
    const admin = await market.admin()
    const customer = await createCustomer(market.testApp)
    const answer = await customer.chat()
    await expect.poll(async () => (await customer.records()).length).toBe(1)
    const found = async (search: string) => {
      const { users } = await admin.ask(
        'query ($s: String) { users(search: $s) { edges { node { id } } } }',
        {
          s: search,
        },
      )
      return users.edges.map(({ node }: any) => node.id)
    }
    const requestId = answer.headers.get('x-request-id')!
    for (const search of [
      customer.id,
      customer.tokenId,
      requestId,
      customer.secret,
      customer.secret.slice(-4),
    ])
      expect(await found(search)).toContain(customer.id)
    expect(await found(newId())).toEqual([])
  })

  promise('limits: raised and lowered, the next request obeys; strangers may not', async (market) => {
    const [admin, person] = [await market.admin(), await market.shopper()]
    const customer = await createCustomer(market.testApp)
    const limit = async () => (await customer.chat()).headers.get('x-ratelimit-limit-requests')
    expect(await limit()).toBe('60')
    const raise = {
      userId: customer.id,
      requestsPerMinute: 900,
      contextUnlimited: true,
      reason: 'asked nicely',
    }
    expect((await person.refused('setUserLimits', raise, USER)).code).toBe('admin_required')
    const { user } = await admin.do('setUserLimits', raise, USER)
    expect(user.terms).toEqual({
      planId: 'free',
      requestsPerMinute: 900,
      contextTokensMax: null,
      activeTokensMax: 10,
    })
    expect(await limit()).toBe('900')
    const long = { messages: [{ role: 'user', content: 'long words '.repeat(6_000) }] }
    expect((await customer.chat(long)).status).toBe(200)
    await admin.do('setUserLimits', { userId: customer.id, requestsPerMinute: 5, reason: 'too much' }, USER)
    expect([await limit(), (await customer.chat(long)).status]).toEqual(['5', 400])
    const { auditEntries } = await admin.ask(deeds, { target: customer.id })
    expect(auditEntries.edges[0].node).toMatchObject({ action: 'set_user_limits', reason: 'too much' })
    expect(auditEntries.edges[0].node.changes).toContainEqual({
      field: 'requestsPerMinute',
      before: '900',
      after: '5',
    })
  })

  promise(
    'plans: given for nothing, ended with or without the unused part of what was paid',
    async (market) => {
      const admin = await market.admin()
      const person = await market.shopper('49')
      const reason = 'a gift'
      await person.do('buyPlan', { planId: 'pro', idempotencyKey: key() }, 'subscription { id }')
      const give = { userId: person.id, planId: 'pro', creditUnused: true, reason, idempotencyKey: key() }
      expect((await person.refused('giveUserPlan', give, USER)).code).toBe('admin_required')
      const later = () => (market.clock.now = new Date(market.clock.now.getTime() + 3_600_000))
      later()
      const { user } = await admin.do('giveUserPlan', give, USER)
      await admin.do('giveUserPlan', give, USER)
      expect(user).toMatchObject({ quota: '60', terms: { planId: 'pro' } })
      const { viewer } = await person.ask(
        '{ viewer { wallet { entries(first: 2, filter: { pool: QUOTA }) { edges { node { kind } } } } } }',
      )
      expect(viewer.wallet.entries.edges[0].node).toEqual({ kind: 'GRANT' })
      // An hour of a month was used.
      expect(Number(user.wallet)).toBeCloseTo(49 - 49 / 720, 1)
      later()
      const end = { userId: person.id, creditUnused: true, reason, now: true, idempotencyKey: key() }
      const ended = await admin.do('endUserPlan', end, USER)
      expect(ended.user).toMatchObject({ wallet: user.wallet, quota: '0', terms: { planId: 'free' } })
      const again = { ...end, idempotencyKey: key() }
      expect((await admin.refused('endUserPlan', again, USER)).code).toBe('no_subscription')
      const { auditEntries } = await admin.ask(deeds, { target: person.id })
      expect(auditEntries.edges.map(({ node }: any) => node.action)).toEqual([
        'end_user_plan',
        'give_user_plan',
      ])
    },
  )

  promise('access: API tokens are paused, resumed and revoked, sessions ended, at once', async (market) => {
    const [admin, person] = [await market.admin(), await market.shopper()]
    const customer = await createCustomer(market.testApp)
    const stop = { apiTokenId: customer.tokenId, reason: 'leaked' }
    const statuses = []
    for (const deed of ['PAUSE', 'RESUME', 'REVOKE']) {
      expect((await person.refused('stopApiToken', { ...stop, deed }, 'apiToken { id }')).code).toBe(
        'admin_required',
      )
      await admin.do('stopApiToken', { ...stop, deed }, 'apiToken { id status }')
      statuses.push((await customer.chat()).status)
    }
    expect(statuses).toEqual([401, 200, 401])
    const late = await admin.refused('stopApiToken', { ...stop, deed: 'RESUME' }, 'apiToken { id }')
    expect(late.code).toBe('api_token_revoked')
    const end = { userId: person.id, reason: 'a lost laptop' }
    expect((await person.refused('endUserSessions', end, USER)).code).toBe('admin_required')
    await admin.do('endUserSessions', end, USER)
    expect((await person.send('{ viewer { id } }')).data.viewer).toBeNull()
  })

  promise('looking: balances, requests with receipts and tokens of somebody else', async (market) => {
    const admin = await market.admin()
    const customer = await createCustomer(market.testApp, { money: 5_000_000_000n })
    await customer.chat()
    await expect.poll(async () => (await customer.records()).length).toBe(1)
    const { user } = await admin.ask(
      `query ($id: ID!) { user(id: $id) { openSessions subscription { id }
         books { wallet entries(first: 1) { edges { node { kind money } } } }
         apiTokens { edges { node { id lastFour status } } }
         usageRecords { edges { node { cost apiToken { name } receipt { legs { pool money } } } } } } }`,
      { id: customer.id },
    )
    const [{ node: record }] = user.usageRecords.edges
    expect(record).toMatchObject({
      apiToken: { name: 'test' },
      receipt: { legs: [{ pool: 'WALLET', money: record.cost }] },
    })
    expect(user.books.entries.edges[0].node).toEqual({ kind: 'USAGE', money: `-${record.cost}` })
    expect(user.apiTokens.edges[0].node).toMatchObject({ id: customer.tokenId, status: 'ACTIVE' })
    expect([user.openSessions, user.subscription]).toEqual([1, null])
  })

  promise(
    'sessions and invitations of one user, with both addresses for the operator alone',
    async (market) => {
      const [admin, inviter] = [await market.admin(), await market.shopper()]
      const { viewer } = await inviter.ask('{ viewer { inviteOffer { code } } }')
      const { data } = await market.testApp
        .browser()
        .graphql('mutation ($input: SignUpInput!) { signUp(input: $input) { viewer { id email } } }', {
          input: {
            email: `guest-${newId()}@example.com`,
            password: 'a long enough word',
            inviteCode: viewer.inviteOffer.code,
          },
        })
      const guest = data.signUp.viewer
      const { invitations, user } = await admin.ask(
        `query ($id: ID!) {
        invitations(userId: $id) { edges { node { parties { inviterEmail inviteeEmail } } } }
        user(id: $id) { sessions { edges { node { ip isCurrent } } } }
      }`,
        { id: guest.id },
      )
      expect(invitations.edges.map(({ node }: any) => node.parties)).toEqual([
        { inviterEmail: inviter.email, inviteeEmail: guest.email },
      ])
      expect(user.sessions.edges).toMatchObject([{ node: { isCurrent: false } }])
      const own = await inviter.ask(
        '{ viewer { invitations { edges { node { invitee parties { inviteeId } } } } } }',
      )
      expect(own.viewer.invitations.edges).toEqual([{ node: { invitee: 'g…@example.com', parties: null } }])
    },
  )
})
