import { expect } from 'vitest'
import { expireBuckets } from '../../server/ledger/expiry.ts'
import { renewSubscriptions } from '../../server/plans/renewals.ts'
import { describeMarket, key, type Market, type Shopper } from '../support/market.ts'

const SUBSCRIPTION = `subscription { status periodStart periodEnd paid cancelAtPeriodEnd plan { id versionId price }
  nextPlan { id } retryUntil }`

const buy = (person: Shopper, planId = 'pro', idempotencyKey = key()) =>
  person.do('buyPlan', { planId, idempotencyKey }, SUBSCRIPTION)

const shown = async (person: Shopper) => {
  const { viewer } = await person.ask(`{ viewer { ${SUBSCRIPTION} planName } }`)
  return viewer
}

const terms = (price: string, quota: string, months = 1) => ({
  price,
  quota,
  months,
  requestsPerMinute: 900,
  contextTokensMax: null,
  activeTokensMax: 100,
  discountPpm: 700_000,
})

/** A plan of its own for each test, because the shop is shared. */
async function plan(market: Market, price: string, quota = price, months = 1): Promise<string> {
  const admin = await market.admin()
  const id = `plan-${key().slice(-12)}`
  await admin.do(
    'createPlan',
    { id, name: id, position: 9, terms: terms(price, quota, months) },
    'plan { id }',
  )
  return id
}

const renew = ({ testApp }: Market) => renewSubscriptions(testApp.app.services)
const at = (market: Market, iso: string) => (market.clock.now = new Date(iso))

describeMarket('subscriptions', (promise) => {
  promise('a plan is paid from the wallet and gives its quota for a calendar month', async (market) => {
    const person = await market.shopper('50')
    const { subscription } = await buy(person)
    expect(subscription).toMatchObject({
      status: 'ACTIVE',
      paid: '49',
      periodStart: '2026-11-24T08:00:00.000Z',
      periodEnd: '2026-12-24T08:00:00.000Z',
      nextPlan: { id: 'pro' },
    })
    expect(await person.balance()).toMatchObject({ wallet: '1', quota: '60' })
    expect((await shown(person)).planName).toBe('Pro')
  })

  promise('T21: forty clicks with one key buy once', async (market) => {
    const person = await market.shopper('1000')
    const one = key()
    const bought = await Promise.all(
      Array.from({ length: 40 }, () =>
        person.send(`mutation ($input: BuyPlanInput!) { buyPlan(input: $input) { ${SUBSCRIPTION} } }`, {
          input: { planId: 'pro', idempotencyKey: one },
        }),
      ),
    )
    const codes = bought.map(({ errors }) => errors?.[0]?.extensions.code ?? 'bought')
    // Whoever asks while the first is still at work is told so; everybody else gets the same answer.
    expect(codes.filter((code) => code !== 'bought' && code !== 'request_in_progress')).toEqual([])
    expect(codes).toContain('bought')
    expect(await person.balance()).toMatchObject({ wallet: '951', quota: '60' })
  })

  promise(
    'purchases at the same time with keys of their own buy one, though the clock goes on',
    async (market) => {
      const person = await market.shopper('500')
      const start = market.clock.now.getTime()
      let read = 0
      // Every look at the clock is later than the one before, as it is for people.
      Object.defineProperty(market.clock, 'now', { get: () => new Date(start + read++), configurable: true })
      const answers = await Promise.all(
        Array.from({ length: 6 }, () =>
          person.send(`mutation ($input: BuyPlanInput!) { buyPlan(input: $input) { ${SUBSCRIPTION} } }`, {
            input: { planId: 'pro', idempotencyKey: key() },
          }),
        ),
      )
      Object.defineProperty(market.clock, 'now', {
        value: new Date(start + 1_000),
        writable: true,
        configurable: true,
      })
      const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'bought').sort()
      expect(codes).toEqual(['bought', ...Array(5).fill('subscription_running')])
      expect(await person.balance()).toMatchObject({ wallet: '451', quota: '60' })
    },
  )

  promise('T21: forty purchases with money for one buy one', async (market) => {
    const person = await market.shopper('60')
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        person.send(`mutation ($input: BuyPlanInput!) { buyPlan(input: $input) { ${SUBSCRIPTION} } }`, {
          input: { planId: 'pro', idempotencyKey: key() },
        }),
      ),
    )
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
    const codes = new Set(
      answers.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []),
    )
    expect([...codes]).toEqual(['subscription_running'])
    expect(await person.balance()).toMatchObject({ wallet: '11', quota: '60' })
  })

  promise(
    'a wallet that has too little buys nothing, and the refusal is repeated, not forgotten',
    async (market) => {
      const person = await market.shopper('48.99')
      const idempotencyKey = key()
      const first = await person.refused('buyPlan', { planId: 'pro', idempotencyKey }, SUBSCRIPTION)
      expect(first).toMatchObject({ code: 'insufficient_balance' })
      await market.topUp(person.id, '10')
      expect((await person.refused('buyPlan', { planId: 'pro', idempotencyKey }, SUBSCRIPTION)).code).toBe(
        'insufficient_balance',
      )
      await buy(person)
      expect(await person.balance()).toMatchObject({ wallet: '9.99', quota: '60' })
    },
  )

  promise('T34: a key used with other arguments is refused', async (market) => {
    const person = await market.shopper('500')
    const idempotencyKey = key()
    await buy(person, 'pro', idempotencyKey)
    const other = await plan(market, '99')
    const refusal = await person.refused('buyPlan', { planId: other, idempotencyKey }, SUBSCRIPTION)
    expect(refusal).toMatchObject({ code: 'idempotency_mismatch' })
    expect(await person.balance()).toMatchObject({ wallet: '451' })
  })

  promise('Free and a second plan are not for sale to somebody with a plan', async (market) => {
    const person = await market.shopper('500')
    const input = (planId: string) => ({ planId, idempotencyKey: key() })
    expect((await person.refused('buyPlan', input('free'), SUBSCRIPTION)).code).toBe('plan_not_for_sale')
    expect((await person.refused('buyPlan', input('gold'), SUBSCRIPTION)).code).toBe('plan_not_found')
    await buy(person)
    expect((await person.refused('buyPlan', input('pro'), SUBSCRIPTION)).code).toBe('subscription_running')
    expect((await person.refused('changePlan', input('pro'), SUBSCRIPTION)).code).toBe('plan_unchanged')
  })

  promise('T31: an upgrade at half time credits half the price and begins a new period', async (market) => {
    const dearer = await plan(market, '99', '120')
    const person = await market.shopper('49')
    at(market, '2026-11-01T00:00:00Z')
    await buy(person)
    await market.topUp(person.id, '100')
    at(market, '2026-11-16T00:00:00Z')
    const { previewPlanChange: quote } = await person.ask(
      'query ($id: ID!) { previewPlanChange(planId: $id) { effect credit due shortfall periodEnd } }',
      { id: dearer },
    )
    expect(quote).toEqual({
      effect: 'NOW',
      credit: '24.5',
      due: '74.5',
      shortfall: '0',
      periodEnd: '2026-12-16T00:00:00.000Z',
    })
    const { subscription } = await person.do(
      'changePlan',
      { planId: dearer, idempotencyKey: key() },
      SUBSCRIPTION,
    )
    expect(subscription).toMatchObject({ plan: { id: dearer }, paid: '99', periodEnd: quote.periodEnd })
    // 100 + 24.5 − 99, and only the new plan's quota.
    expect(await person.balance()).toMatchObject({ wallet: '25.5', quota: '120' })
    // Until the old quota is written off it is in the books, told apart from what can pay.
    const sums = async () => {
      const { viewer } = await person.ask('{ viewer { wallet { statement { pool closing ended } } } }')
      return viewer.wallet.statement
    }
    expect(await sums()).toMatchObject([
      { ended: '0' },
      { pool: 'QUOTA', closing: '180', ended: '60' },
      { closing: '25.5', ended: '0' },
    ])
    at(market, '2026-11-16T02:00:00Z')
    await expireBuckets(market.testApp.app.services.sql, market.clock.now)
    expect((await sums())[1]).toMatchObject({ closing: '120', ended: '0' })
  })

  promise('T31: a downgrade waits for the end, and can be taken back until then', async (market) => {
    const cheaper = await plan(market, '9', '10')
    const person = await market.shopper('200')
    at(market, '2026-11-01T00:00:00Z')
    await buy(person)
    const change = () => person.do('changePlan', { planId: cheaper, idempotencyKey: key() }, SUBSCRIPTION)
    expect((await change()).subscription).toMatchObject({ plan: { id: 'pro' }, nextPlan: { id: cheaper } })
    const { data } = await person.send(`mutation { resumePlan { ${SUBSCRIPTION} } }`)
    expect(data.resumePlan.subscription.nextPlan).toEqual({ id: 'pro' })
    await change()
    at(market, '2026-12-01T00:00:00Z')
    await renew(market)
    expect((await shown(person)).subscription).toMatchObject({ plan: { id: cheaper }, paid: '9' })
    expect(await person.balance()).toMatchObject({ wallet: '142', quota: '10' })
  })

  promise('T30: a period ends at its last moment and not before', async (market) => {
    const person = await market.shopper('49')
    at(market, '2026-11-01T00:00:00Z')
    await buy(person)
    const end = new Date('2026-12-01T00:00:00Z').getTime()
    market.clock.now = new Date(end - 1)
    expect((await shown(person)).planName).toBe('Pro')
    market.clock.now = new Date(end)
    expect((await shown(person)).planName).toBe('Free')
    market.clock.now = new Date(end + 1)
    expect((await shown(person)).planName).toBe('Free')
    expect(await person.balance()).toMatchObject({ quota: '0' })
  })

  promise('T32: a plan bought on the 31st is renewed on the last day of short months', async (market) => {
    const person = await market.shopper('1000')
    // Noon of 31 January in Shanghai.
    at(market, '2027-01-31T04:00:00Z')
    await buy(person)
    const ends = []
    for (let period = 0; period < 3; period++) {
      const { subscription } = await shown(person)
      ends.push(subscription.periodEnd)
      at(market, subscription.periodEnd)
      await renew(market)
    }
    expect(ends).toEqual(['2027-02-28T04:00:00.000Z', '2027-03-31T04:00:00.000Z', '2027-04-30T04:00:00.000Z'])
    expect(await person.balance()).toMatchObject({ wallet: '804', quota: '60' })
  })

  promise('renewing twice, or from two places at once, charges once', async (market) => {
    const person = await market.shopper('98')
    at(market, '2026-11-01T00:00:00Z')
    await buy(person)
    at(market, '2026-12-01T00:00:00Z')
    await Promise.all([renew(market), renew(market), renew(market)])
    expect(await person.balance()).toMatchObject({ wallet: '0', quota: '60' })
  })

  promise('what cannot be paid is past due for three days, tried again, and then ends', async (market) => {
    const [rich, poor] = [await market.shopper('49'), await market.shopper('49')]
    at(market, '2026-11-01T00:00:00Z')
    await buy(rich)
    await buy(poor)
    at(market, '2026-12-01T00:00:00Z')
    await renew(market)
    expect((await shown(rich)).subscription).toMatchObject({
      status: 'PAST_DUE',
      retryUntil: '2026-12-04T00:00:00.000Z',
    })
    expect((await shown(rich)).planName).toBe('Free')
    await market.topUp(rich.id, '49')
    at(market, '2026-12-02T12:00:00Z')
    await renew(market)
    // Paid late: the period begins when it is paid, so that nobody pays for days without the plan.
    expect((await shown(rich)).subscription).toMatchObject({
      status: 'ACTIVE',
      periodStart: '2026-12-02T12:00:00.000Z',
      periodEnd: '2027-01-02T12:00:00.000Z',
    })
    at(market, '2026-12-04T00:00:00Z')
    await renew(market)
    expect((await shown(poor)).subscription).toBeNull()
  })

  promise('a cancelled plan runs to its end and is not renewed', async (market) => {
    const person = await market.shopper('500')
    at(market, '2026-11-01T00:00:00Z')
    await buy(person)
    const { data } = await person.send(`mutation { cancelPlan { ${SUBSCRIPTION} } }`)
    expect(data.cancelPlan.subscription).toMatchObject({ cancelAtPeriodEnd: true, nextPlan: null })
    at(market, '2026-11-30T23:59:59Z')
    expect((await shown(person)).planName).toBe('Pro')
    at(market, '2026-12-01T00:00:00Z')
    await renew(market)
    expect((await shown(person)).subscription).toBeNull()
    expect(await person.balance()).toMatchObject({ wallet: '451' })
  })

  promise('new terms hold for the next period; the running one keeps what was bought', async (market) => {
    at(market, '2026-11-01T00:00:00Z')
    const id = await plan(market, '20', '25')
    const person = await market.shopper('100')
    const before = (await buy(person, id)).subscription.plan.versionId
    const admin = await market.admin()
    await admin.do('createPlanVersion', { planId: id, terms: terms('30', '40') }, 'plan { id }')
    expect((await shown(person)).subscription.plan).toMatchObject({ versionId: before, price: '20' })
    at(market, '2026-12-01T00:00:00Z')
    await renew(market)
    expect((await shown(person)).subscription).toMatchObject({ paid: '30', plan: { price: '30' } })
    expect(await person.balance()).toMatchObject({ wallet: '50', quota: '40' })
  })

  promise('only an administrator makes plans', async (market) => {
    const person = await market.shopper()
    const input = { id: 'mine', name: 'Mine', position: 1, terms: terms('0', '1000') }
    expect((await person.refused('createPlan', input, 'plan { id }')).code).toBe('admin_required')
  })
})
