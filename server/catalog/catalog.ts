import type { EntityManager } from '@mikro-orm/postgresql'
import { type Bus, keepCurrent } from '../platform/bus.ts'
import type { Log } from '../platform/log.ts'
import type { FrozenModelPrice } from './price.ts'
import type { ChannelTimeouts } from './channel.entity.ts'
import { Channel } from './channel.entity.ts'
import { Model, type TokenizerName } from './model.entity.ts'
import { currentPrices } from './price.ts'
import { Provider } from './provider.entity.ts'

/** A model as the relay and the Model Plaza see it: one object per id, replaced as a whole on reload. */
export interface CatalogModel {
  id: string
  provider: { id: string; name: string }
  displayName: string
  description: string | null
  contextLength: number | null
  maxOutputTokens: number | null
  capabilities: string[]
  tokenizer: TokenizerName
  price: FrozenModelPrice
  createdAt: Date
}

/** One way to an upstream that serves a model. */
export interface CatalogChannel {
  id: string
  name: string
  /** With its version segment, without a trailing slash. */
  baseUrl: string
  keys: string[]
  /** What the upstream calls the model. */
  upstreamModel: string
  priority: number
  weight: number
  timeouts: ChannelTimeouts
  /** The built-in upstream, which says that it is one. */
  sandbox: boolean
}

/**
 * What can be called, and through whom, in memory: the relay looks it up on every request. It is read
 * from the database at start and again whenever an operator changes something.
 */
export interface Catalog {
  /** Undefined when the model is unknown, hidden, retired or has no price. */
  findModel(id: string): CatalogModel | undefined
  /** In the operator's order. */
  models(): CatalogModel[]
  /** In no particular order; the relay ranks them. */
  channelsFor(modelId: string): CatalogChannel[]
  /** True when no channel is configured and the sandbox stands in. */
  readonly usesSandbox: boolean
  /** After a change: reads everything anew, and tells the other processes to do the same. */
  reload(): Promise<void>
}

export interface CatalogOptions {
  em: EntityManager
  now: () => Date
  unseal: (sealed: string) => string
  /** The sandbox's base URL, when it may be used. */
  sandboxUrl: string | undefined
  bus: Bus
  log: Log
}

export async function createCatalog(options: CatalogOptions): Promise<Catalog> {
  let models = new Map<string, CatalogModel>()
  let channels: Channel[] = []
  let byModel = new Map<string, CatalogChannel[]>()

  const catalog: Catalog = {
    findModel: (id) => models.get(id),
    models: () => [...models.values()],
    channelsFor: (modelId) => byModel.get(modelId) ?? [],
    get usesSandbox() {
      return channels.length === 0 && options.sandboxUrl !== undefined
    },
    async reload() {
      await read()
      options.bus.tell('catalogChanged', {})
    },
  }

  /** One reading at a time, in order: an older one must not overwrite a newer one. */
  let reading = Promise.resolve()
  function read(): Promise<void> {
    const next = reading.then(async () => {
      const em = options.em.fork()
      const found = await em.find(Channel, { enabled: true })
      models = await readModels(em, options.now())
      channels = found
      byModel = routes(models, channels, options)
    })
    reading = next.catch(() => undefined)
    return next
  }

  keepCurrent(options, 'catalogChanged', read)
  await read()
  return catalog
}

async function readModels(em: EntityManager, now: Date): Promise<Map<string, CatalogModel>> {
  const rows = await em.find(
    Model,
    { visible: true, retiredAt: null },
    { orderBy: { position: 'asc', id: 'asc' } },
  )
  const providers = new Map((await em.find(Provider, {})).map((provider) => [provider.id, provider]))
  const prices = await currentPrices(em, now)
  const models = new Map<string, CatalogModel>()
  for (const row of rows) {
    const price = prices.get(row.id)
    const provider = providers.get(row.providerId)
    // Without a price there is nothing to charge: such a model is not offered.
    if (!price || !provider) continue
    const {
      id,
      displayName,
      description,
      contextLength,
      maxOutputTokens,
      capabilities,
      tokenizer,
      createdAt,
    } = row
    models.set(id, {
      id,
      displayName,
      description: description ?? null,
      contextLength: contextLength ?? null,
      maxOutputTokens: maxOutputTokens ?? null,
      capabilities,
      tokenizer,
      createdAt,
      provider: { id: provider.id, name: provider.name },
      price,
    })
  }
  return models
}

function routes(models: Map<string, CatalogModel>, channels: Channel[], options: CatalogOptions) {
  const byModel = new Map<string, CatalogChannel[]>()
  if (channels.length === 0 && options.sandboxUrl) {
    for (const id of models.keys()) byModel.set(id, [sandboxChannel(options.sandboxUrl, id)])
    return byModel
  }
  for (const channel of channels) {
    const keys = channel.sealedKeys.map(options.unseal)
    for (const [modelId, upstreamModel] of Object.entries(channel.models)) {
      const { id, name, priority, weight, timeouts } = channel
      const baseUrl = channel.baseUrl.replace(/\/+$/, '')
      const route = { id, name, baseUrl, keys, upstreamModel, priority, weight, timeouts, sandbox: false }
      byModel.set(modelId, [...(byModel.get(modelId) ?? []), route])
    }
  }
  return byModel
}

const sandboxChannel = (baseUrl: string, upstreamModel: string): CatalogChannel => ({
  id: '00000000-0000-7000-8000-000000000000',
  name: 'sandbox',
  baseUrl,
  keys: ['sandbox'],
  upstreamModel,
  priority: 0,
  weight: 1,
  timeouts: {},
  sandbox: true,
})
