import { expect, test } from 'vitest'
import { mintCode, readCode } from '../../server/codes/code.secret.ts'
import { address, describeMarket, key, type Market, type Shopper } from '../support/market.ts'

const BATCH = 'batch { id codes used revokedAt } codes'
const REDEMPTION = 'redemption { id kind money tokens planId lastFour }'

async function batch(market: Market, wanted: object) {
  const admin = await market.admin()
  const made = await admin.do('createCodeBatch', { count: 1, idempotencyKey: key(), ...wanted }, BATCH)
  return { admin, ...made, code: made.codes[0] as string }
}

const redeem = (person: Shopper, code: string, idempotencyKey = key()) =>
  person.do('redeemCode', { code, idempotencyKey }, REDEMPTION)
const refused = async (person: Shopper, code: string) =>
  (await person.refused('redeemCode', { code, idempotencyKey: key() }, REDEMPTION)).code

describeMarket('redemption codes', (promise) => {
  promise('a code gives its money, its tokens or its plan, once', async (market) => {
    const person = await market.shopper()
    const money = await batch(market, { kind: 'WALLET', money: '12.5' })
    const tokens = await batch(market, { kind: 'BONUS', tokens: '700', bonusDays: 10 })
    const plan = await batch(market, { kind: 'PLAN', planId: 'pro' })
    expect((await redeem(person, money.code)).redemption).toMatchObject({ kind: 'WALLET', money: '12.5' })
    expect((await redeem(person, tokens.code)).redemption).toMatchObject({ kind: 'BONUS', tokens: '700' })
    expect((await redeem(person, plan.code)).redemption).toMatchObject({ kind: 'PLAN', planId: 'pro' })
    expect(await person.balance()).toEqual({ wallet: '12.5', bonusTokens: '700', quota: '60' })
    const { viewer } = await person.ask('{ viewer { planName subscription { paid cancelAtPeriodEnd } } }')
    expect(viewer).toEqual({ planName: 'Pro', subscription: { paid: '0', cancelAtPeriodEnd: true } })
    expect(await refused(person, money.code)).toBe('code_already_redeemed')
  })

  promise(
    'a code gives no more than can be meant, and no amount that the books cannot hold',
    async (market) => {
      const admin = await market.admin()
      const made = (wanted: object) => ({ count: 1, idempotencyKey: key(), ...wanted })
      for (const money of ['1000000.000000001', '999999999', '9999999999'])
        expect((await admin.refused('createCodeBatch', made({ kind: 'WALLET', money }), BATCH)).code).toBe(
          'invalid_request',
        )
      const tokens = made({ kind: 'BONUS', tokens: '1000000000001' })
      expect(await admin.refused('createCodeBatch', tokens, BATCH)).toMatchObject({ param: 'tokens' })
      const person = await market.shopper()
      const { code } = await batch(market, { kind: 'WALLET', money: '1000000' })
      expect((await redeem(person, code)).redemption).toMatchObject({ money: '1000000' })
    },
  )

  promise(
    'T23: of 300 attempts by sixty people on a code for three, exactly three succeed',
    async (market) => {
      const { code } = await batch(market, { kind: 'WALLET', money: '1', usesPerCode: 3 })
      const people = await Promise.all(Array.from({ length: 60 }, () => market.shopper()))
      const mutation = `mutation ($input: RedeemCodeInput!) { redeemCode(input: $input) { ${REDEMPTION} } }`
      const answers = await Promise.all(
        people.flatMap((person) =>
          Array.from({ length: 5 }, () => person.send(mutation, { input: { code, idempotencyKey: key() } })),
        ),
      )
      expect(answers.filter(({ errors }) => !errors)).toHaveLength(3)
      const balances = await Promise.all(people.map((person) => person.balance()))
      expect(balances.filter(({ wallet }) => wallet === '1')).toHaveLength(3)
      expect(balances.filter(({ wallet }) => wallet === '0')).toHaveLength(57)
    },
  )

  promise(
    'T24: a batch that ended or was revoked gives nothing, and says no more than an unknown code',
    async (market) => {
      const person = await market.shopper()
      const ended = await batch(market, { kind: 'WALLET', money: '1', validUntil: '2030-01-01T00:00:00Z' })
      // By the database's clock, to the moment.
      await market.testApp.app.services.sql.query(
        'UPDATE code_batch SET valid_until = clock_timestamp() WHERE id = $1',
        [ended.batch.id],
      )
      const revoked = await batch(market, { kind: 'WALLET', money: '1' })
      await revoked.admin.do(
        'revokeCodeBatch',
        { id: revoked.batch.id, reason: 'leaked' },
        'batch { revokedAt }',
      )
      const answers = [await refused(person, ended.code), await refused(person, revoked.code)]
      expect([...answers, await refused(person, mintCode())]).toEqual(Array(3).fill('code_not_redeemable'))
      expect(await person.balance()).toMatchObject({ wallet: '0' })
    },
  )

  promise(
    'T24: guessing is stopped after five tries a minute, typing mistakes are not guesses',
    async (market) => {
      const person = await market.shopper()
      for (let n = 0; n < 8; n++) expect(await refused(person, 'AAAA-BBBB')).toBe('code_mistyped')
      const codes: string[] = []
      for (let n = 0; n < 7; n++) codes.push(await refused(person, mintCode()))
      expect(codes).toEqual([
        ...Array(5).fill('code_not_redeemable'),
        'rate_limit_exceeded',
        'rate_limit_exceeded',
      ])
    },
  )

  promise(
    'T24: accounts that guess from one address are stopped together after twenty tries',
    async (market) => {
      const from = address()
      const people = await Promise.all(Array.from({ length: 6 }, () => market.shopper()))
      const codes: string[] = []
      for (const person of people) {
        person.browser.headers['x-forwarded-for'] = from
        for (let n = 0; n < 4; n++) codes.push(await refused(person, mintCode()))
      }
      expect(codes).toEqual([
        ...Array(20).fill('code_not_redeemable'),
        ...Array(4).fill('rate_limit_exceeded'),
      ])
    },
  )

  promise('the same call again is answered again and gives nothing twice', async (market) => {
    const person = await market.shopper()
    const { code } = await batch(market, { kind: 'WALLET', money: '3', usesPerCode: 9, usesPerUser: 9 })
    const one = key()
    const first = await redeem(person, code, one)
    expect(await redeem(person, code, one)).toEqual(first)
    expect(await person.balance()).toMatchObject({ wallet: '3' })
    await redeem(person, code)
    expect(await person.balance()).toMatchObject({ wallet: '6' })
  })

  promise('codes are shown once and only their hashes are kept', async (market) => {
    const idempotencyKey = key()
    const admin = await market.admin()
    const wanted = { kind: 'BONUS', tokens: '5', count: 40, prefix: 'SPRING', idempotencyKey }
    const { codes } = await admin.do('createCodeBatch', wanted, BATCH)
    expect(new Set(codes).size).toBe(40)
    expect(codes[0]).toMatch(/^SPRING-(\w{5}-){4}[\w*~$=]$/)
    expect((await admin.do('createCodeBatch', wanted, BATCH)).codes).toEqual([])
    const { sql } = market.testApp.app.services
    const rows = await sql.query<object>('SELECT * FROM redemption_code')
    expect(JSON.stringify(rows, (_, part) => (typeof part === 'bigint' ? `${part}` : part))).not.toContain(
      codes[0].slice(7, 29),
    )
  })

  promise(
    'the operator reads who redeemed the codes of a batch, a page at a time, and of no other',
    async (market) => {
      const { admin, batch: mine, codes } = await batch(market, { kind: 'BONUS', tokens: '7', count: 3 })
      const other = await batch(market, { kind: 'BONUS', tokens: '7' })
      const people = [await market.shopper(), await market.shopper(), await market.shopper()]
      for (const [i, person] of people.entries()) await redeem(person, codes[i])
      await redeem(people[0]!, other.code)
      const LOG = `query ($batchId: ID!, $first: Int, $after: String) {
      codeBatchRedemptions(batchId: $batchId, first: $first, after: $after) {
        edges { node { userId email lastFour } } pageInfo { hasNextPage endCursor } } }`
      const read = async (after?: string) =>
        (await admin.ask(LOG, { batchId: mine.id, first: 2, after })).codeBatchRedemptions
      const first = await read()
      const second = await read(first.pageInfo.endCursor)
      expect([...first.edges, ...second.edges].map(({ node }: any) => node)).toEqual(
        people
          .map(({ id, email }, i) => ({
            userId: id,
            email,
            lastFour: codes[i].replaceAll('-', '').slice(-4),
          }))
          .reverse(),
      )
      expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false])
      const { errors } = await admin.send(LOG, { batchId: key() })
      expect(errors![0]!.extensions.code).toBe('code_batch_not_found')
    },
  )

  promise('a customer neither makes nor lists batches', async (market) => {
    const person = await market.shopper()
    const input = { kind: 'WALLET', money: '1', count: 1, idempotencyKey: key() }
    expect((await person.refused('createCodeBatch', input, BATCH)).code).toBe('admin_required')
    const { errors } = await person.send('{ codeBatches { edges { node { id } } } }')
    expect(errors![0]!.extensions.code).toBe('admin_required')
  })
})

test('a code is read however it was typed, and any wrong character or swap is noticed', () => {
  const code = mintCode('GIFT')
  const bare = code.slice(5).replaceAll('-', '')
  expect(readCode(code)).toBe(bare)
  expect(readCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(bare)
  expect(readCode(bare.replaceAll('0', 'O').replaceAll('1', 'l'))).toBe(bare)
  for (let at = 0; at < 20; at++) {
    const other = bare[at] === 'A' ? 'B' : 'A'
    expect(readCode(bare.slice(0, at) + other + bare.slice(at + 1))).toBeUndefined()
    if (at < 19 && bare[at] !== bare[at + 1])
      expect(readCode(bare.slice(0, at) + bare[at + 1] + bare[at] + bare.slice(at + 2))).toBeUndefined()
  }
})
