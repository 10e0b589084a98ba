import { expect, test } from 'vitest'
import { applyNotice } from '../../server/payments/notices.ts'
import type { Notice } from '../../server/payments/provider.ts'
import { reconcileOrders } from '../../server/payments/reconcile.ts'
import { sign, SIGNATURE_HEADER } from '../../server/payments/sandbox.provider.ts'
import { deriveKey, secretKeyIn } from '../../server/platform/secret-key.ts'
import { startApp } from '../support/app.ts'
import { describeMarket, key, type Market, type Shopper } from '../support/market.ts'

const ORDER = 'order { id status amount refunded payment { kind value } flag }'

const order = async (person: Shopper, amount = '100') =>
  (await person.do('createTopUpOrder', { amount, providerId: 'sandbox', idempotencyKey: key() }, ORDER)).order

const stateOf = async (person: Shopper, id: string) =>
  (
    await person.ask(
      'query ($id: ID!) { viewer { paymentOrder(id: $id) { status flag refunded creditedAt } } }',
      {
        id,
      },
    )
  ).viewer.paymentOrder

const decide = ({ testApp }: Market, id: string, decision: 'pay' | 'cancel') =>
  fetch(`${testApp.url}/payments/sandbox/${id}/${decision}`, { method: 'POST' })

/** What the sandbox sends, or somebody who pretends to be it. */
async function notify(market: Market, content: object, { forged = false, at = market.clock.now } = {}) {
  const { services } = market.testApp.app
  const secret = forged
    ? 'somebody else'
    : (services.config.secretKey ?? secretKeyIn(services.config.dataDir))
  const raw = sign(deriveKey(secret, 'sandbox payments'), { ...content, now: at })
  return fetch(`${market.testApp.url}/payments/sandbox/notify`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [SIGNATURE_HEADER]: String(raw.headers[SIGNATURE_HEADER]),
    },
    body: raw.body.toString(),
  })
}

const paid = (id: string, amountFen = '10000', providerTxn = `txn-${id}`) => ({
  orderId: id,
  providerTxn,
  amountFen,
  currency: 'CNY',
  status: 'paid',
})

describeMarket('top-up', (promise) => {
  promise('an order that is paid is credited, exactly and with an entry that names it', async (market) => {
    const person = await market.shopper()
    const made = await order(person, '0.01').catch(() => undefined)
    expect(made).toBeUndefined()
    const { id, payment, status } = await order(person, '88.88')
    expect({ status, payment }).toEqual({
      status: 'PENDING',
      payment: { kind: 'REDIRECT', value: expect.stringContaining(`/sandbox-pay/${id}`) },
    })
    expect((await decide(market, id, 'pay')).status).toBe(200)
    expect(await stateOf(person, id)).toMatchObject({ status: 'CREDITED', flag: null })
    const { viewer } = await person.ask(
      '{ viewer { wallet { wallet entries(first: 1) { edges { node { kind money reference } } } } } }',
    )
    expect(viewer.wallet.wallet).toBe('88.88')
    expect(viewer.wallet.entries.edges[0].node).toEqual({ kind: 'TOP_UP', money: '88.88', reference: id })
  })

  promise('T25: a hundred replays of one notification credit once', async (market) => {
    const person = await market.shopper()
    const { id } = await order(person)
    const answers = await Promise.all(Array.from({ length: 100 }, () => notify(market, paid(id))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await person.balance()).toMatchObject({ wallet: '100' })
  })

  promise(
    'T26: what is not signed, signed by another, stale or changed is refused and leaves a row',
    async (market) => {
      const person = await market.shopper()
      const { id } = await order(person)
      const stale = new Date(market.clock.now.getTime() - 301_000)
      const future = new Date(market.clock.now.getTime() + 301_000)
      const refusals = [
        await notify(market, paid(id), { forged: true }),
        await notify(market, paid(id), { at: stale }),
        await notify(market, paid(id), { at: future }),
        await notify(market, paid(key())),
        await notify(market, { ...paid(id), status: 'gift' }),
        await fetch(`${market.testApp.url}/payments/sandbox/notify`, {
          method: 'POST',
          body: JSON.stringify(paid(id)),
        }),
        await fetch(`${market.testApp.url}/payments/sandbox/notify`, { method: 'POST' }),
      ]
      expect(refusals.map(({ status }) => status)).toEqual(Array(7).fill(400))
      const big = await fetch(`${market.testApp.url}/payments/sandbox/notify`, {
        method: 'POST',
        body: 'x'.repeat(65 * 1024),
      })
      expect(big.status).toBe(400)
      expect(await stateOf(person, id)).toMatchObject({ status: 'PENDING' })
      expect(await person.balance()).toMatchObject({ wallet: '0' })
      const rows = await market.testApp.app.services.sql.query(
        'SELECT 1 FROM payment_notification WHERE NOT accepted AND reason IS NOT NULL',
      )
      expect(rows.length).toBeGreaterThanOrEqual(7)
    },
  )

  promise(
    'T29: another amount or currency than asked for is not credited but shown to a person',
    async (market) => {
      const person = await market.shopper()
      const [less, other] = [await order(person), await order(person)]
      await notify(market, paid(less.id, '1'))
      await notify(market, { ...paid(other.id), currency: 'USD' })
      for (const { id } of [less, other])
        expect(await stateOf(person, id)).toMatchObject({
          status: 'PAID',
          flag: 'amount_mismatch',
          creditedAt: null,
        })
      expect(await person.balance()).toMatchObject({ wallet: '0' })
      const admin = await market.admin()
      const { paymentOrders } = await admin.ask(
        'query ($user: ID!) { paymentOrders(flagged: true, userId: $user) { edges { node { id } } } }',
        { user: person.id },
      )
      expect(paymentOrders.edges).toHaveLength(2)
    },
  )

  promise(
    'T27: closed after paid changes nothing, paid after closed is credited and flagged',
    async (market) => {
      const person = await market.shopper()
      const [first, second] = [await order(person), await order(person)]
      await notify(market, paid(first.id))
      await notify(market, { ...paid(first.id), status: 'closed' })
      expect(await stateOf(person, first.id)).toMatchObject({ status: 'CREDITED', flag: null })
      await notify(market, { ...paid(second.id), status: 'closed' })
      expect(await stateOf(person, second.id)).toMatchObject({ status: 'CLOSED' })
      await notify(market, paid(second.id))
      expect(await stateOf(person, second.id)).toMatchObject({ status: 'CREDITED', flag: 'paid_after_close' })
      expect(await person.balance()).toMatchObject({ wallet: '200' })
    },
  )

  promise('T27: a refund nobody asked for is flagged, before or after the payment', async (market) => {
    const person = await market.shopper()
    const { id } = await order(person)
    await notify(market, { ...paid(id), status: 'refunded' })
    expect(await stateOf(person, id)).toMatchObject({ status: 'PENDING', flag: 'refund_unexpected' })
    await notify(market, paid(id))
    expect(await stateOf(person, id)).toMatchObject({
      status: 'CREDITED',
      flag: 'refund_unexpected',
      refunded: '0',
    })
  })

  promise('one transaction of the provider pays one order', async (market) => {
    const person = await market.shopper()
    const [first, second] = [await order(person), await order(person)]
    expect((await notify(market, paid(first.id, '10000', 'same'))).status).toBe(200)
    expect((await notify(market, paid(second.id, '10000', 'same'))).status).toBe(400)
    expect(await person.balance()).toMatchObject({ wallet: '100' })
    await notify(market, paid(first.id, '10000', 'another'))
    expect(await stateOf(person, first.id)).toMatchObject({ status: 'CREDITED', flag: 'second_payment' })
  })

  promise('T28: a payment whose notification never comes is found, an unpaid order ends', async (market) => {
    const person = await market.shopper()
    const [lost, unpaid] = [await order(person), await order(person)]
    const { services } = market.testApp.app
    await services.sql.query("UPDATE sandbox_payment SET status = 'paid' WHERE order_id = $1", [lost.id])
    market.clock.now = new Date(market.clock.now.getTime() + 121_000)
    await reconcileOrders(services)
    expect(await stateOf(person, lost.id)).toMatchObject({ status: 'CREDITED' })
    expect(await stateOf(person, unpaid.id)).toMatchObject({ status: 'PENDING' })
    market.clock.now = new Date(market.clock.now.getTime() + 30 * 60_000)
    await Promise.all([reconcileOrders(services), reconcileOrders(services)])
    expect(await stateOf(person, unpaid.id)).toMatchObject({ status: 'EXPIRED' })
    expect((await decide(market, unpaid.id, 'pay')).status).toBe(409)
    expect(await person.balance()).toMatchObject({ wallet: '100' })
  })

  promise(
    'refunds take the money back, in parts, never more than was paid, and below zero if it was spent',
    async (market) => {
      const [person, admin] = [await market.shopper(), await market.admin()]
      const { id } = await order(person)
      await decide(market, id, 'pay')
      await person.do('buyPlan', { planId: 'pro', idempotencyKey: key() }, 'subscription { id }')
      const one = { orderId: id, amount: '30', reason: 'by request', idempotencyKey: key() }
      expect((await person.refused('refundPaymentOrder', one, ORDER)).code).toBe('admin_required')
      await admin.do('refundPaymentOrder', one, ORDER)
      const again = await admin.do('refundPaymentOrder', one, ORDER)
      expect(again.order).toMatchObject({ status: 'CREDITED', refunded: '30' })
      expect(await person.balance()).toMatchObject({ wallet: '21' })
      const tooMuch = { ...one, amount: '70.01', idempotencyKey: key() }
      expect((await admin.refused('refundPaymentOrder', tooMuch, ORDER)).code).toBe('refund_too_large')
      const rest = { orderId: id, reason: 'the rest', idempotencyKey: key() }
      expect((await admin.do('refundPaymentOrder', rest, ORDER)).order).toMatchObject({
        status: 'REFUNDED',
        refunded: '100',
      })
      expect(await person.balance()).toMatchObject({ wallet: '-49' })
    },
  )

  promise('an order is its owner’s, can be given up, and there are five open at most', async (market) => {
    const [person, other] = [await market.shopper(), await market.shopper()]
    const made = []
    for (let n = 0; n < 5; n++) made.push(await order(person))
    const input = { amount: '1', providerId: 'sandbox', idempotencyKey: key() }
    expect((await person.refused('createTopUpOrder', input, ORDER)).code).toBe('too_many_open_orders')
    const id = made[0].id
    expect((await other.refused('closeTopUpOrder', { id }, ORDER)).code).toBe('payment_order_not_found')
    expect((await person.do('closeTopUpOrder', { id }, ORDER)).order.status).toBe('CLOSED')
    expect((await person.refused('closeTopUpOrder', { id }, ORDER)).code).toBe('payment_order_not_open')
    await order(person)
  })

  promise(
    "what is left of an order's time is told by the server's clock, and never below zero",
    async (market) => {
      const person = await market.shopper()
      const { id } = await order(person)
      const left = async () =>
        (
          await person.ask(
            'query ($id: ID!) { viewer { paymentOrder(id: $id) { secondsLeft expiresAt } } }',
            {
              id,
            },
          )
        ).viewer.paymentOrder
      const { secondsLeft, expiresAt } = await left()
      expect(secondsLeft).toBe((Date.parse(expiresAt) - market.clock.now.getTime()) / 1_000)
      market.clock.now = new Date(Date.parse(expiresAt) - 1_500)
      expect((await left()).secondsLeft).toBe(2)
      market.clock.now = new Date(Date.parse(expiresAt) + 60_000)
      expect((await left()).secondsLeft).toBe(0)
    },
  )

  promise('whatever order notices come in, an order is credited at most once', async (market) => {
    const person = await market.shopper()
    const { services } = market.testApp.app
    const provider = services.paymentSandbox!
    const made = await order(person)
    const statuses: Notice['status'][] = ['paid', 'closed', 'refunded', 'paid', 'closed', 'paid']
    await Promise.all(
      statuses.map((status) =>
        applyNotice(services, provider, {
          ok: true,
          orderId: made.id,
          providerTxn: 'one',
          amountFen: 10_000n,
          currency: 'CNY',
          status,
        }),
      ),
    )
    expect(await person.balance()).toMatchObject({ wallet: '100' })
  })
})

test('in production there is no sandbox provider: no order, no page, no notification', async () => {
  const production = await startApp({
    NODE_ENV: 'production',
    SECRET_KEY: 'a'.repeat(40),
    PUBLIC_URL: 'https://pingtoken.example',
  })
  const person = production.browser()
  await person.signUp()
  const { data } = await person.graphql('{ viewer { topUpOptions { providers } } }')
  expect(data.viewer.topUpOptions.providers).toEqual([])
  const input = { amount: '10', providerId: 'sandbox', idempotencyKey: key() }
  const { errors } = await person.graphql(
    'mutation ($input: CreateTopUpOrderInput!) { createTopUpOrder(input: $input) { order { id } } }',
    { input },
  )
  expect(errors![0]!.extensions.code).toBe('top_up_unavailable')
  for (const path of ['notify', `${key()}/pay`, `${key()}/cancel`])
    expect((await fetch(`${production.url}/payments/sandbox/${path}`, { method: 'POST' })).status).toBe(404)
  expect((await fetch(`${production.url}/payments/sandbox/${key()}`)).status).toBe(404)
})
