import type { Catalog } from '../catalog/catalog.ts'
import { Channel } from '../catalog/channel.entity.ts'
import { keyIdOf } from '../catalog/channel.keys.ts'
import { Provider } from '../catalog/provider.entity.ts'
import { administrator, type Context } from '../platform/context.ts'
import { invalidField, notFound } from '../platform/errors.ts'
import { isId, newId } from '../platform/ids.ts'
import { type Connection, type PageArgs, pageQueryById, toConnection } from '../platform/page.ts'
import type { Sealer } from '../platform/sealed.ts'
import type { ChannelHealth } from '../relay/channel-health.ts'
import type { Sql } from '../platform/sql.ts'
import { audit } from '../platform/audit.ts'
import {
  channelNameTaken,
  type ChannelSettings,
  type ChannelValues,
  withSettings,
} from './channel.settings.ts'

/** Channels: an operator's upstream connections. Keys are written here and read only by the relay. */
export type ChannelsContext = Context & { catalog: Catalog; channelHealth: ChannelHealth; sealer: Sealer }

const NEW: Omit<ChannelValues, 'name' | 'providerId' | 'baseUrl'> = {
  sealedKeys: [],
  models: {},
  priority: 0,
  weight: 1,
  timeouts: {},
  state: 'enabled',
}

/** Errors: admin_required, invalid_request, channel_name_taken. */
export async function createChannel(
  ctx: ChannelsContext,
  settings: ChannelSettings & Required<Pick<ChannelSettings, 'name' | 'providerId' | 'keys' | 'models'>>,
): Promise<Channel> {
  administrator(ctx)
  const { name, providerId } = settings
  const baseUrl = settings.baseUrl ?? (await presetOf(ctx, providerId))
  const values = await withSettings(ctx, { ...NEW, name, providerId, baseUrl }, { ...settings, baseUrl })
  const id = newId()
  await write(ctx, values, async (tx) => {
    await tx.query(
      `INSERT INTO channel (id, created_at, ${COLUMNS.join(', ')})
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [id, ctx.now(), ...parameters(values)],
    )
    await audit(tx, ctx, { action: 'create_channel', target: id, detail: told(ctx, values) })
  })
  return findChannel(ctx, id)
}

/** Errors: admin_required, channel_not_found, invalid_request, channel_name_taken. */
export async function updateChannel(
  ctx: ChannelsContext,
  id: string,
  settings: ChannelSettings,
): Promise<Channel> {
  administrator(ctx)
  const before = await findChannel(ctx, id)
  if (settings.providerId) await presetOf(ctx, settings.providerId, before.baseUrl)
  const values = await withSettings(ctx, valuesOf(before), settings)
  await write(ctx, values, async (tx) => {
    const assignments = COLUMNS.map((column, i) => `${column} = $${i + 2}`).join(', ')
    await tx.query(`UPDATE channel SET ${assignments} WHERE id = $1`, [id, ...parameters(values)])
    const change = { before: told(ctx, valuesOf(before)), after: told(ctx, values) }
    await audit(tx, ctx, { action: 'update_channel', target: id, ...change })
  })
  return findChannel(ctx, id)
}

/** Newest first; `search` is part of a name, an address, or of what a provider or a model is called. Errors: admin_required. */
export async function listChannels(
  ctx: Context,
  page: PageArgs,
  search?: string | null,
): Promise<Connection<Channel>> {
  administrator(ctx)
  const query = pageQueryById(page)
  const [past, order] = query.backwards ? ['>', 'ASC'] : ['<', 'DESC']
  const found = await ctx.sql.query<{ id: string }>(
    `SELECT c.id FROM channel c LEFT JOIN provider p ON p.id = c.provider_id
     WHERE c.archived_at IS NULL AND ($1::uuid IS NULL OR c.id ${past} $1)
       AND ($2::text IS NULL OR ${IS_CALLED})
     ORDER BY c.id ${order} LIMIT $3`,
    [query.cursor ?? null, search?.trim().toLowerCase() || null, query.limit + 1],
  )
  const ids = found.map(({ id }) => id)
  const orderBy = { id: query.backwards ? 'asc' : 'desc' } as const
  const rows = await ctx.em.find(Channel, { id: { $in: ids } }, { orderBy, refresh: true })
  return toConnection(rows, query, (channel) => channel.id)
}

const IS_CALLED = `(
  strpos(lower(concat_ws(chr(10), c.name, c.base_url, p.id, p.name)), $2) > 0
  OR EXISTS (SELECT 1 FROM jsonb_each_text(c.models) served LEFT JOIN model m ON m.id = served.key
              WHERE strpos(lower(concat_ws(chr(10), served.key, served.value, m.display_name)), $2) > 0))`

/** Where each provider serves its endpoint, to pick from. Errors: admin_required. */
export function listPresets(ctx: Context): Promise<Provider[]> {
  administrator(ctx)
  return ctx.em.find(Provider, {}, { orderBy: { name: 'asc' } })
}

/** Errors: channel_not_found. */
export async function findChannel(ctx: Context, id: string): Promise<Channel> {
  const channel = isId(id) ? await ctx.em.findOne(Channel, { id, archivedAt: null }, { refresh: true }) : null
  if (!channel) throw notFound('channel')
  return channel
}

/** What may be shown of a key: enough to recognise it. */
export const lastFour = (secret: string) => (secret.length >= 12 ? secret.slice(-4) : '')

async function presetOf(ctx: Context, providerId: string, instead?: string): Promise<string> {
  const provider = await ctx.em.findOne(Provider, { id: providerId })
  if (!provider)
    throw invalidField(
      'providerId',
      `There is no provider named "${providerId}".`,
      `没有名为“${providerId}”的服务商。`,
    )
  const baseUrl = provider.baseUrl ?? instead
  if (!baseUrl)
    throw invalidField(
      'baseUrl',
      'This provider has no preset: give the base URL.',
      '该服务商没有预设，请填写接口地址。',
    )
  return baseUrl
}

async function write(ctx: ChannelsContext, { name }: ChannelValues, work: (tx: Sql) => Promise<void>) {
  try {
    await ctx.sql.transaction(work)
  } catch (error) {
    throw (error as { code?: string }).code === UNIQUE_VIOLATION ? channelNameTaken(name) : error
  }
  await ctx.catalog.reload()
}

const UNIQUE_VIOLATION = '23505'
const COLUMNS = [
  'name',
  'provider_id',
  'base_url',
  'sealed_keys',
  'models',
  'priority',
  'weight',
  'timeouts',
  'state',
]

const parameters = (values: ChannelValues) => [
  values.name,
  values.providerId,
  values.baseUrl,
  values.sealedKeys,
  JSON.stringify(values.models),
  values.priority,
  values.weight,
  JSON.stringify(values.timeouts),
  values.state,
]

const valuesOf = (channel: Channel): ChannelValues => {
  const { name, providerId, baseUrl, sealedKeys, models, priority, weight, timeouts, state } = channel
  return { name, providerId, baseUrl, sealedKeys, models, priority, weight, timeouts, state }
}

/** As the audit may know it: keys by their id and their end. */
function told({ sealer }: ChannelsContext, values: ChannelValues): Record<string, unknown> {
  const { sealedKeys, ...rest } = values
  return { ...rest, keys: sealedKeys.map((one) => `${keyIdOf(one)} …${lastFour(sealer.unseal(one))}`) }
}
