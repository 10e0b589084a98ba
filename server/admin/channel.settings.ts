import { isIP } from 'node:net'
import type { Channel, ChannelState, ChannelTimeouts } from '../catalog/channel.entity.ts'
import { keyIdOf } from '../catalog/channel.keys.ts'
import { isPrivateAddress } from '../platform/addresses.ts'
import type { Context } from '../platform/context.ts'
import { DomainError, invalidField } from '../platform/errors.ts'
import type { Sealer } from '../platform/sealed.ts'

/** What an operator says of a channel; what is undefined stays as it is. */
export interface ChannelSettings {
  name?: string
  providerId?: string
  baseUrl?: string
  /** Replaces all keys. */
  keys?: string[]
  addKeys?: string[]
  removeKeyIds?: string[]
  models?: { modelId: string; upstreamModel: string }[]
  priority?: number
  weight?: number
  /** Replaces all of them; null: the default. */
  timeouts?: { [part in keyof ChannelTimeouts]?: number | null }
  state?: ChannelState
}

/** The columns that a person sets. */
export type ChannelValues = Pick<
  Channel,
  'name' | 'providerId' | 'baseUrl' | 'sealedKeys' | 'models' | 'priority' | 'weight' | 'timeouts' | 'state'
>

type SettingsContext = Context & { sealer: Sealer }

/** The channel as it will be. Errors: invalid_request. */
export async function withSettings(
  ctx: SettingsContext,
  before: ChannelValues,
  settings: ChannelSettings,
): Promise<ChannelValues> {
  const given = Object.fromEntries(
    Object.entries(settings).filter(([field, value]) => field in before && value != null),
  ) as Partial<ChannelValues>
  const baseUrl = settings.baseUrl ? checkBaseUrl(ctx, settings.baseUrl) : before.baseUrl
  const name = (settings.name ?? before.name).trim()
  if (name === '') throw invalidField('name', 'Give the channel a name.', '请填写渠道名称。')
  if (isElsewhere(before, baseUrl) && !settings.keys)
    throw invalidField(
      'keys',
      'The keys belong to the old address: give them again for the new one.',
      '密钥属于原地址，更换地址后请重新填写。',
    )
  return {
    ...before,
    ...given,
    name,
    baseUrl,
    sealedKeys: changeKeys(ctx, before.sealedKeys, settings),
    models: settings.models ? await checkModels(ctx, settings.models) : before.models,
    timeouts: settings.timeouts ? withoutNulls(settings.timeouts) : before.timeouts,
  }
}

/** Whoever may change an address must not be able to have stored keys sent there. */
const isElsewhere = (before: ChannelValues, baseUrl: string) =>
  before.sealedKeys.length > 0 && new URL(before.baseUrl).origin !== new URL(baseUrl).origin

function changeKeys(
  { sealer }: SettingsContext,
  before: string[],
  { keys, addKeys = [], removeKeyIds = [] }: ChannelSettings,
): string[] {
  const kept = keys ? [] : before.filter((sealed) => !removeKeyIds.includes(keyIdOf(sealed)))
  const known = new Set(kept.map(sealer.unseal))
  const fresh = new Set([...(keys ?? []), ...addKeys].map(checkKey).filter((key) => !known.has(key)))
  const sealedKeys = [...kept, ...[...fresh].map(sealer.seal)]
  if (sealedKeys.length === 0)
    throw invalidField('keys', 'A channel needs at least one key.', '渠道至少需要一个密钥。')
  return sealedKeys
}

function checkKey(text: string): string {
  const key = text.trim()
  if (!/^[\x21-\x7e]{1,500}$/.test(key))
    throw invalidField(
      'keys',
      'A key has no spaces and only plain characters, at most 500.',
      '密钥不含空格，只含普通字符，最多 500 个。',
    )
  return key
}

async function checkModels(
  { sql }: Context,
  models: { modelId: string; upstreamModel: string }[],
): Promise<Record<string, string>> {
  const ids = models.map(({ modelId }) => modelId)
  const found = await sql.query<{ id: string }>('SELECT id FROM model WHERE id = ANY($1)', [ids])
  const unknown = ids.find((id) => !found.some((one) => one.id === id))
  if (unknown !== undefined)
    throw invalidField('models', `There is no model named "${unknown}".`, `没有名为“${unknown}”的模型。`)
  return Object.fromEntries(models.map(({ modelId, upstreamModel }) => [modelId, upstreamModel]))
}

/** https only, and no name for this very machine, unless the operator allows private upstreams. */
export function checkBaseUrl({ config }: Context, text: string): string {
  const url = URL.parse(text)
  if (
    !url ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username ||
    url.password ||
    url.search ||
    url.hash
  )
    throw invalidField(
      'baseUrl',
      'The base URL must look like https://api.example.com/v1.',
      '接口地址的格式如 https://api.example.com/v1。',
    )
  if (url.protocol !== 'https:' && !config.allowPrivateUpstreams)
    throw invalidField(
      'baseUrl',
      'The base URL must start with https:// (ALLOW_PRIVATE_UPSTREAMS=true allows http).',
      '接口地址须以 https:// 开头（ALLOW_PRIVATE_UPSTREAMS=true 时可用 http）。',
    )
  if (!config.allowPrivateUpstreams && isHere(url.hostname))
    throw invalidField(
      'baseUrl',
      'The base URL leads to this machine or its network (ALLOW_PRIVATE_UPSTREAMS=true allows it).',
      '接口地址指向本机或其内网（ALLOW_PRIVATE_UPSTREAMS=true 时允许）。',
    )
  return text.replace(/\/+$/, '')
}

/** By its name alone; what other names lead to is looked at for each connection (relay/upstream.ts). */
const isHere = (hostname: string) =>
  /(^|\.)localhost\.?$/.test(hostname) ||
  (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 && isPrivateAddress(hostname))

const withoutNulls = (timeouts: NonNullable<ChannelSettings['timeouts']>) =>
  Object.fromEntries(Object.entries(timeouts).filter(([, ms]) => ms != null)) as ChannelTimeouts

export const channelNameTaken = (name: string) =>
  new DomainError('conflict', 'channel_name_taken', `There is already a channel named "${name}".`, {
    param: 'name',
  })
