import { expect } from 'vitest'
import { createCustomer } from '../support/customer.ts'
import { describeMarket } from '../support/market.ts'

const SUMS = 'requests charged bonus upstreamCost'
const REPORT = `query ($from: DateTimeISO!, $to: DateTimeISO!) { revenueReport(from: $from, to: $to) {
  totals { ${SUMS} } days: rows(by: DAY) { key ${SUMS} } models: rows(by: MODEL) { key name ${SUMS} }
  users: rows(by: USER) { key name ${SUMS} } moneyIn { topUps refunds planSales } } }`
const nano = (money: string) => {
  const [whole, fraction = ''] = money.split('.')
  return BigInt(whole!) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}
const sum = (rows: any[], field: string) => rows.reduce((total, row) => total + nano(row[field]), 0n)

describeMarket('revenue', (promise) => {
  promise('is the sum of the customers’ statements to the nano, however it is grouped', async (market) => {
    const { sql } = market.testApp.app.services
    const admin = await market.admin()
    const [period] = await sql.query<{ from: Date; to: Date }>(
      `SELECT now() - interval '1 hour' AS "from", now() + interval '1 hour' AS "to"`,
    )
    const ask = async () => (await admin.ask(REPORT, period)).revenueReport
    const before = await ask()
    const customers = [
      await createCustomer(market.testApp, { money: 5_000_000_000n }),
      await createCustomer(market.testApp),
    ]
    for (const customer of customers)
      for (const model of ['qwen3-max', 'deepseek-v4-pro'])
        expect((await customer.chat({ model })).status).toBe(200)
    for (const customer of customers) await expect.poll(async () => (await customer.records()).length).toBe(2)

    const report = await ask()
    for (const [i, { id }] of customers.entries()) {
      const [statement] = await sql.query<{ money: bigint; bonus: bigint }>(
        `SELECT -sum(value_nano)::bigint AS money, coalesce(-sum(value_nano) FILTER (WHERE unit = 'token'), 0)::bigint AS bonus
           FROM ledger_entry WHERE account_id = $1 AND kind = 'usage'`,
        [id],
      )
      const row = report.users.find(({ key }: any) => key === id)
      expect([nano(row.charged), nano(row.bonus), row.requests]).toEqual([
        statement!.money,
        statement!.bonus,
        '2',
      ])
      expect(nano(row.bonus)).toBe(i === 0 ? 0n : nano(row.charged))
      const records = await customers[i]!.records()
      expect(sum(records, 'cost')).toBe(nano(row.charged))
    }
    for (const rows of [report.days, report.models, report.users])
      expect(sum(rows, 'charged')).toBe(nano(report.totals.charged))
    expect(nano(report.moneyIn.topUps) - nano(before.moneyIn.topUps)).toBe(5_000_000_000n)
  })

  promise(
    'counts what a change of plan gives back against plans, not as a refund of a payment',
    async (market) => {
      const { sql, ledger } = market.testApp.app.services
      const admin = await market.admin()
      const { id: accountId } = await createCustomer(market.testApp, { money: 100_000_000_000n })
      const period = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 3_600_000) }
      const moneyIn = async () => (await admin.ask(REPORT, period)).revenueReport.moneyIn
      const before = await moneyIn()
      const entry = (n: number) => ({
        accountId,
        sourceType: 'test',
        sourceId: `${accountId} ${n}`,
        note: null,
      })
      await sql.transaction(async (tx) => {
        await ledger.debitWallet(tx, { ...entry(1), amount: 49_000_000_000n, kind: 'purchase' })
        await ledger.creditWallet(tx, { ...entry(2), amount: 9_000_000_000n, kind: 'refund' })
        await ledger.debitWallet(tx, { ...entry(3), amount: 5_000_000_000n, kind: 'refund' })
      })
      const after = await moneyIn()
      expect(nano(after.planSales) - nano(before.planSales)).toBe(40_000_000_000n)
      expect(nano(after.refunds) - nano(before.refunds)).toBe(5_000_000_000n)
    },
  )

  promise('knows what a provider charges only where that was said', async (market) => {
    const { sql } = market.testApp.app.services
    const admin = await market.admin()
    const customer = await createCustomer(market.testApp, { money: 5_000_000_000n })
    await customer.chat({ model: 'qwen3-max' })
    await expect.poll(async () => (await customer.records()).length).toBe(1)
    const [record] = await customer.records()
    const period = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 3_600_000) }
    const costs = async (input: number | null) => {
      await sql.query(
        `UPDATE model SET cost_input = $1, cost_output = $1, cost_cached_input = NULL WHERE id = 'qwen3-max'`,
        [input],
      )
      const { users } = (await admin.ask(REPORT, period)).revenueReport
      return users.find(({ key }: any) => key === customer.id).upstreamCost
    }
    expect(await costs(null)).toBeNull()
    // A thousand micro-CNY per 1,000,000 is one nano-CNY for each LLM token.
    const tokens = BigInt(record.promptTokens) + BigInt(record.completionTokens)
    expect(nano((await costs(1_000))!)).toBe(tokens)
  })

  promise('of no time at all is refused', async (market) => {
    const admin = await market.admin()
    const now = new Date()
    const { errors } = await admin.send(REPORT, { from: now, to: now })
    expect(errors![0]!.extensions.code).toBe('invalid_request')
  })
})
