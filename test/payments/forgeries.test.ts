import { createHmac } from 'node:crypto'
import { expect } from 'vitest'
import { receiveNotification } from '../../server/payments/notices.ts'
import type { PaymentProvider, RawNotification } from '../../server/payments/provider.ts'
import { sign, SIGNATURE_HEADER } from '../../server/payments/sandbox.provider.ts'
import { newId } from '../../server/platform/ids.ts'
import { deriveKey, secretKeyIn } from '../../server/platform/secret-key.ts'
import { address, describeMarket, key, type Market, type Shopper } from '../support/market.ts'

/** SECURITY.md §1: what a payment's callback may be, and all that it may not. */

const sandboxKey = ({ testApp }: Market) => {
  const { config } = testApp.app.services
  return deriveKey(config.secretKey ?? secretKeyIn(config.dataDir), 'sandbox payments')
}

const order = async (person: Shopper) =>
  (
    await person.do(
      'createTopUpOrder',
      { amount: '100', providerId: 'sandbox', idempotencyKey: key() },
      'order { id }',
    )
  ).order.id as string

const paid = (orderId: string, more: object = {}) => ({
  orderId,
  providerTxn: `txn-${newId()}`,
  amountFen: '10000',
  currency: 'CNY',
  status: 'paid',
  ...more,
})

const signed = (market: Market, content: object): RawNotification =>
  sign(sandboxKey(market), { ...content, now: market.clock.now })

interface Sent {
  headers?: Record<string, string>
  query?: string
  method?: string
  from?: string
}

const send = (market: Market, raw: RawNotification, { headers, query = '', method, from }: Sent = {}) =>
  fetch(`${market.testApp.url}/payments/sandbox/notify${query}`, {
    method: method ?? 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': from ?? address(),
      [SIGNATURE_HEADER]: String(raw.headers[SIGNATURE_HEADER]),
      ...headers,
    },
    ...(method === 'GET' ? {} : { body: raw.body.toString('latin1') }),
  })

const kept = ({ testApp }: Market, provider = 'sandbox') =>
  testApp.app.services.sql.query<{ accepted: boolean | null; reason: string | null }>(
    'SELECT accepted, reason FROM payment_notification WHERE provider = $1 ORDER BY id DESC',
    [provider],
  )

describeMarket('forged payments', (promise) => {
  promise(
    'T26: how a notification is checked is ours to choose, whatever it says about itself',
    async (market) => {
      const person = await market.shopper()
      const id = await order(person)
      const content = paid(id)
      const at = market.clock.now.getTime().toString()
      const body = Buffer.from(JSON.stringify(content))
      const by = (algorithm: string, secret: Buffer | string) =>
        `${at}.${createHmac(algorithm, secret).update(at).update('\n').update(body).digest('hex')}`
      const raw = (signature: string): RawNotification => ({
        headers: { [SIGNATURE_HEADER]: signature },
        query: '',
        body,
        now: market.clock.now,
      })
      const right = by('sha256', sandboxKey(market))
      const forgeries = [
        by('sha1', sandboxKey(market)),
        by('md5', sandboxKey(market)),
        by('sha256', ''),
        'none',
        `${at}.`,
        `${at}.WECHATPAY/SIGNTEST/${right.split('.')[1]}`,
        `${right.split('.')[0]}.${right.split('.')[1]!.toUpperCase()}`,
        `${Number(at) + 1}.${right.split('.')[1]}`,
        `.${right.split('.')[1]}`,
      ]
      for (const forgery of forgeries)
        for (const named of ['MD5', 'RSA', 'HMAC-SHA1', 'none']) {
          const answer = await send(market, raw(forgery), {
            query: `?sign_type=${named}&sign=${right}`,
            headers: { 'x-sign-type': named, 'wechatpay-signature-type': named },
          })
          expect([forgery, await answer.text()]).toEqual([forgery, 'fail'])
        }
      const inside = signed(market, { ...content, sign_type: 'MD5' })
      expect((await send(market, { ...inside, body })).status).toBe(400)
      expect(await person.balance()).toMatchObject({ wallet: '0' })
      expect((await send(market, raw(right), { query: '?sign_type=MD5' })).status).toBe(200)
      expect(await person.balance()).toMatchObject({ wallet: '100' })
    },
  )

  promise(
    'T26: a body is what was signed to the byte: no bit of it, no blank and no order of fields is another',
    async (market) => {
      const person = await market.shopper()
      const id = await order(person)
      const raw = signed(market, paid(id))
      const bodies = [
        ...Array.from(raw.body.keys()).map((at) => {
          const flipped = Buffer.from(raw.body)
          flipped[at]! ^= 1
          return flipped
        }),
        Buffer.from(JSON.stringify(JSON.parse(raw.body.toString()), null, 1)),
        Buffer.from(
          JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(raw.body.toString())).reverse())),
        ),
        Buffer.concat([raw.body, Buffer.from(' ')]),
      ]
      const { paymentSandbox } = market.testApp.app.services
      for (const body of bodies)
        expect(paymentSandbox!.verifyNotification({ ...raw, body })).toMatchObject({ ok: false })
      expect(paymentSandbox!.verifyNotification(raw)).toMatchObject({ ok: true, orderId: id })
      expect((await send(market, raw, { method: 'GET' })).status).toBe(404)
      expect((await send(market, raw, { method: 'PUT' })).status).toBe(404)
      expect(await person.balance()).toMatchObject({ wallet: '0' })
    },
  )

  promise('T26: the payment of one order, or at one provider, is none of another', async (market) => {
    const [person, other] = [await market.shopper(), await market.shopper()]
    const [id, foreign] = [await order(person), await order(other)]
    const { sql } = market.testApp.app.services
    await sql.query("UPDATE payment_order SET provider = 'bank' WHERE id = $1", [foreign])
    for (const wrong of [foreign, newId(), 'no id', `${id}' OR 1=1 --`])
      expect((await send(market, signed(market, paid(wrong)))).status).toBe(400)
    const mixed = { ...signed(market, paid(foreign)), headers: signed(market, paid(id)).headers }
    expect((await send(market, mixed)).status).toBe(400)
    for (const one of [person, other]) expect(await one.balance()).toMatchObject({ wallet: '0' })
  })

  promise(
    'a provider whose own library throws at a notification has refused it, and it is kept',
    async (market) => {
      const { services } = market.testApp.app
      const thrower: PaymentProvider = {
        ...services.paymentSandbox!,
        id: 'thrower',
        verifyNotification() {
          throw new URIError('URI malformed')
        },
      }
      const raw = { headers: {}, query: 'sign=%', body: Buffer.from('total=100%'), now: market.clock.now }
      expect(await receiveNotification(services, thrower, { raw })).toMatchObject({ body: 'fail' })
      expect(await kept(market, 'thrower')).toEqual([{ accepted: false, reason: 'it cannot be read' }])
    },
  )

  promise(
    'what could not be worked on is kept all the same, once, and the provider sends it again',
    async (market) => {
      const person = await market.shopper()
      const id = await order(person)
      // No database takes this text: the work breaks off after the notification was kept.
      const broken = await send(market, signed(market, paid(id, { providerTxn: 'a\u0000' })))
      expect(broken.status).toBe(500)
      expect((await kept(market))[0]).toEqual({ accepted: null, reason: null })
      expect((await send(market, signed(market, paid(id)))).status).toBe(200)
      expect(await person.balance()).toMatchObject({ wallet: '100' })
      const { sql } = market.testApp.app.services
      const change = (what: string) =>
        sql.query(`UPDATE payment_notification SET ${what} WHERE order_id = $1 AND accepted`, [id])
      for (const what of ['accepted = false', "body = 'other'", "reason = 'another'"])
        await expect(change(what)).rejects.toThrow(/history/)
      await expect(
        sql.query("UPDATE payment_notification SET body = '' WHERE accepted IS NULL"),
      ).rejects.toThrow(/history/)
      await expect(sql.query('DELETE FROM payment_notification')).rejects.toThrow(/history/)
    },
  )

  promise(
    'whoever sends forgeries is not kept for ever, and real payments pass all the while',
    async (market) => {
      const person = await market.shopper()
      const id = await order(person)
      const from = address()
      const before = (await kept(market)).length
      const forgery = { ...signed(market, paid(id)), headers: {} }
      const statuses = []
      for (let n = 0; n < 65; n++) statuses.push((await send(market, forgery, { from })).status)
      expect(statuses.filter((status) => status === 429)).toHaveLength(5)
      expect((await kept(market)).length - before).toBe(60)
      expect((await send(market, signed(market, paid(id)), { from })).status).toBe(200)
      expect(await person.balance()).toMatchObject({ wallet: '100' })
    },
  )
})
