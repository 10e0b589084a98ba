import type { EntityManager } from '@mikro-orm/postgresql'
import type { CatalogChannel, CatalogModel } from './catalog.ts'
import { Channel } from './channel.entity.ts'
import { keyIdOf } from './channel.keys.ts'
import { Model } from './model.entity.ts'
import { pricesAt } from './price.ts'
import { PriceVersion } from './price-version.entity.ts'
import { Provider } from './provider.entity.ts'

/** The catalogue's tables, as they were read. */
export interface CatalogRows {
  models: Model[]
  providers: Map<string, Provider>
  /** In the order in which they begin. */
  prices: PriceVersion[]
  channels: Channel[]
}

/** What they mean from one moment to another: until then no price begins and no model ends. */
export interface CatalogView {
  from: Date | undefined
  until: Date | undefined
  models: Map<string, CatalogModel>
  /** Other name → model. */
  aliases: Map<string, CatalogModel>
}

export async function readRows(em: EntityManager): Promise<CatalogRows> {
  const models = await em.find(Model, {}, { orderBy: { position: 'asc', id: 'asc' } })
  const providers = await em.find(Provider, {})
  const prices = await em.find(PriceVersion, {}, { orderBy: { effectiveFrom: 'asc', id: 'asc' } })
  const channels = await em.find(Channel, { archivedAt: null })
  return { models, providers: new Map(providers.map((one) => [one.id, one])), prices, channels }
}

export function viewAt(rows: CatalogRows, now: Date): CatalogView {
  const moments = [
    ...rows.prices.map(({ effectiveFrom }) => effectiveFrom),
    ...rows.models.flatMap(({ retiredAt }) => retiredAt ?? []),
  ].sort((a, b) => a.getTime() - b.getTime())
  const models = modelsAt(rows, now)
  // An id is never somebody else's other name.
  const aliases = [...models.values()].flatMap((model) =>
    model.aliases.filter((alias) => !models.has(alias)).map((alias) => [alias, model] as const),
  )
  return {
    from: moments.findLast((moment) => moment <= now),
    until: moments.find((moment) => moment > now),
    models,
    aliases: new Map(aliases),
  }
}

function modelsAt(rows: CatalogRows, now: Date): Map<string, CatalogModel> {
  const prices = pricesAt(rows.prices, now)
  const models = new Map<string, CatalogModel>()
  for (const row of rows.models) {
    const price = prices.get(row.id)
    const provider = rows.providers.get(row.providerId)
    const offered = row.visible && !(row.retiredAt && row.retiredAt <= now)
    // Without a price there is nothing to charge: such a model is not offered.
    if (!offered || !price || !provider) continue
    const { id, displayName, aliases, capabilities, tokenizer, createdAt } = row
    models.set(id, {
      id,
      displayName,
      description: row.description ?? null,
      descriptionZh: row.descriptionZh ?? null,
      contextLength: row.contextLength ?? null,
      maxOutputTokens: row.maxOutputTokens ?? null,
      aliases,
      capabilities,
      tokenizer,
      createdAt,
      retiresAt: row.retiredAt ?? null,
      replacementId: row.replacementId ?? null,
      provider: { id: provider.id, name: provider.name },
      price: price.current,
      nextPrice: price.next,
      priceHistory: price.history,
    })
  }
  return models
}

/** Model id → the channels that may be asked for it. */
export function routesOf(
  { channels, models }: CatalogRows,
  { unseal, sandboxUrl }: { unseal: (sealed: string) => string; sandboxUrl: string | undefined },
): Map<string, CatalogChannel[]> {
  const byModel = new Map<string, CatalogChannel[]>()
  if (channels.length === 0 && sandboxUrl) {
    for (const { id } of models) byModel.set(id, [sandboxChannel(sandboxUrl, id)])
    return byModel
  }
  for (const channel of channels.filter(({ state }) => state === 'enabled')) {
    const { id, name, providerId, priority, weight, timeouts } = channel
    const keys = channel.sealedKeys.map((sealed) => ({ id: keyIdOf(sealed), secret: unseal(sealed) }))
    const baseUrl = channel.baseUrl.replace(/\/+$/, '')
    const common = { id, name, providerId, baseUrl, keys, priority, weight, timeouts, sandbox: false }
    for (const [modelId, upstreamModel] of Object.entries(channel.models))
      byModel.set(modelId, [...(byModel.get(modelId) ?? []), { ...common, upstreamModel }])
  }
  return byModel
}

const sandboxChannel = (baseUrl: string, upstreamModel: string): CatalogChannel => ({
  id: '00000000-0000-7000-8000-000000000000',
  name: 'sandbox',
  providerId: 'other',
  baseUrl,
  keys: [{ id: 'sandbox', secret: 'sandbox' }],
  upstreamModel,
  priority: 0,
  weight: 1,
  timeouts: {},
  sandbox: true,
})
