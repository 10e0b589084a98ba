import { beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { parseCny } from '../../server/platform/money.ts'
import { type Answer, type Browser, startApp, type TestApp } from './app.ts'
import { databases } from './databases.ts'
import { expectBooksInOrder } from './invariants.ts'

/** Somebody who can be given money and signs in with a browser of their own. */
export interface Shopper {
  id: string
  email: string
  browser: Browser
  /** As this person, signed in at the clock's moment. */
  send(query: string, variables?: object): Promise<Answer>
  /** One mutation by its name; its payload, or its error's code. */
  do(mutation: string, input: object, fields: string): Promise<any>
  refused(mutation: string, input: object, fields: string): Promise<{ code: string; [key: string]: any }>
  ask(query: string, variables?: object): Promise<any>
  /** In CNY and LLM tokens, as the console shows them. */
  balance(): Promise<{ bonusTokens: string; quota: string; wallet: string }>
}

export interface Market {
  testApp: TestApp
  /** Moves by hand. */
  clock: { now: Date }
  /** With so many CNY in the wallet and no bonus. */
  shopper(cny?: string): Promise<Shopper>
  admin(): Promise<Shopper>
  topUp(userId: string, cny: string): Promise<void>
  booksInOrder(): Promise<void>
}

const typeOf = (mutation: string) => `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`

async function openMarket(database: Awaited<ReturnType<(typeof databases)[0]['open']>>): Promise<Market> {
  const clock = { now: new Date('2026-11-24T08:00:00Z') }
  const testApp = await startApp({ TRUSTED_PROXIES: '127.0.0.1' }, { database, now: () => clock.now })
  const { ledger, sql } = testApp.app.services

  async function topUp(userId: string, cny: string) {
    const source = { accountId: userId, sourceType: 'test', sourceId: newId(), note: null }
    await sql.transaction((tx) =>
      ledger.creditWallet(tx, { ...source, amount: parseCny(cny), kind: 'top_up' }),
    )
    await ledger.balanceChanged(userId)
  }

  async function withoutBonus(userId: string) {
    const [bonus] = await sql.query<{ id: bigint; remaining: bigint }>(
      'SELECT id, remaining FROM bucket WHERE account_id = $1',
      [userId],
    )
    const source = { accountId: userId, sourceType: 'test', sourceId: `no bonus ${userId}`, note: null }
    await sql.transaction((tx) =>
      ledger.adjust(tx, { ...source, kind: 'adjustment', bucketId: bonus!.id, amount: -bonus!.remaining }),
    )
  }

  async function shopper(cny?: string): Promise<Shopper> {
    const browser = testApp.browser()
    browser.headers['x-forwarded-for'] = address()
    const { id, email } = await browser.signUp()
    await withoutBonus(id)
    if (cny) await topUp(id, cny)
    // Sessions end like everything else when the clock moves on.
    let signedInAt = clock.now
    async function send(query: string, variables?: object): Promise<Answer> {
      if (signedInAt !== clock.now)
        browser.cookie = `session=${await testApp.app.services.sessions.open(id, { ip: '127.0.0.1', userAgent: 'test' })}`
      signedInAt = clock.now
      return browser.graphql(query, variables)
    }
    const run = (mutation: string, input: object, fields: string): Promise<Answer> =>
      send(`mutation ($input: ${typeOf(mutation)}!) { ${mutation}(input: $input) { ${fields} } }`, { input })
    return {
      id,
      email,
      browser,
      send,
      async do(mutation, input, fields) {
        const { data, errors } = await run(mutation, input, fields)
        if (errors) throw new Error(JSON.stringify(errors))
        return data[mutation]
      },
      async refused(mutation, input, fields) {
        const { errors } = await run(mutation, input, fields)
        expect(errors).toHaveLength(1)
        return errors![0]!.extensions
      },
      async ask(query, variables) {
        const { data, errors } = await send(query, variables)
        if (errors) throw new Error(JSON.stringify(errors))
        return data
      },
      async balance() {
        const { data } = await send('{ viewer { wallet { bonusTokens quota wallet } } }')
        return data.viewer.wallet
      },
    }
  }

  return {
    testApp,
    clock,
    shopper,
    async admin() {
      const person = await shopper()
      await sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [person.id])
      return person
    },
    topUp,
    booksInOrder: () => expectBooksInOrder(sql),
  }
}

/** The same promises on both databases; after each of them the books are in order. */
export function describeMarket(name: string, promises: (promise: Promised) => void): void {
  describe.each(databases)(`${name} on $name`, ({ missing, open }) => {
    let market: Market
    beforeAll(async () => {
      if (!missing) market = await openMarket(await open())
    })
    promises((title, run) =>
      test.skipIf(missing)(missing ? `${title} (skipped: ${missing})` : title, async () => {
        market.clock.now = new Date('2026-11-24T08:00:00Z')
        await run(market)
        await market.booksInOrder()
      }),
    )
  })
}

type Promised = (title: string, run: (market: Market) => Promise<void>) => void

export const key = newId

let addresses = 0

/** Everybody comes from an address of their own: attempts are limited per address. */
export const address = () => `10.${++addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`
