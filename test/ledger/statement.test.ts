import { expect } from 'vitest'
import { checkBooks } from '../../server/books.ts'
import { checkSeals, sealEntries } from '../../server/ledger/seals.ts'
import { selfCheck } from '../../server/ledger/self-check.ts'
import { parseCny } from '../../server/platform/money.ts'
import { createCustomer } from '../support/customer.ts'
import { describeMarket, key, type Market, type Shopper } from '../support/market.ts'

async function csv(market: Market, person: Shopper, path: string) {
  const answer = await fetch(`${market.testApp.url}/export/${path}`, {
    headers: { cookie: person.browser.cookie },
  })
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  const [head, ...lines] = (await answer.text()).trim().split('\r\n')
  const names = head!.replace('\uFEFF', '').split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at]!, value])))
}

const statementOf = async (person: Shopper, variables = {}) =>
  (
    await person.ask(
      'query ($from: DateTimeISO, $to: DateTimeISO) { viewer { wallet { statement(from: $from, to: $to) { pool opening in out closing } } } }',
      variables,
    )
  ).viewer.wallet.statement

describeMarket('statements', (promise) => {
  promise(
    'opening plus in less out is closing, of every pool, and the entries of the file add up to it',
    async (market) => {
      const person = await market.shopper('100')
      const before = new Date().toISOString()
      await person.do('buyPlan', { planId: 'pro', idempotencyKey: key() }, 'subscription { id }')
      await market.topUp(person.id, '7.000000001')
      const [bonus, quota, wallet] = await statementOf(person, { from: before })
      expect(bonus).toMatchObject({ pool: 'BONUS', closing: '0' })
      expect(quota).toEqual({ pool: 'QUOTA', opening: '0', in: '60', out: '0', closing: '60' })
      expect(wallet).toEqual({
        pool: 'WALLET',
        opening: '100',
        in: '7.000000001',
        out: '49',
        closing: '58.000000001',
      })
      expect(await person.balance()).toMatchObject({ wallet: '58.000000001', quota: '60' })
      const rows = await csv(market, person, 'entries.csv?pool=wallet')
      const sum = rows.reduce((total, { money_cny }) => total + parseCny(money_cny!), 0n)
      expect(sum).toBe(58_000_000_001n)
      expect(await statementOf(person, { to: before })).toMatchObject([{}, {}, { closing: '100' }])
      await expect(statementOf(person, { from: before, to: before })).rejects.toThrow('after the start')
    },
  )

  promise('entries are found by pool, kind and time', async (market) => {
    const person = await market.shopper('100')
    await person.do('buyPlan', { planId: 'pro', idempotencyKey: key() }, 'subscription { id }')
    const find = async (filter: object) =>
      (
        await person.ask(
          'query ($filter: LedgerEntryFilter) { viewer { wallet { entries(filter: $filter) { edges { node { kind pool money } } } } } }',
          { filter },
        )
      ).viewer.wallet.entries.edges.map(({ node }: any) => node)
    expect(await find({ kind: 'PURCHASE', pool: 'WALLET' })).toEqual([
      { kind: 'PURCHASE', pool: 'WALLET', money: '-49' },
    ])
    expect(await find({ pool: 'QUOTA' })).toEqual([{ kind: 'PURCHASE', pool: 'QUOTA', money: '60' }])
    expect(await find({ to: '2020-01-01T00:00:00Z' })).toEqual([])
  })

  promise('a file of requests has every request with its cost, and a stranger gets none', async (market) => {
    const customer = await createCustomer(market.testApp, { money: 10_000_000_000n })
    for (let n = 0; n < 3; n++) expect((await customer.chat()).status).toBe(200)
    await expect.poll(async () => (await customer.records()).length).toBe(3)
    const { sessions } = market.testApp.app.services
    const cookie = `session=${await sessions.open(customer.id, { ip: undefined, userAgent: undefined })}`
    const rows = await csv(market, { browser: { cookie } } as Shopper, 'usage.csv?model=qwen3-max')
    const records = await customer.records()
    expect(rows.map(({ cost_cny }) => cost_cny)).toEqual(records.map(({ cost }) => cost))
    const answer = await fetch(`${market.testApp.url}/export/usage.csv`)
    expect([answer.status, ((await answer.json()) as any).error.code]).toEqual([401, 'sign_in_required'])
    const bad = await fetch(`${market.testApp.url}/export/usage.csv?from=yesterday`, { headers: { cookie } })
    expect(((await bad.json()) as any).error).toMatchObject({ code: 'invalid_request', param: 'from' })
  })

  promise('a note that looks like a formula stays a text', async (market) => {
    const person = await market.shopper()
    const { ledger, sql } = market.testApp.app.services
    const source = { accountId: person.id, sourceType: 'test', sourceId: key(), note: '=1+1' }
    await sql.transaction((tx) => ledger.creditWallet(tx, { ...source, amount: 1n, kind: 'adjustment' }))
    expect((await csv(market, person, 'entries.csv?pool=wallet'))[0]).toMatchObject({
      note: "'=1+1",
      money_cny: '0.000000001',
    })
  })

  promise(
    'the check of the books runs, keeps what it found, and finds a wallet that was changed by hand',
    async (market) => {
      const { sql, log, metrics } = market.testApp.app.services
      const person = await market.shopper('5')
      const services = { sql, log, metrics, now: () => new Date() }
      await checkBooks(services)
      const last = async () =>
        (
          await sql.query<{ faults: number; checks: any[]; since: Date | null }>(
            'SELECT faults, checks, since FROM ledger_check ORDER BY started_at DESC LIMIT 1',
          )
        )[0]!
      const first = await last()
      expect(first.faults).toBe(0)
      expect(first.checks.find(({ id }) => id === 'I11').notChecked).toMatch(/nothing to compare/)
      await market.topUp(person.id, '1')
      await sql.query('UPDATE account SET wallet_nano = wallet_nano + 1 WHERE id = $1', [person.id])
      await checkBooks(services)
      const second = await last()
      expect(second.since).not.toBeNull()
      expect(second.checks.filter(({ rows }) => rows.length > 0).map(({ id }) => id)).toEqual(['I1', 'I9'])
      await sql.query('UPDATE account SET wallet_nano = wallet_nano - 1 WHERE id = $1', [person.id])
    },
  )

  promise('I12: a sealed entry that changes is noticed, and seals chain', async (market) => {
    const { sql } = market.testApp.app.services
    const person = await market.shopper('5')
    await sql.query('ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_is_history')
    await sql.query("UPDATE ledger_entry SET created_at = created_at - interval '2 hours'")
    expect(await sealEntries(sql)).toBeGreaterThan(0)
    expect(await sealEntries(sql)).toBe(0)
    await market.topUp(person.id, '1')
    await sql.query(
      "UPDATE ledger_entry SET created_at = created_at - interval '2 hours' WHERE created_at > now() - interval '1 hour'",
    )
    expect(await sealEntries(sql)).toBe(1)
    expect((await checkSeals(sql)).rows).toEqual([])
    const change = (by: number) =>
      sql.query('UPDATE ledger_entry SET note = $2 WHERE account_id = $1', [person.id, by ? 'changed' : null])
    await change(1)
    expect((await checkSeals(sql)).rows.length).toBeGreaterThan(0)
    await change(0)
    expect((await checkSeals(sql)).rows).toEqual([])
    expect((await selfCheck(sql)).find(({ id }) => id === 'I12')!.rows).toHaveLength(1)
    await sql.query('ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_is_history')
  })
})
