import { expect } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { totalsOf, groupsOf, pointsOf } from '../../server/usage/usage.report.ts'
import { usageRows } from '../../server/usage/usage.ts'
import type { Sql } from '../../server/platform/sql.ts'
import type { Context } from '../../server/platform/context.ts'
import { describeMarket, type Market, type Shopper } from '../support/market.ts'

const ROWS = 100_000
const SUMS = 'requests succeeded promptTokens cachedTokens completionTokens cost'

async function tokenOf(person: Shopper, name: string): Promise<{ id: string; secret: string }> {
  const { secret, apiToken } = await person.do('createApiToken', { name }, 'secret apiToken { id }')
  return { id: apiToken.id, secret }
}

const chat = ({ testApp }: Market, secret: string, model: string) =>
  fetch(`${testApp.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: `Hello ${model}` }] }),
  }).then((answer) => answer.text())

const nano = (money: string) => {
  const [whole = '0', fraction = ''] = money.split('.')
  return BigInt(whole + fraction.padEnd(9, '0'))
}
const total = (groups: { cost: string }[]) => groups.reduce((sum, { cost }) => sum + nano(cost), 0n)

/** As many records as asked for, a second apart, the last of them now. */
const seed = ({ testApp, clock }: Market, userId: string, tokenId: string, rows: number) =>
  testApp.app.services.sql.query(
    `INSERT INTO usage_record (id, user_id, api_token_id, model_id, streamed, status, prompt_tokens, completion_tokens,
            usage_source, cost_nano, created_at)
     SELECT gen_random_uuid(), $1, $2, 'qwen3-max', true, CASE WHEN i % 5000 = 0 THEN 'failed' ELSE 'succeeded' END,
            10, 10, 'upstream', 1000, $3::timestamptz - i * interval '1 second'
       FROM generate_series(1, $4::int) i`,
    [userId, tokenId, clock.now, rows],
  )

/** What the database would do for a query, instead of doing it. */
const planning = (sql: Sql): Sql & { plans: string[] } => {
  const plans: string[] = []
  return {
    plans,
    async query(text, values) {
      const rows = await sql.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values)
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
      return []
    },
  }
}

describeMarket('usage reports', (promise) => {
  promise(
    'what was used is worth the same at list prices, whichever plan held when it was paid',
    async (market) => {
      const person = await market.shopper('100')
      const { secret } = await tokenOf(person, 'one')
      const listed = async () => {
        const range = `from: "${new Date(market.clock.now.getTime() - 3_600_000).toISOString()}", to: "${new Date(
          market.clock.now.getTime() + 60_000,
        ).toISOString()}"`
        const { viewer } = await person.ask(
          `{ viewer { usageReport(${range}) { totals { cost } listCosts { modelId listCost } } } }`,
        )
        const { totals, listCosts } = viewer.usageReport
        return {
          cost: nano(totals.cost),
          list: listCosts.map((one: any) => [one.modelId, nano(one.listCost)]),
        }
      }
      await chat(market, secret, 'qwen3-max')
      await expect.poll(async () => (await listed()).list.length).toBe(1)
      const { cost: free, list } = await listed()
      expect(list).toEqual([['qwen3-max', free]])
      await person.do('buyPlan', { planId: 'pro', idempotencyKey: newId() }, 'subscription { id }')
      await chat(market, secret, 'qwen3-max')
      await expect.poll(async () => (await listed()).list[0][1]).toBe(free * 2n)
      // A fifth less, rounded once for the request.
      expect((await listed()).cost).toBe(free + (free * 8n + 5n) / 10n)
    },
  )

  promise('sums of every grouping equal the ledger to the nano', async (market) => {
    const person = await market.shopper('10')
    const { sql } = market.testApp.app.services
    const one = await tokenOf(person, 'one 🚀')
    const two = await tokenOf(person, 'two')
    for (const [secret, model] of [
      [one.secret, 'qwen3-max'],
      [one.secret, 'deepseek-r1'],
      [two.secret, 'qwen3-max'],
    ] as const)
      await chat(market, secret, model)
    const settled = () =>
      person.ask(`{ viewer { usageReport(from: "2026-11-01T00:00:00Z", to: "2026-12-01T00:00:00Z") {
        totals { ${SUMS} } previous { totals { requests cost } }
        model: groups(by: MODEL) { key ${SUMS} } token: groups(by: API_TOKEN) { key name ${SUMS} }
        protocol: groups(by: PROTOCOL) { key ${SUMS} } pool: groups(by: POOL) { key ${SUMS} }
        day: groups(by: DAY) { key ${SUMS} } points(every: DAY) { start key cost }
        buckets { start model cost } tokenBuckets { start apiTokenId name cost } } } }`)
    await expect.poll(async () => (await settled()).viewer.usageReport.totals.requests).toBe('3')
    const report = (await settled()).viewer.usageReport
    const [ledger] = await sql.query<{ spent: string }>(
      "SELECT (-sum(value_nano))::text AS spent FROM ledger_entry WHERE account_id = $1 AND kind = 'usage'",
      [person.id],
    )
    const spent = BigInt(ledger!.spent)
    expect(spent).toBeGreaterThan(0n)
    expect(nano(report.totals.cost)).toBe(spent)
    for (const part of ['model', 'token', 'protocol', 'pool', 'day', 'points', 'buckets', 'tokenBuckets'])
      expect(total(report[part])).toBe(spent)
    expect(report.model.map(({ key }: any) => key).sort()).toEqual(['deepseek-r1', 'qwen3-max'])
    expect(report.token.map(({ name }: any) => name).sort()).toEqual(['one 🚀', 'two'])
    expect(report.tokenBuckets.map(({ name }: any) => name).sort()).toEqual(['one 🚀', 'two'])
    expect(report.previous.totals).toEqual({ requests: '0', cost: '0' })
  })

  promise("days are those of the account's time zone, also where clocks are set back", async (market) => {
    const person = await market.shopper('10')
    const { sql } = market.testApp.app.services
    const { id } = await tokenOf(person, 'days')
    await person.do('updateProfile', { timeZone: 'Europe/Berlin' }, 'viewer { id }')
    await seed(market, person.id, id, 3)
    const moments = ['2026-10-24T22:30:00Z', '2026-10-25T22:30:00Z', '2026-10-25T23:30:00Z']
    await sql.query(
      `UPDATE usage_record u SET created_at = m.at FROM (
         SELECT id, ($2::timestamptz[])[row_number() OVER (ORDER BY id)] AS at FROM usage_record WHERE user_id = $1) m
       WHERE m.id = u.id`,
      [person.id, moments],
    )
    const { viewer } = await person.ask(
      '{ viewer { usageReport(from: "2026-10-20T00:00:00Z", to: "2026-10-30T00:00:00Z") { groups(by: DAY) { key requests } } } }',
    )
    // The 25th had 25 hours: it began at 22:00Z and ended at 23:00Z.
    expect(viewer.usageReport.groups).toEqual([
      { key: '2026-10-25T23:00:00Z', requests: '1' },
      { key: '2026-10-24T22:00:00Z', requests: '2' },
    ])
  })

  promise(
    'filters hold for the list, the report and the file alike, and strangers see nothing',
    async (market) => {
      const person = await market.shopper('10')
      const stranger = await market.shopper('10')
      const { id } = await tokenOf(person, '=cmd|"<script>')
      await seed(market, person.id, id, 10_001)
      const filter = { apiTokenId: id, status: 'FAILED' }
      const query = `query ($filter: UsageFilter) { viewer {
      usageRecords(first: 100, filter: $filter) { edges { node { id status apiTokenName } } }
      usageReport(from: "2026-11-01T00:00:00Z", to: "2026-12-01T00:00:00Z", filter: $filter) { totals { requests } } } }`
      const { viewer } = await person.ask(query, { filter })
      expect(viewer.usageRecords.edges).toHaveLength(2)
      expect(viewer.usageReport.totals.requests).toBe('2')
      const file = (who: Shopper) =>
        fetch(`${market.testApp.url}/export/usage.csv?status=failed&apiTokenId=${id}`, {
          headers: { cookie: who.browser.cookie },
        }).then((answer) => answer.text())
      const [, ...lines] = (await file(person)).trim().split('\r\n')
      expect(lines).toHaveLength(2)
      // A name that a spreadsheet would run stays a text, and a moment carries its zone.
      expect(lines[0]).toContain(`"'=cmd|""<script>"`)
      expect(lines[0]).toMatch(/,2026-11-\d\dT[\d:.]+Z,/)
      const theirs = (await stranger.ask(query, { filter })).viewer
      expect([theirs.usageRecords.edges, theirs.usageReport.totals.requests]).toEqual([[], '0'])
      expect((await file(stranger)).trim().split('\r\n')).toHaveLength(1)
      const bad = { filter: { apiTokenId: 'no id' } }
      expect((await person.ask(query, bad)).viewer.usageReport.totals.requests).toBe('0')
    },
  )

  promise(
    'pages go on where the last one ended, both ways, through one and the same millisecond',
    async (market) => {
      const person = await market.shopper('10')
      const { id } = await tokenOf(person, 'pages')
      await seed(market, person.id, id, 25)
      await market.testApp.app.services.sql.query(
        'UPDATE usage_record SET created_at = $2 WHERE user_id = $1',
        [person.id, market.clock.now],
      )
      const page = async (args: string) =>
        (
          await person.ask(
            `{ viewer { usageRecords(${args}) { edges { node { id } } pageInfo { startCursor endCursor hasNextPage } } } }`,
          )
        ).viewer.usageRecords
      const ids = ({ edges }: any) => edges.map(({ node }: any) => node.id)
      const first = await page('first: 10')
      const second = await page(`first: 10, after: "${first.pageInfo.endCursor}"`)
      const third = await page(`first: 10, after: "${second.pageInfo.endCursor}"`)
      expect(new Set([first, second, third].flatMap(ids)).size).toBe(25)
      expect(third.pageInfo.hasNextPage).toBe(false)
      expect(ids(await page(`last: 10, before: "${second.pageInfo.startCursor}"`))).toEqual(ids(first))
      const { errors } = await person.send('{ viewer { usageRecords(after: "eA") { edges { cursor } } } }')
      expect(errors![0]!.extensions.code).toBe('invalid_request')
    },
  )

  promise('a request that two pools paid for is found by each, and their parts add up', async (market) => {
    const person = await market.shopper('10')
    const { sql, ledger } = market.testApp.app.services
    const { secret } = await tokenOf(person, 'pools')
    const grant = { accountId: person.id, sourceType: 'test', sourceId: newId(), note: null }
    await sql.transaction((tx) =>
      ledger.grantBonus(tx, { ...grant, tokens: 2n, expiresAt: null, models: [] }),
    )
    await ledger.balanceChanged(person.id)
    await chat(market, secret, 'qwen3-max')
    const range = 'from: "2026-11-01T00:00:00Z", to: "2026-12-01T00:00:00Z"'
    const report = async (filter = '') =>
      (
        await person.ask(
          `{ viewer { usageReport(${range} ${filter}) { totals { requests cost } pool: groups(by: POOL) { key requests cost }
             points(every: DAY, by: POOL) { key cost } protocol: groups(by: PROTOCOL) { key } } } }`,
        )
      ).viewer.usageReport
    await expect.poll(async () => (await report()).totals.requests).toBe('1')
    const whole = await report()
    expect(whole.pool.map(({ key }: any) => key)).toEqual(['WALLET', 'BONUS'])
    expect(total(whole.pool)).toBe(nano(whole.totals.cost))
    expect(total(whole.points)).toBe(nano(whole.totals.cost))
    expect(whole.protocol).toEqual([{ key: 'CHAT_COMPLETIONS' }])
    const file = (query: string) =>
      fetch(`${market.testApp.url}/export/usage.csv?${query}`, {
        headers: { cookie: person.browser.cookie },
      }).then(async (answer) => (await answer.text()).trim().split('\r\n').length - 1)
    const cost = whole.totals.cost
    const found: [filter: string, query: string, requests: string][] = [
      ['pool: BONUS', 'pool=bonus', '1'],
      ['pool: WALLET', 'pool=wallet', '1'],
      ['pool: QUOTA', 'pool=quota', '0'],
      ['protocol: CHAT_COMPLETIONS', 'protocol=chat_completions', '1'],
      ['protocol: MESSAGES', 'protocol=messages', '0'],
      [`minCost: "${cost}"`, `minCost=${cost}`, '1'],
      ['minCost: "999999999"', 'minCost=999999999', '0'],
    ]
    for (const [filter, query, requests] of found) {
      expect([filter, (await report(`, filter: { ${filter} }`)).totals.requests]).toEqual([filter, requests])
      expect([query, String(await file(query))]).toEqual([query, requests])
    }
  })

  promise("a report may follow another zone's days", async (market) => {
    const person = await market.shopper('10')
    const { id } = await tokenOf(person, 'zones')
    await seed(market, person.id, id, 1)
    await market.testApp.app.services.sql.query(
      "UPDATE usage_record SET created_at = '2026-11-20T20:30:00Z' WHERE user_id = $1",
      [person.id],
    )
    const days = (zone: string) =>
      `{ viewer { usageReport(from: "2026-11-19T00:00:00Z", to: "2026-11-23T00:00:00Z", timeZone: "${zone}") {
           groups(by: DAY) { key } points(every: DAY) { start } } } }`
    for (const [zone, start] of [
      ['UTC', '2026-11-20T00:00:00'],
      ['Asia/Shanghai', '2026-11-20T16:00:00'],
    ] as const) {
      const { groups, points } = (await person.ask(days(zone))).viewer.usageReport
      expect([groups, points]).toEqual([[{ key: `${start}Z` }], [{ start: `${start}.000Z` }]])
    }
    for (const zone of ['Mars/Olympus', '+08:00'])
      expect((await person.send(days(zone))).errors![0]!.extensions).toMatchObject({
        code: 'invalid_request',
        param: 'timeZone',
      })
  })

  promise('attempts name no provider', async (market) => {
    const person = await market.shopper('10')
    const { id } = await tokenOf(person, 'attempts')
    await seed(market, person.id, id, 1)
    const [one, other] = [newId(), newId()]
    const attempts = [one, other, one].map((channelId) => ({
      channelId,
      outcome: 'failed',
      status: 500,
      durationMs: 3,
    }))
    await market.testApp.app.services.sql.query('UPDATE usage_record SET attempts = $2 WHERE user_id = $1', [
      person.id,
      JSON.stringify(attempts),
    ])
    const answer = await person.ask(
      '{ viewer { usageRecords { edges { node { attempts { route outcome status durationMs } } } } } }',
    )
    const shown = answer.viewer.usageRecords.edges[0].node.attempts
    expect(shown.map(({ route }: any) => route)).toEqual(['A', 'B', 'A'])
    expect(JSON.stringify(answer)).not.toContain(one)
  })

  promise(
    'among a hundred thousand records a page and a report of a day read an index, not the table',
    async (market) => {
      const person = await market.shopper('10')
      const { id } = await tokenOf(person, 'many')
      const { sql } = market.testApp.app.services
      await seed(market, person.id, id, ROWS)
      await sql.query('ANALYZE usage_record')
      const plan = planning(sql)
      const query = { cursor: undefined, backwards: false, limit: 25 }
      await usageRows(plan, { userId: person.id, filter: {}, query })
      await usageRows(plan, { userId: person.id, filter: { status: 'failed' as never }, query })
      const cursor = `${market.clock.now.getTime() - 60_000_000} ${newId()}`
      await usageRows(plan, {
        userId: person.id,
        filter: { model: 'qwen3-max' },
        query: { ...query, cursor },
      })
      for (const shown of plan.plans) {
        expect(shown).toMatch(/Index (Only )?Scan using usage_record_(listed|failed)/)
        expect(shown).not.toMatch(/Sort|Seq Scan on usage_record/)
      }
      expect(plan.plans[1]).toContain('usage_record_failed')

      const asked = planning(sql)
      const ctx = { sql: asked, viewer: { id: person.id } } as unknown as Context
      const to = market.clock.now
      const question = { from: new Date(to.getTime() - 3_600_000), to, filter: {}, bucketSeconds: 60 }
      await totalsOf(ctx, question)
      await groupsOf(ctx, question, { by: 'model', first: 100 })
      await groupsOf(ctx, question, { by: 'hour', first: 100 })
      await pointsOf(ctx, question, { every: 'hour', by: 'api_token' })
      expect(asked.plans).toHaveLength(4)
      for (const shown of asked.plans) {
        expect(shown).toMatch(/Index Scan using usage_record_(listed|created)/)
        expect(shown).not.toContain('Seq Scan on usage_record')
      }
    },
  )
})

describeMarket('the low-balance alert', (promise) => {
  promise('is a threshold of the account, taken back with null, never below zero', async (market) => {
    const person = await market.shopper('10')
    const read = async () => (await person.ask('{ viewer { lowBalanceAlert } }')).viewer.lowBalanceAlert
    expect(await read()).toBeNull()
    await person.do('setLowBalanceAlert', { amount: '12.5' }, 'lowBalanceAlert')
    expect(await read()).toBe('12.5')
    expect(await person.refused('setLowBalanceAlert', { amount: '-1' }, 'lowBalanceAlert')).toMatchObject({
      code: 'invalid_request',
    })
    await person.do('setLowBalanceAlert', { amount: null }, 'lowBalanceAlert')
    expect(await read()).toBeNull()
  })
})
