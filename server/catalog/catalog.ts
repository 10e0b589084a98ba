import type { EntityManager } from '@mikro-orm/postgresql'
import { type Bus, keepCurrent } from '../platform/bus.ts'
import type { Log } from '../platform/log.ts'
import { readRows, routesOf, viewAt } from './catalog.view.ts'
import type { ChannelTimeouts } from './channel.entity.ts'
import type { ChannelKey } from './channel.keys.ts'
import type { TokenizerName } from './model.entity.ts'
import type { FrozenModelPrice, DatedPrice } from './price.ts'

/** A model as the relay and the Model Plaza see it: one object per id, replaced as a whole on reload. */
export interface CatalogModel {
  id: string
  provider: { id: string; name: string }
  displayName: string
  description: string | null
  descriptionZh: string | null
  contextLength: number | null
  maxOutputTokens: number | null
  capabilities: string[]
  tokenizer: TokenizerName
  /** Other names that callers may send for it. */
  aliases: string[]
  price: FrozenModelPrice
  nextPrice: DatedPrice | null
  priceHistory: DatedPrice[]
  /** From then on it is not offered any more. */
  retiresAt: Date | null
  replacementId: string | null
  createdAt: Date
}

/** One way to an upstream that serves a model. */
export interface CatalogChannel {
  id: string
  name: string
  /** Whose words it understands. */
  providerId: string
  /** With its version segment, without a trailing slash. */
  baseUrl: string
  keys: ChannelKey[]
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
  /** By its id or another of its names; undefined when it is unknown, hidden, retired or has no price. */
  findModel(id: string): CatalogModel | undefined
  /** In the operator's order. */
  models(): CatalogModel[]
  /** Those that may be asked something new, in no particular order; the relay ranks them. */
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
  const { bus, now } = options
  let rows = await readRows(options.em.fork())
  let byModel = routesOf(rows, options)
  let view = viewAt(rows, now())

  /** Prices begin and models end by themselves: to the moment, without a timer. */
  function current() {
    const moment = now()
    const holds = (!view.from || view.from <= moment) && (!view.until || moment < view.until)
    if (!holds) view = viewAt(rows, moment)
    return view
  }

  /** One reading at a time, in order: an older one must not overwrite a newer one. */
  let reading = Promise.resolve()
  function read(): Promise<void> {
    const next = reading.then(async () => {
      rows = await readRows(options.em.fork())
      byModel = routesOf(rows, options)
      view = viewAt(rows, now())
    })
    reading = next.catch(() => undefined)
    return next
  }

  keepCurrent(options, 'catalogChanged', read)
  return {
    findModel(name) {
      const { models, aliases } = current()
      return models.get(name) ?? aliases.get(name)
    },
    models: () => [...current().models.values()],
    channelsFor: (modelId) => byModel.get(modelId) ?? [],
    get usesSandbox() {
      return rows.channels.length === 0 && options.sandboxUrl !== undefined
    },
    async reload() {
      await read()
      bus.tell('catalogChanged', {})
    },
  }
}
