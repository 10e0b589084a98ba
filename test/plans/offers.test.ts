import { expect } from 'vitest'
import { describeMarket } from '../support/market.ts'

const terms = {
  price: '10',
  quota: '10',
  requestsPerMinute: 60,
  contextTokensMax: null,
  activeTokensMax: 10,
}

describeMarket('offers', (promise) => {
  promise('a plan stands in the shop where its number puts it, a new one last', async (market) => {
    const admin = await market.admin()
    const person = await market.shopper()
    const order = async () => {
      const { plans } = await person.ask('{ plans(first: 100) { edges { node { id position } } } }')
      return plans.edges.map(({ node }: any) => node.id)
    }
    for (const id of ['team', 'trial'])
      await admin.do('createPlan', { id, name: id, terms }, 'plan { position }')
    expect(await order()).toEqual(['free', 'pro', 'team', 'trial'])
    const { plan } = await admin.do('updatePlan', { planId: 'trial', position: 0 }, 'plan { position }')
    expect(plan.position).toBe(0)
    await admin.do('updatePlan', { planId: 'team', position: 1 }, 'plan { id }')
    expect(await order()).toEqual(['free', 'trial', 'pro', 'team'])
  })
})
