import { describe, expect, test } from 'vitest'
import { capPeriod } from '../../server/usage/spend.ts'
import { createCustomer } from '../support/customer.ts'
import { describeMarket, type Market, type Shopper } from '../support/market.ts'

const TOKEN = 'apiToken { id spend { period spent cap resetsAt } } '

async function tokenOf(person: Shopper, caps: object) {
  const made = await person.do(
    'createApiToken',
    { name: `capped ${Math.trunc(performance.now() * 1e6)}`, ...caps },
    `secret ${TOKEN}`,
  )
  return { ...made.apiToken, secret: made.secret as string }
}

const chat = ({ testApp }: Market, secret: string, maxTokens = 1_000) =>
  fetch(`${testApp.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({
      model: 'qwen3-max',
      max_tokens: maxTokens,
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  })

const spendOf = async (person: Shopper) => {
  const { viewer } = await person.ask(
    '{ viewer { spend { period spent cap resetsAt } wallet { wallet } apiTokens { edges { node { spend { period spent cap } } } } } }',
  )
  return viewer
}

describeMarket('spend caps', (promise) => {
  promise(
    'a reached cap answers 402, says which and until when, and is not to be retried',
    async (market) => {
      const person = await market.shopper('10')
      const token = await tokenOf(person, { capDay: '0.000001' })
      expect((await chat(market, token.secret)).status).toBe(200)
      // Until then it is held, which may come back.
      await expect.poll(async () => (await spendOf(person)).wallet.wallet).not.toBe('10')
      const refused = await chat(market, token.secret)
      expect(refused.status).toBe(402)
      expect(refused.headers.get('x-should-retry')).toBe('false')
      const { error } = (await refused.json()) as any
      // The day ends at midnight in Shanghai.
      expect(error).toMatchObject({
        code: 'spend_cap_exceeded',
        scope: 'api_token',
        period: 'day',
        cap: '0.000001',
        resets_at: '2026-11-24T16:00:00.000Z',
      })
      market.clock.now = new Date('2026-11-24T16:00:00.000Z')
      expect((await chat(market, token.secret)).status).toBe(200)
    },
  )

  promise(
    'what was spent is settled money, and the meters of token and account agree with the wallet',
    async (market) => {
      const person = await market.shopper('10')
      const [first, second] = [await tokenOf(person, {}), await tokenOf(person, { capMonth: '5' })]
      await chat(market, first.secret)
      await chat(market, second.secret)
      await expect
        .poll(async () => {
          const { spend, wallet, apiTokens } = await spendOf(person)
          const nano = (text: string) => Math.round(Number(text) * 1e9)
          const used = 10e9 - nano(wallet.wallet)
          const tokens = apiTokens.edges.map(({ node }: any) => nano(node.spend[2].spent))
          return (
            used > 0 &&
            spend.every(({ spent }: any) => nano(spent) === used) &&
            tokens[0] + tokens[1] === used &&
            tokens[0] > 0 &&
            tokens[1] > 0
          )
        })
        .toBe(true)
    },
  )

  promise(
    'the account’s cap holds for all its tokens together, and raising it helps at once',
    async (market) => {
      const person = await market.shopper('10')
      const [first, second] = [await tokenOf(person, {}), await tokenOf(person, {})]
      await person.do('setSpendCaps', { week: '0.000001' }, 'spend { period cap }')
      expect((await chat(market, first.secret)).status).toBe(200)
      const refused = await chat(market, second.secret)
      const { error } = (await refused.json()) as any
      // Weeks begin on Monday, 30 November in Shanghai.
      expect([refused.status, error.scope, error.resets_at]).toEqual([
        402,
        'account',
        '2026-11-29T16:00:00.000Z',
      ])
      await person.do('setSpendCaps', { week: null }, 'spend { cap }')
      expect((await chat(market, second.secret)).status).toBe(200)
    },
  )

  promise(
    'of fifty requests at once no more get in than one, when one estimate fills the cap',
    async (market) => {
      const person = await market.shopper('100')
      const token = await tokenOf(person, { capDay: '0.000001' })
      const answers = await Promise.all(Array.from({ length: 50 }, () => chat(market, token.secret)))
      const count = (status: number) => answers.filter((answer) => answer.status === status).length
      expect([count(200), count(402)]).toEqual([1, 49])
    },
  )

  promise('bonus tokens are not money: they reach no cap', async (market) => {
    const customer = await createCustomer(market.testApp, { token: { capDay: '0' } })
    // A cap of nothing refuses everything, even what the bonus would pay.
    expect((await customer.chat()).status).toBe(402)
    const other = await createCustomer(market.testApp, { token: { capDay: '0.000001' } })
    for (let n = 0; n < 3; n++) expect((await other.chat()).status).toBe(200)
  })

  promise('a cap below zero is refused by its name', async (market) => {
    const person = await market.shopper()
    const input = { name: 'bad', capWeek: '-1' }
    expect(await person.refused('createApiToken', input, TOKEN)).toMatchObject({
      code: 'invalid_request',
      param: 'capWeek',
    })
    expect(await person.refused('setSpendCaps', { day: '-1' }, 'spend { cap }')).toMatchObject({
      param: 'day',
    })
  })
})

describe('a change of zone', () => {
  const zone = (timeZone: string, previous: string, changedAt: string) => ({
    timeZone,
    previous,
    changedAt: new Date(changedAt),
  })
  const dates = (start: string, end: string) => ({ start: new Date(start), end: new Date(end) })

  test('takes effect at the next reset, and gives nobody a second day', () => {
    // 20:00 in Shanghai: the day runs there to 16:00Z, although it is noon in UTC.
    const moved = zone('UTC', 'Asia/Shanghai', '2026-11-24T12:00:00Z')
    expect(capPeriod('day', new Date('2026-11-24T15:59:59Z'), moved)).toEqual(
      dates('2026-11-23T16:00:00Z', '2026-11-24T16:00:00Z'),
    )
    expect(capPeriod('day', new Date('2026-11-24T16:00:00Z'), moved)).toEqual(
      dates('2026-11-24T16:00:00Z', '2026-11-25T00:00:00Z'),
    )
    expect(capPeriod('day', new Date('2026-11-25T00:00:00Z'), moved)).toEqual(
      dates('2026-11-25T00:00:00Z', '2026-11-26T00:00:00Z'),
    )
  })
})
