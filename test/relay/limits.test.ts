import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { connectChannel, createCustomer } from '../support/customer.ts'
import { type Script, startUpstream } from '../support/upstream.ts'

const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
const upstream = await startUpstream()
await connectChannel(app, upstream)

const answering =
  (tokens: number, wait: Promise<void> = Promise.resolve()): Script =>
  async (response) => {
    await wait
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        id: 'x',
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: tokens - 1, completion_tokens: 1, total_tokens: tokens },
      }),
    )
  }
const count = (answers: Response[], status: number) =>
  answers.filter((answer) => answer.status === status).length

test('of two hundred at once on a limit of sixty, exactly sixty pass', async () => {
  upstream.answer(answering(5))
  const customer = await createCustomer(app, { token: { requestsPerMinute: 60 } })
  const answers = await Promise.all(Array.from({ length: 200 }, () => customer.chat()))
  expect([count(answers, 200), count(answers, 429)]).toEqual([60, 140])
})

test('two requests at a time are two: the third hears so at once, and gets a place when one ends', async () => {
  let end = () => {}
  upstream.answer(answering(5, new Promise<void>((resolve) => (end = resolve))))
  const customer = await createCustomer(app, { token: { concurrency: 2 } })
  const running = [customer.chat(), customer.chat()]
  const before = upstream.heard.length
  await expect.poll(() => upstream.heard.length - before).toBeGreaterThanOrEqual(1)
  await expect.poll(async () => (await customer.chat()).status).toBe(429)
  const refused = await customer.chat()
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(((await refused.json()) as any).error).toMatchObject({
    code: 'rate_limit_exceeded',
    unit: 'concurrent',
    limit: 2,
  })
  end()
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200])
  expect((await customer.chat()).status).toBe(200)
})

test('a minute of LLM tokens that is used up refuses, by what was really used', async () => {
  upstream.answer(answering(400))
  const customer = await createCustomer(app, { token: { tokensPerMinute: 1_000 } })
  const statuses = []
  // The estimate is far above what is used: only what was used may count in the end.
  for (let n = 0; n < 4; n++) statuses.push((await customer.chat({ max_tokens: 10 })).status)
  expect(statuses).toEqual([200, 200, 200, 429])
  const refused = await customer.chat()
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(((await refused.json()) as any).error).toMatchObject({ unit: 'tokens', limit: 1_000 })
})

test('who tries one unknown key after another is told to wait, and known API tokens of the same address pass', async () => {
  upstream.answer(answering(5))
  const app = await startApp({ ALLOW_PRIVATE_UPSTREAMS: 'true' })
  await connectChannel(app, upstream)
  const customer = await createCustomer(app)
  const guess = () => fetch(`${app.url}/api/v1/models`, { headers: { authorization: 'Bearer sk-guess' } })
  const answers = await Promise.all(Array.from({ length: 70 }, guess))
  expect([count(answers, 401), count(answers, 429)]).toEqual([60, 10])
  const refused = answers.find(({ status }) => status === 429)!
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await customer.chat()).status).toBe(200)
})

test('whoever is refused for another reason keeps no place and no tokens', async () => {
  const customer = await createCustomer(app, { money: 0n, token: { concurrency: 1, tokensPerMinute: 10 } })
  for (let n = 0; n < 5; n++) expect((await customer.chat()).status).toBe(402)
})
