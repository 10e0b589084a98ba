import { expect } from 'vitest'
import { createCustomer } from '../support/customer.ts'
import { describeMarket, key } from '../support/market.ts'

const USER = 'user { id wallet bonusTokens suspendedAt }'
const MODEL = 'model { id input output visible isExample }'

describeMarket('the operator', (promise) => {
  promise(
    'finds people, and corrects a balance once, with a reason that stays in the books and the audit',
    async (market) => {
      const [admin, person] = [await market.admin(), await market.shopper('10')]
      const input = { userId: person.id, money: '-2.5', reason: 'charged by mistake', idempotencyKey: key() }
      expect((await person.refused('adjustBalance', input, USER)).code).toBe('admin_required')
      await admin.do('adjustBalance', input, USER)
      expect((await admin.do('adjustBalance', input, USER)).user).toMatchObject({ wallet: '7.5' })
      await admin.do(
        'adjustBalance',
        { ...input, money: null, tokens: '70', days: 3, idempotencyKey: key() },
        USER,
      )
      const { users, auditEntries } = await admin.ask(
        `query ($search: String) { users(search: $search) { edges { node { id wallet bonusTokens } } }
         auditEntries(first: 2) { edges { node { action target detail } } } }`,
        { search: person.email.toUpperCase() },
      )
      expect(users.edges).toEqual([{ node: { id: person.id, wallet: '7.5', bonusTokens: '70' } }])
      expect(auditEntries.edges.map(({ node }: any) => [node.action, node.target])).toEqual(
        Array(2).fill(['adjust_balance', person.id]),
      )
      const both = { ...input, tokens: '1', idempotencyKey: key() }
      expect((await admin.refused('adjustBalance', both, USER)).code).toBe('invalid_request')
    },
  )

  promise(
    'corrects a balance by a hundred million CNY at a time, up or down, and by not a nano more',
    async (market) => {
      const [admin, person] = [await market.admin(), await market.shopper('0.5')]
      const by = (money: string) => ({ userId: person.id, money, reason: 'the limit', idempotencyKey: key() })
      const wallet = async (money: string) => (await admin.do('adjustBalance', by(money), USER)).user.wallet
      const refused = async (money: string) => {
        const { code, param } = await admin.refused('adjustBalance', by(money), USER)
        return [code, param]
      }
      expect(await refused('100000000.000000001')).toEqual(['invalid_request', 'money'])
      expect(await wallet('100000000')).toBe('100000000.5')
      expect(await refused('-100000000.000000001')).toEqual(['invalid_request', 'money'])
      expect(await wallet('-100000000')).toBe('0.5')
      expect(await refused('0')).toEqual(['invalid_request', 'money'])
    },
  )

  promise('gives bonus tokens up to a limit, and not one more', async (market) => {
    const [admin, person] = [await market.admin(), await market.shopper()]
    const by = (tokens: string) => ({
      userId: person.id,
      tokens,
      reason: 'the limit',
      idempotencyKey: key(),
    })
    for (const tokens of ['1000000000001', '999999999999999999'])
      expect(await admin.refused('adjustBalance', by(tokens), USER)).toEqual({
        code: 'invalid_request',
        param: 'tokens',
      })
    const { user } = await admin.do('adjustBalance', by('1000000000000'), USER)
    expect(user.bonusTokens).toBe('1000000000000')
  })

  promise(
    'suspends somebody: session and API token end at once, and come back when let in again',
    async (market) => {
      const admin = await market.admin()
      const customer = await createCustomer(market.testApp)
      const { sessions } = market.testApp.app.services
      const browser = market.testApp.browser()
      browser.cookie = `session=${await sessions.open(customer.id, { ip: undefined, userAgent: undefined })}`
      const viewer = async () => (await browser.graphql('{ viewer { id } }')).data.viewer
      expect([(await customer.chat()).status, await viewer()]).toEqual([200, { id: customer.id }])
      await admin.do('setUserSuspended', { userId: customer.id, suspended: true, reason: 'abuse' }, USER)
      expect([(await customer.chat()).status, await viewer()]).toEqual([401, null])
      await admin.do('setUserSuspended', { userId: customer.id, suspended: false, reason: 'talked' }, USER)
      expect((await customer.chat()).status).toBe(200)
      const self = { userId: admin.id, suspended: true, reason: 'abuse' }
      expect((await admin.refused('setUserSuspended', self, USER)).code).toBe('cannot_suspend_yourself')
    },
  )

  promise('sets a price: the next request pays it, an old receipt keeps the old one', async (market) => {
    const admin = await market.admin()
    const customer = await createCustomer(market.testApp, { money: 100_000_000_000n })
    const costs = async (count: number) => {
      await customer.chat()
      await expect.poll(async () => (await customer.records()).length).toBe(count)
      return (await customer.records()).map(({ cost }) => Number(cost))
    }
    const [first] = await costs(1)
    const { managedModels } = await admin.ask('{ managedModels { id input output } }')
    const { input, output } = managedModels.find(({ id }: any) => id === 'qwen3-max')
    const twice = {
      modelId: 'qwen3-max',
      input: String(Number(input) * 2),
      output: String(Number(output) * 2),
    }
    // Prices begin at the clock's moment, which must be later than the seed's.
    market.clock.now = new Date(market.clock.now.getTime() + 1_000)
    expect((await admin.do('setModelPrice', twice, MODEL)).model).toMatchObject({ isExample: false })
    const [second, before] = await costs(2)
    expect(before).toBe(first)
    expect(second! / first!).toBeCloseTo(2, 6)
    expect(await admin.refused('setModelPrice', { ...twice, input: '0.0000001' }, MODEL)).toMatchObject({
      param: 'input',
    })
  })

  promise(
    'announces a price: it holds from its moment on, and the history keeps what held before',
    async (market) => {
      const admin = await market.admin()
      const modelId = 'kimi-k2'
      const from = new Date(market.clock.now.getTime() + 3_600_000)
      const inputNow = async () => {
        const { managedModels } = await admin.ask('{ managedModels { id input } }')
        return managedModels.find(({ id }: { id: string }) => id === modelId).input
      }
      const before = await inputNow()
      await admin.do('setModelPrice', { modelId, input: '77', output: '88', from }, MODEL)
      expect(await inputNow()).toBe(before)
      const { modelPrices } = await admin.ask(
        `{ modelPrices(modelId: "${modelId}") { input from isExample } }`,
      )
      expect(modelPrices[0]).toEqual({ input: '77', from: from.toISOString(), isExample: false })
      expect(modelPrices[1].input).toBe(before)
      market.clock.now = from
      expect(await inputNow()).toBe('77')
      const past = new Date(from.getTime() - 1)
      expect(
        await admin.refused('setModelPrice', { modelId, input: '1', output: '1', from: past }, MODEL),
      ).toMatchObject({ param: 'from' })
    },
  )

  promise('hides a model: it is neither listed nor served', async (market) => {
    const admin = await market.admin()
    const customer = await createCustomer(market.testApp)
    await admin.do('setModelVisible', { modelId: 'kimi-k2', visible: false }, MODEL)
    expect((await customer.chat({ model: 'kimi-k2' })).status).toBe(404)
    await admin.do('setModelVisible', { modelId: 'kimi-k2', visible: true }, MODEL)
    expect((await customer.chat({ model: 'kimi-k2' })).status).toBe(200)
  })

  promise('sees what the books promise; others see nothing of all this', async (market) => {
    const person = await market.shopper()
    for (const query of [
      'users { edges { cursor } }',
      'managedModels { id }',
      'auditEntries { edges { cursor } }',
      'ledgerCheck { checkedAt }',
    ]) {
      const { errors } = await person.send(`{ ${query} }`)
      expect(errors![0]!.extensions.code).toBe('admin_required')
    }
  })
})
