import { UniqueConstraintViolationException } from '@mikro-orm/core'
import { administrator, type Context } from '../platform/context.ts'
import { DomainError, invalidField, notFound } from '../platform/errors.ts'
import { isId, newId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQuery, toConnection } from '../platform/page.ts'
import type { Sealer } from '../platform/sealed.ts'
import type { Catalog } from './catalog.ts'
import { Channel } from './channel.entity.ts'
import { Provider } from './provider.entity.ts'

/** Channels: an operator's upstream connections. Keys are written here and read only by the relay. */
export type ChannelsContext = Context & { catalog: Catalog; sealer: Sealer }

export interface ChannelSettings {
  name?: string
  providerId?: string
  baseUrl?: string
  /** Replaces all keys. */
  keys?: string[]
  models?: { modelId: string; upstreamModel: string }[]
  priority?: number
  weight?: number
  enabled?: boolean
}

/** Errors: admin_required, invalid_request, channel_name_taken. */
export async function createChannel(
  ctx: ChannelsContext,
  settings: ChannelSettings & Required<Pick<ChannelSettings, 'name' | 'providerId' | 'keys' | 'models'>>,
): Promise<Channel> {
  administrator(ctx)
  const provider = await ctx.em.findOne(Provider, { id: settings.providerId })
  if (!provider) throw invalidField('providerId', `There is no provider named "${settings.providerId}".`)
  const baseUrl = settings.baseUrl ?? provider.baseUrl
  if (!baseUrl) throw invalidField('baseUrl', 'This provider has no preset: give the base URL.')
  const values = checkSettings(ctx, { ...settings, baseUrl })
  const channel = ctx.em.create(Channel, {
    id: newId(),
    name: settings.name,
    providerId: settings.providerId,
    baseUrl,
    sealedKeys: [],
    models: {},
    timeouts: {},
    createdAt: ctx.now(),
    ...values,
  })
  return save(ctx, channel)
}

/** Errors: admin_required, channel_not_found, invalid_request, channel_name_taken. */
export async function updateChannel(
  ctx: ChannelsContext,
  id: string,
  settings: ChannelSettings,
): Promise<Channel> {
  administrator(ctx)
  const channel = isId(id) ? await ctx.em.findOne(Channel, { id }) : null
  if (!channel) throw notFound('channel')
  Object.assign(channel, checkSettings(ctx, settings))
  return save(ctx, channel)
}

/** Errors: admin_required. */
export async function listChannels(ctx: Context, page: PageArgs): Promise<Connection<Channel>> {
  administrator(ctx)
  const query = pageQuery(page)
  const where = query.cursor ? { id: query.backwards ? { $gt: query.cursor } : { $lt: query.cursor } } : {}
  const orderBy = { id: query.backwards ? 'asc' : 'desc' } as const
  const rows = await ctx.em.find(Channel, where, { orderBy, limit: query.limit + 1 })
  return toConnection(rows, query, (channel) => channel.id)
}

async function save(ctx: ChannelsContext, channel: Channel): Promise<Channel> {
  try {
    await ctx.em.persist(channel).flush()
  } catch (error) {
    if (!(error instanceof UniqueConstraintViolationException)) throw error
    throw new DomainError(
      'conflict',
      'channel_name_taken',
      `There is already a channel named "${channel.name}".`,
      {
        param: 'name',
      },
    )
  }
  await ctx.catalog.reload()
  return channel
}

function checkSettings(
  ctx: ChannelsContext,
  { keys, models, ...settings }: ChannelSettings,
): Partial<Channel> {
  const values: Partial<Channel> = Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== null),
  )
  if (values.baseUrl !== undefined) values.baseUrl = checkBaseUrl(ctx, values.baseUrl)
  if (keys) {
    if (keys.length === 0) throw invalidField('keys', 'A channel needs at least one key.')
    values.sealedKeys = keys.map((key) => ctx.sealer.seal(key.trim()))
  }
  if (models) {
    const unknown = models.find(({ modelId }) => !ctx.catalog.findModel(modelId))
    if (unknown) throw invalidField('models', `There is no model named "${unknown.modelId}".`)
    values.models = Object.fromEntries(models.map(({ modelId, upstreamModel }) => [modelId, upstreamModel]))
  }
  return values
}

/** https only, and no name for this very machine, unless the operator allows private upstreams. */
function checkBaseUrl({ config }: Context, text: string): string {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.search || url.hash)
    throw invalidField('baseUrl', 'The base URL must look like https://api.example.com/v1.')
  if (url.protocol !== 'https:' && !config.allowPrivateUpstreams)
    throw invalidField(
      'baseUrl',
      'The base URL must start with https:// (ALLOW_PRIVATE_UPSTREAMS=true allows http).',
    )
  return text.replace(/\/+$/, '')
}
