import { expect, test } from 'vitest'
import { newId } from '../../server/platform/ids.ts'
import { startApp } from '../support/app.ts'

const { app, browser } = await startApp()
const { ledger, sql } = app.services

const WALLET = `query ($first: Int, $after: String) { viewer { wallet {
  bonusTokens quota wallet spendable
  pools { kind tokens money granted models }
  entries(first: $first, after: $after) {
    edges { cursor node { kind pool tokens money balanceAfter reference note } }
    pageInfo { hasNextPage endCursor }
  }
} } }`

test('a wallet shows three pools in the order of use, and money and tokens are never added up', async () => {
  const ada = browser()
  const { id: accountId } = await ada.signUp()
  const source = () => ({ accountId, sourceType: 'test', sourceId: newId(), note: 'a present' })
  await sql.transaction(async (tx) => {
    await ledger.creditWallet(tx, { ...source(), amount: 12_500_000_001n, kind: 'top_up' })
    await ledger.grantBonus(tx, { ...source(), tokens: 3_000_000_000n, expiresAt: null, models: ['glm-5'] })
  })
  const { data, errors } = await ada.graphql(WALLET, { first: 1 })
  expect(errors).toBeUndefined()
  const { wallet } = data.viewer
  expect(wallet).toMatchObject({ quota: '0', wallet: '12.500000001', spendable: '12.500000001' })
  expect(BigInt(wallet.bonusTokens)).toBeGreaterThanOrEqual(3_000_000_000n)
  expect(wallet.pools.at(-1)).toEqual({
    kind: 'WALLET',
    tokens: null,
    money: '12.500000001',
    granted: null,
    models: [],
  })
  expect(wallet.pools).toContainEqual({
    kind: 'BONUS',
    tokens: '3000000000',
    money: null,
    granted: '3000000000',
    models: ['glm-5'],
  })
  expect(wallet.entries.edges[0].node).toMatchObject({
    kind: 'GRANT',
    pool: 'BONUS',
    tokens: '3000000000',
    money: null,
  })

  const next = await ada.graphql(WALLET, { first: 1, after: wallet.entries.pageInfo.endCursor })
  expect(next.data.viewer.wallet.entries.edges[0].node).toMatchObject({
    kind: 'TOP_UP',
    pool: 'WALLET',
    tokens: null,
    money: '12.500000001',
    balanceAfter: '12.500000001',
    note: 'a present',
  })
})
