import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer, type Customer } from '../support/customer.ts'
import { type Script, startUpstream } from '../support/upstream.ts'

const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(app, upstream)
const { sql, catalog, tokenBook, ledger } = app.app.services

const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta, ...more }] })}\n\n`
const USAGE = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 }

/** Stops after the first word until the test lets it go on. */
function halting(): { script: Script; begun: Promise<void>; goOn: () => void } {
  let [begin, goOn] = [() => {}, () => {}]
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const going = new Promise<void>((resolve) => (goOn = resolve))
  return {
    begun,
    goOn: () => goOn(),
    script: async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(chunk({ role: 'assistant', content: 'One' }))
      begin()
      await going
      response.write(chunk({ content: ' two' }, { finish_reason: 'stop' }))
      response.end(`data: ${JSON.stringify({ choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`)
    },
  }
}

/** A stream during which something happens; answers its text and its record. */
async function during(customer: Customer, happens: () => Promise<unknown>) {
  const { script, begun, goOn } = halting()
  upstream.answer(script)
  const answer = customer.chat({ stream: true })
  await begun
  await happens()
  goOn()
  const text = await (await answer).text()
  await expect.poll(async () => (await customer.records()).length).toBe(1)
  return { text, record: (await customer.records())[0]! }
}

const priceOf = async () => {
  const [price] = await sql.query<{ id: string; input: bigint; output: bigint }>(
    "SELECT id, input, output FROM price_version WHERE model_id = 'qwen3-max' ORDER BY effective_from DESC LIMIT 1",
  )
  return price!
}

const money = { money: 10_000_000_000n }

test('T17: a price that changes while an answer streams changes nothing about its cost', async () => {
  const customer = await createCustomer(app, money)
  const before = await priceOf()
  const { text, record } = await during(customer, async () => {
    await sql.query(
      `INSERT INTO price_version (id, model_id, input, cached_input, output, effective_from, created_at)
       SELECT gen_random_uuid(), model_id, input * 10, cached_input, output * 10, now(), now()
       FROM price_version WHERE id = $1`,
      [before.id],
    )
    await catalog.reload()
  })
  expect(text).toMatch(/\[DONE\]\n\n$/)
  const cost = (before.input * 100n + before.output * 50n + 500n) / 1_000n
  expect(Math.round(Number(record.cost) * 1e9)).toBe(Number(cost))
})

test('T17: a model that is withdrawn while it answers ends its answer and is billed; the next request is 404', async () => {
  const customer = await createCustomer(app, money)
  const { text, record } = await during(customer, async () => {
    await sql.query("UPDATE model SET visible = false WHERE id = 'qwen3-max'")
    await catalog.reload()
  })
  expect(text).toMatch(/ two.*\[DONE\]\n\n$/s)
  expect(record).toMatchObject({ status: 'SUCCEEDED', promptTokens: '100', completionTokens: '50' })
  expect((await customer.chat()).status).toBe(404)
  await sql.query("UPDATE model SET visible = true WHERE id = 'qwen3-max'")
  await catalog.reload()
})

test('T18: a token that is revoked, and one over its cap, finish what runs; what comes next is refused', async () => {
  const [revoked, capped] = [await createCustomer(app, money), await createCustomer(app, money)]
  const first = await during(revoked, async () => {
    await sql.query('UPDATE api_token SET revoked_at = now() WHERE id = $1', [revoked.tokenId])
    tokenBook.forgetToken(revoked.tokenId)
  })
  expect(first.record).toMatchObject({ status: 'SUCCEEDED', completionTokens: '50' })
  expect((await revoked.chat()).status).toBe(401)
  const capAt = async (nano: number) => {
    await sql.query('UPDATE api_token SET cap_day = $2 WHERE id = $1', [capped.tokenId, nano])
    tokenBook.forgetToken(capped.tokenId)
  }
  await capAt(1_000_000_000_000)
  const second = await during(capped, async () => {
    await capAt(1)
    // What a running request does not use comes back: who asks again in a moment may get in.
    const held = await capped.chat()
    expect([held.status, held.headers.get('x-should-retry'), held.headers.get('retry-after')]).toEqual([
      402,
      'true',
      '1',
    ])
    const { error } = (await held.json()) as any
    expect(error).toMatchObject({ code: 'spend_cap_exceeded', message: expect.stringMatching(/still run/) })
    expect(Number(error.held)).toBeGreaterThan(0)
  })
  expect(second.record).toMatchObject({ status: 'SUCCEEDED', completionTokens: '50' })
  const refused = await capped.chat()
  expect([refused.status, ((await refused.json()) as any).error.code]).toEqual([402, 'spend_cap_exceeded'])
  expect(refused.headers.get('x-should-retry')).toBe('false')
})

test('T33: the report of a day adds up to the entries of that day, in the zone it was asked for', async () => {
  const customer = await createCustomer(app, money)
  upstream.answer(halting().script)
  const { record } = await during(customer, async () => undefined)
  const person = app.browser()
  person.cookie = `session=${await app.app.services.sessions.open(customer.id, { ip: undefined, userAgent: undefined })}`
  const day = new Date(Math.floor(Date.now() / 86_400_000) * 86_400_000 - 8 * 3_600_000)
  const { data } = await person.graphql(
    `query ($from: DateTimeISO!, $to: DateTimeISO!) { viewer {
       usageReport(from: $from, to: $to, bucketSeconds: 86400) { totals { requests cost } buckets { cost } } } }`,
    { from: day, to: new Date(day.getTime() + 2 * 86_400_000) },
  )
  const { totals, buckets } = data.viewer.usageReport
  const entries = await ledger.summary(customer.id, { from: day })
  const out = entries.find(({ pool }) => pool === 'wallet')!.out
  expect([totals.requests, totals.cost]).toEqual(['1', record.cost])
  const sum = buckets.reduce((total: number, bucket: any) => total + Number(bucket.cost), 0)
  expect(Math.round(sum * 1e9)).toBe(Number(out))
})
