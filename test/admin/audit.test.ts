import { describe, expect, test } from 'vitest'
import { readDetail } from '../../server/admin/audit.detail.ts'
import { describeMarket } from '../support/market.ts'

describe('what an audit entry says of a change', () => {
  test('is told part by part, and what did not change is not told', () => {
    const detail = {
      before: { models: { 'qwen3-max': 'q', 'glm-4.6': 'g' }, weight: 1, timeouts: {}, note: null },
      after: { models: { 'qwen3-max': 'q', 'kimi-k2': 'k' }, weight: 1, timeouts: { idle: 500 }, note: null },
    }
    expect(readDetail(JSON.stringify(detail)).changes).toEqual([
      { field: 'models.glm-4.6', before: 'g', after: null },
      { field: 'models.kimi-k2', before: null, after: 'k' },
      { field: 'timeouts.idle', before: null, after: '500' },
    ])
  })

  test('keeps lists whole, and leaves out what was never said', () => {
    const detail = { keys: ['a …1234', 'b …5678'], kind: 'wallet', note: null, models: { a: 'b' } }
    expect(readDetail(JSON.stringify(detail))).toEqual({
      changes: [],
      facts: [
        { name: 'keys', value: 'a …1234, b …5678' },
        { name: 'kind', value: 'wallet' },
        { name: 'models.a', value: 'b' },
      ],
    })
  })
})

const LAST = `{ auditEntries(first: 1) { edges { node {
  action target targetName changes { field before after } facts { name value } } } } }`

describeMarket('the audit', (promise) => {
  const last = async (admin: { ask(query: string): Promise<any> }) =>
    (await admin.ask(LAST)).auditEntries.edges[0].node

  promise(
    'calls a channel by its name, after it is deleted too, and says what changed of it',
    async (market) => {
      const admin = await market.admin()
      const keys = ['sk-a-long-provider-key-1234']
      const made = {
        name: 'First way',
        providerId: 'deepseek',
        keys,
        models: [{ modelId: 'kimi-k2', upstreamModel: 'deepseek-chat' }],
      }
      const { channel } = await admin.do('createChannel', made, 'channel { id }')
      expect(await last(admin)).toMatchObject({ action: 'create_channel', targetName: 'First way' })
      await admin.do('updateChannel', { id: channel.id, priority: 7 }, 'channel { id }')
      const changed = await last(admin)
      expect(changed.changes).toEqual([{ field: 'priority', before: '0', after: '7' }])
      expect(changed).toMatchObject({ action: 'update_channel', targetName: 'First way', facts: [] })
      await admin.do('deleteChannel', { id: channel.id }, 'archived')
      expect(await last(admin)).toMatchObject({ action: 'delete_channel', targetName: 'First way' })
    },
  )

  promise('says a price and a cost in CNY, with what it was before', async (market) => {
    const admin = await market.admin()
    const { model } = await admin.ask('{ model(id: "kimi-k2") { price { input } } }')
    const price = { modelId: 'kimi-k2', input: '4.25', cachedInput: '0.5', output: '16' }
    await admin.do('setModelPrice', price, 'model { id }')
    const input = { field: 'input', before: model.price.input, after: '4.25' }
    expect((await last(admin)).changes).toContainEqual(input)
    await admin.do('updateModel', { modelId: 'kimi-k2', costInput: '1.5' }, 'model { id }')
    expect((await last(admin)).changes).toEqual([{ field: 'costInput', before: null, after: '1.5' }])
  })
})
