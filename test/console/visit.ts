import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { parseCny } from '../../server/platform/money.ts'
import type { Browser as Person, TestApp } from '../support/app.ts'
import { openPage, type OpenPage } from '../support/browser.ts'

export interface Visitor {
  id: string
  tokenId: string
  secret: string
  person: Person
  page: Page
  /** Errors of the page, and requests to any other host. */
  faults: string[]
  /** A request of theirs, with its answer read and its record written. */
  chat(body?: object): Promise<string>
  /** Records of requests that nobody made: a second apart, the last of them now. */
  seed(rows: number, values?: Partial<Record<'status' | 'errorCode' | 'model', string>>): Promise<void>
}

type Look = Parameters<typeof openPage>[2] & { money?: string; tokenName?: string }

/** Somebody with an API token and money, signed in to the console in a browser profile of their own. */
export async function visit(browser: Browser, testApp: TestApp, look: Look = {}): Promise<Visitor> {
  const { sql, ledger } = testApp.app.services
  const person = testApp.browser()
  const { id } = await person.signUp()
  if (look.money) {
    const source = { accountId: id, sourceType: 'test', sourceId: newId(), note: null }
    const amount = parseCny(look.money)
    await sql.transaction((tx) => ledger.creditWallet(tx, { ...source, amount, kind: 'top_up' }))
    await ledger.balanceChanged(id)
  }
  const { data } = await person.graphql(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret apiToken { id } } }',
    { input: { name: look.tokenName ?? 'laptop' } },
  )
  const { secret, apiToken } = data.createApiToken
  const { page, faults }: OpenPage = await openPage(browser, testApp.url, look)
  const [name, value] = person.cookie.split('=') as [string, string]
  await page.context().addCookies([{ name, value, url: testApp.url }])
  return {
    id,
    tokenId: apiToken.id,
    secret,
    person,
    page,
    faults,
    async chat(body = {}) {
      const answer = await fetch(`${testApp.url}/api/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
        body: JSON.stringify({ model: 'qwen3-max', messages: [{ role: 'user', content: 'Hello' }], ...body }),
      })
      const text = await answer.text()
      const requestId = answer.headers.get('x-request-id')
      if (answer.ok)
        await expect
          .poll(() => sql.query('SELECT 1 FROM usage_record WHERE id = $1', [requestId]))
          .toHaveLength(1)
      return text
    },
    async seed(rows, { status = 'succeeded', errorCode, model = 'qwen3-max' } = {}) {
      await sql.query(
        `INSERT INTO usage_record (id, user_id, api_token_id, model_id, streamed, status, error_code, prompt_tokens,
                completion_tokens, usage_source, cost_nano, created_at)
         SELECT gen_random_uuid(), $1, $2, $3, true, $4, $5, 10, 10, 'upstream', 1000,
                date_trunc('milliseconds', now()) - i * interval '1 second'
           FROM generate_series(1, $6::int) i`,
        [id, apiToken.id, model, status, errorCode ?? null, rows],
      )
    },
  }
}
