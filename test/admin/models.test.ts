import { expect } from 'vitest'
import { createCustomer } from '../support/customer.ts'
import { describeMarket } from '../support/market.ts'

const MODEL = `model { id displayName providerId description descriptionZh aliases contextLength maxOutputTokens
  capabilities tokenizer visible replacementId input costInput costOutput belowCost }`
let made = 0
const fresh = (more: object = {}) => {
  const id = `model-${++made}-${Math.random().toString(36).slice(2)}`
  return { id, displayName: 'New', providerId: 'deepseek', ...more }
}

describeMarket('models', (promise) => {
  promise('a new one is offered as soon as it has a price, under all its names', async (market) => {
    const admin = await market.admin()
    const customer = await createCustomer(market.testApp, { money: 5_000_000_000n })
    const input = fresh({
      aliases: ['deepseek-ai/DeepSeek-V5'],
      description: 'Thinks.',
      descriptionZh: '会思考。',
      contextLength: 128_000,
      maxOutputTokens: 8_192,
      capabilities: ['CHAT', 'TOOLS'],
      tokenizer: 'DEEPSEEK',
    })
    const { model } = await admin.do('createModel', input, MODEL)
    expect(model).toMatchObject({ ...input, visible: true, input: null, belowCost: null })
    expect((await customer.chat({ model: input.id })).status).toBe(404)
    await admin.do('setModelPrice', { modelId: input.id, input: '2', output: '8' }, 'model { id }')
    for (const name of [input.id, 'deepseek-ai/DeepSeek-V5'])
      expect((await customer.chat({ model: name })).status).toBe(200)
    const shown = await admin.ask(
      `{ model(id: "${input.id}") { displayName descriptionZh contextLength capabilities } }`,
    )
    expect(shown.model).toEqual({
      displayName: 'New',
      descriptionZh: '会思考。',
      contextLength: 128_000,
      capabilities: ['chat', 'tools'],
    })
  })

  promise('a name belongs to one model: whoever gives it away twice is told the field', async (market) => {
    const admin = await market.admin()
    const alias = `other-${Math.random().toString(36).slice(2)}`
    const input = fresh({ aliases: [alias] })
    await admin.do('createModel', input, MODEL)
    const taken = (param: string) => ({ code: 'model_name_taken', param })
    for (const id of ['qwen3-max', alias])
      expect(await admin.refused('createModel', { ...fresh(), id }, MODEL)).toMatchObject(taken('id'))
    for (const name of ['qwen3-max', alias])
      expect(
        await admin.refused('updateModel', { modelId: 'kimi-k2', aliases: [name] }, MODEL),
      ).toMatchObject(taken('aliases'))
    const own = { modelId: input.id, aliases: [input.id] }
    expect(await admin.refused('updateModel', own, MODEL)).toMatchObject(taken('aliases'))
    const two = await Promise.allSettled(
      [fresh({ aliases: ['raced'] }), fresh({ aliases: ['raced'] })].map((one) =>
        admin.do('createModel', one, MODEL),
      ),
    )
    expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    // Its own name is no clash, and a name that was taken away is free again.
    await admin.do('updateModel', { modelId: input.id, aliases: [alias, `${alias}-2`] }, MODEL)
    await admin.do('updateModel', { modelId: input.id, aliases: [] }, MODEL)
    await admin.do('createModel', { ...fresh(), id: alias }, MODEL)
  })

  promise('what cannot be is refused by the name of its field', async (market) => {
    const admin = await market.admin()
    for (const [field, value] of [
      ['id', 'has space'],
      ['id', 'a/b'],
      ['displayName', '  '],
      ['providerId', 'nobody'],
      ['aliases', ['no spaces']],
      ['replacementId', 'no-such-model'],
      ['costInput', '-1'],
    ] as const)
      expect(await admin.refused('createModel', fresh({ [field]: value }), MODEL)).toMatchObject({
        code: 'invalid_request',
        param: field,
      })
    const nobody = { modelId: 'no-such-model', displayName: 'X' }
    expect((await admin.refused('updateModel', nobody, MODEL)).code).toBe('model_not_found')
  })

  promise(
    'a change leaves what it does not name, and is in the audit as before and after',
    async (market) => {
      const admin = await market.admin()
      const input = fresh({ contextLength: 1000, description: 'One' })
      await admin.do('createModel', input, MODEL)
      const change = { modelId: input.id, displayName: 'Newer', contextLength: null, capabilities: null }
      const { model } = await admin.do('updateModel', change, MODEL)
      expect(model).toMatchObject({ displayName: 'Newer', contextLength: null, description: 'One' })
      const { auditEntries } = await admin.ask(
        '{ auditEntries(first: 1) { edges { node { action detail } } } }',
      )
      const { action, detail } = auditEntries.edges[0].node
      expect([action, JSON.parse(detail)]).toEqual([
        'update_model',
        {
          before: { displayName: 'New', contextLength: 1000 },
          after: { displayName: 'Newer', contextLength: null },
        },
      ])
    },
  )

  promise('a price below what the provider charges is said, part by part', async (market) => {
    const admin = await market.admin()
    const input = fresh({ costInput: '1', costOutput: '4' })
    await admin.do('createModel', input, MODEL)
    const below = async (prices: object) =>
      (await admin.do('setModelPrice', { modelId: input.id, ...prices }, MODEL)).model.belowCost
    expect(await below({ input: '1', output: '4' })).toBe(false)
    expect(await below({ input: '0.999999', output: '4' })).toBe(true)
    expect(await below({ input: '1', output: '3.999999' })).toBe(true)
    expect(await below({ input: '1', cachedInput: '0.1', output: '4' })).toBe(true)
    const cheaper = { modelId: input.id, costCachedInput: '0.1' }
    expect((await admin.do('updateModel', cheaper, MODEL)).model.belowCost).toBe(false)
    const unknown = { modelId: input.id, costInput: null, costCachedInput: null, costOutput: null }
    expect((await admin.do('updateModel', unknown, MODEL)).model.belowCost).toBeNull()
  })

  promise(
    'the margin is that of the part that leaves least, also for the largest discount',
    async (market) => {
      const admin = await market.admin()
      const MARGIN = 'model { margin marginDiscounted }'
      const input = fresh({ costInput: '1', costOutput: '4' })
      const made = (await admin.do('createModel', input, MARGIN)).model
      expect(made).toEqual({ margin: null, marginDiscounted: null })
      const priced = async (prices: object) =>
        (await admin.do('setModelPrice', { modelId: input.id, ...prices }, MARGIN)).model
      // Pro pays 80 %.
      expect(await priced({ input: '2', output: '5' })).toEqual({
        margin: expect.closeTo(0.2),
        marginDiscounted: expect.closeTo(0),
      })
      expect(await priced({ input: '2', cachedInput: '0.5', output: '5' })).toEqual({
        margin: expect.closeTo(-1),
        marginDiscounted: expect.closeTo(-1.5),
      })
      expect(await priced({ input: '0', output: '0' })).toEqual({ margin: null, marginDiscounted: null })
      await priced({ input: '2', output: '8' })
      const unknown = { modelId: input.id, costOutput: null }
      expect((await admin.do('updateModel', unknown, MARGIN)).model.margin).toBeNull()
    },
  )

  promise('a model stands in the catalogue where its number puts it, a new one last', async (market) => {
    const admin = await market.admin()
    const input = fresh()
    const { model } = await admin.do('createModel', input, 'model { position }')
    await admin.do('setModelPrice', { modelId: input.id, input: '1', output: '1' }, 'model { id }')
    const order = async () => {
      const { models } = await admin.ask('{ models(first: 100) { edges { node { id } } } }')
      return models.edges.map(({ node }: any) => node.id)
    }
    expect((await order()).at(-1)).toBe(input.id)
    const { managedModels } = await admin.ask('{ managedModels { id position } }')
    expect(Math.max(...managedModels.map(({ position }: any) => position))).toBe(model.position)
    for (const [modelId, position] of [
      [input.id, 0],
      ['qwen3-max', 1],
    ] as const)
      await admin.do('updateModel', { modelId, position }, 'model { id }')
    const [first] = await order()
    expect([first, (await order()).indexOf(input.id)]).toEqual([input.id, 0])
    await admin.do('updateModel', { modelId: input.id, position: 9_999 }, 'model { id }')
    expect((await order()).at(-1)).toBe(input.id)
  })
})
