import { expect } from 'vitest'
import { createCustomer } from '../support/customer.ts'
import { describeMarket, type Market, type Shopper } from '../support/market.ts'

const nano = (money: string) => {
  const [whole, fraction = ''] = money.split('.')
  return BigInt(whole!) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}
const fileOf = async (market: Market, person: Shopper, path: string) => {
  const { cookie } = person.browser
  const answer = await fetch(`${market.testApp.url}/export/${path}`, { headers: { cookie } })
  const text = Buffer.from(await answer.arrayBuffer()).toString()
  return { status: answer.status, type: answer.headers.get('content-type'), text }
}
const linesOf = (text: string) => text.slice(1).trimEnd().split('\r\n')
const DAYS = 'from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z'

describeMarket('an operator’s files', (promise) => {
  promise('revenue has the rows of the page, and sums to the nano', async (market) => {
    const admin = await market.admin()
    const customer = await createCustomer(market.testApp, { money: 5_000_000_000n })
    for (const model of ['qwen3-max', 'kimi-k2']) expect((await customer.chat({ model })).status).toBe(200)
    await expect.poll(async () => (await customer.records()).length).toBe(2)
    await admin.do('updateModel', { modelId: 'kimi-k2', displayName: '=HYPERLINK("x")' }, 'model { id }')

    const { revenueReport } =
      await admin.ask(`{ revenueReport(from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z") {
      totals { requests charged } rows(by: MODEL) { key requests charged } } }`)
    const { type, text } = await fileOf(market, admin, `revenue.csv?${DAYS}&by=model`)
    expect(type).toBe('text/csv; charset=utf-8')
    expect(
      text.startsWith('\uFEFFmodel,name,requests,charged_cny,paid_by_bonus_cny,provider_cost_cny\r\n'),
    ).toBe(true)
    const [, ...rows] = linesOf(text)
    const total = rows.pop()!.split(',')
    const { totals } = revenueReport
    expect([total[0], total[2], total[3], total[5]]).toEqual(['total', totals.requests, totals.charged, ''])
    expect(rows.map((row) => row.split(',')[0])).toEqual(revenueReport.rows.map(({ key }: any) => key))
    const charged = rows.map((row) => nano(row.split(',').at(-3)!))
    expect(charged.reduce((sum, one) => sum + one, 0n)).toBe(nano(totals.charged))
    expect(text).toContain(`kimi-k2,"'=HYPERLINK(""x"")",1,`)
  })

  promise('the audit has what the filter of the page leaves', async (market) => {
    const admin = await market.admin()
    await admin.do('setModelVisible', { modelId: 'glm-5', visible: false }, 'model { id }')
    await admin.do('setModelVisible', { modelId: 'glm-5', visible: true }, 'model { id }')
    const { text } = await fileOf(market, admin, `audit.csv?action=hide_model&actor=${admin.email}`)
    const [head, ...rows] = linesOf(text)
    expect(head).toBe('id,time,administrator,action,target,account,reason,ip,detail')
    expect(rows.map((row) => row.split(',').slice(2, 5))).toEqual([[admin.email, 'hide_model', 'glm-5']])
  })

  promise(
    'nobody but administrators gets them, and a filter that cannot be read is refused',
    async (market) => {
      const person = await market.shopper()
      const admin = await market.admin()
      for (const path of [`revenue.csv?${DAYS}&by=day`, 'audit.csv']) {
        const { status, text } = await fileOf(market, person, path)
        expect([status, JSON.parse(text).error.code]).toEqual([403, 'admin_required'])
        expect((await fetch(`${market.testApp.url}/export/${path}`)).status).toBe(401)
      }
      for (const path of ['revenue.csv?by=day', `revenue.csv?${DAYS}&by=hour`, 'audit.csv?from=yesterday'])
        expect((await fileOf(market, admin, path)).status).toBe(400)
      const years = 'from=2020-01-01T00:00:00Z&to=2027-01-01T00:00:00Z'
      expect((await fileOf(market, admin, `revenue.csv?${years}&by=day`)).status).toBe(400)
    },
  )
})
