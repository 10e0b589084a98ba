import { type Channel } from '../catalog/channel.entity.ts'
import { keyIdOf } from '../catalog/channel.keys.ts'
import { audit } from '../platform/audit.ts'
import { administrator } from '../platform/context.ts'
import { invalidField } from '../platform/errors.ts'
import { faultOf, TOO_LATE } from '../relay/faults.ts'
import { readRefusal } from '../relay/refusals.ts'
import type { Route } from '../relay/routes.ts'
import { RELAY_TIMING } from '../relay/timing.ts'
import { createUpstream } from '../relay/upstream.ts'
import { readWhole } from '../relay/whole.ts'
import { type ChannelsContext, findChannel, lastFour } from './channels.ts'

/** What a test call met. */
export interface ChannelTest {
  ok: boolean
  /** Null: there was no answer. */
  httpStatus: number | null
  latencyMs: number
  /** The beginning of the model's text. */
  excerpt: string | null
  errorCode: string | null
  errorMessage: string | null
}

const TEST_PATIENCE_MS = 20_000
const EXCERPT_CHARS = 80

/**
 * Asks the channel for one LLM token, over a connection of its own; nobody is charged, and its breaker learns nothing.
 * Errors: admin_required, channel_not_found, invalid_request.
 */
export async function testChannel(
  ctx: ChannelsContext,
  id: string,
  { keyId, modelId }: { keyId?: string | null; modelId?: string | null },
): Promise<ChannelTest> {
  administrator(ctx)
  const route = routeOf(ctx, await findChannel(ctx, id), { keyId, modelId })
  const met = await tryOnce(ctx, route)
  const detail = { model: route.channel.upstreamModel, ok: met.ok, error: met.errorCode }
  await ctx.sql.transaction((tx) => audit(tx, ctx, { action: 'test_channel', target: id, detail }))
  return met
}

async function tryOnce(ctx: ChannelsContext, route: Route): Promise<ChannelTest> {
  const { allowPrivateUpstreams: allowPrivate } = ctx.config
  const upstream = createUpstream({ allowPrivate, connect: RELAY_TIMING.connect })
  const started = performance.now()
  const signal = AbortSignal.timeout(TEST_PATIENCE_MS)
  let httpStatus: number | null = null
  const told = (met: Partial<ChannelTest>): ChannelTest => {
    const latencyMs = Math.round(performance.now() - started)
    return { ok: false, httpStatus, latencyMs, excerpt: null, errorCode: null, errorMessage: null, ...met }
  }
  try {
    const { channel, key } = route
    const body = JSON.stringify({
      model: channel.upstreamModel,
      messages: [{ role: 'user', content: 'Hello' }],
      max_tokens: 1,
    })
    const call = { channel, key: key.secret, path: '/chat/completions', body, signal }
    const answer = await upstream.post(call)
    httpStatus = answer.status
    if (answer.status >= 200 && answer.status < 300) {
      const { text } = await readWhole(answer, channel.upstreamModel)
      return told({ ok: true, excerpt: text.slice(0, EXCERPT_CHARS) })
    }
    const { reason } = await readRefusal(answer, route, { model: channel.upstreamModel, sent: body })
    return told({ errorCode: `http_${answer.status}`, errorMessage: reason })
  } catch (error) {
    const { code, message } = signal.aborted ? TOO_LATE : faultOf(error)
    return told({ errorCode: code, errorMessage: message })
  } finally {
    await upstream.close()
  }
}

function routeOf(
  { sealer }: ChannelsContext,
  channel: Channel,
  { keyId, modelId }: { keyId?: string | null; modelId?: string | null },
): Route {
  const sealed = sealedKeyOf(channel, keyId)
  const upstreamModel = modelId ? channel.models[modelId] : Object.values(channel.models)[0]
  if (upstreamModel === undefined)
    throw invalidField('modelId', 'This channel does not serve that model.', '该渠道不提供此模型。')
  const key = { id: keyIdOf(sealed), secret: sealer.unseal(sealed) }
  const { id, name, providerId, baseUrl, priority, weight, timeouts } = channel
  const common = { id, name, providerId, baseUrl, priority, weight, timeouts }
  return {
    channel: { ...common, keys: [key], upstreamModel, sandbox: false },
    key,
    breakerId: `${id} ${key.id}`,
  }
}

/**
 * Lets a resting channel, or one of its keys, be asked again at once, in every process.
 * Errors: admin_required, channel_not_found, invalid_request.
 */
export async function resetChannel(
  ctx: ChannelsContext,
  id: string,
  keyId?: string | null,
): Promise<Channel> {
  administrator(ctx)
  const channel = await findChannel(ctx, id)
  const key = keyId ? `…${lastFour(ctx.sealer.unseal(sealedKeyOf(channel, keyId)))}` : undefined
  const detail = { name: channel.name, key }
  await ctx.sql.transaction((tx) => audit(tx, ctx, { action: 'reset_channel', target: id, detail }))
  await ctx.channelHealth.reset(id, keyId ?? undefined)
  return channel
}

/** Errors: invalid_request. */
function sealedKeyOf({ sealedKeys }: Channel, keyId: string | null | undefined): string {
  const sealed = keyId ? sealedKeys.find((one) => keyIdOf(one) === keyId) : sealedKeys[0]
  if (sealed === undefined) throw invalidField('keyId', 'This channel has no such key.', '该渠道没有此密钥。')
  return sealed
}

/**
 * Deletes a channel that no receipt names; else it is archived: its keys are forgotten, its name is free, and it is
 * shown no more. What runs may finish. Errors: admin_required, channel_not_found.
 */
export async function deleteChannel(ctx: ChannelsContext, id: string): Promise<{ archived: boolean }> {
  administrator(ctx)
  const { name } = await findChannel(ctx, id)
  await ctx.channelHealth.read()
  const archived = await ctx.sql.transaction(async (tx) => {
    const [used] = await tx.query(USED, [id])
    if (used)
      await tx.query(
        `UPDATE channel SET archived_at = $2, state = 'disabled', sealed_keys = '{}', name = name || ' ' || id
         WHERE id = $1`,
        [id, ctx.now()],
      )
    else await tx.query('DELETE FROM channel WHERE id = $1', [id])
    await audit(tx, ctx, { action: 'delete_channel', target: id, detail: { name, archived: Boolean(used) } })
    return Boolean(used)
  })
  await ctx.catalog.reload()
  return { archived }
}

/** Whoever was asked lately may be named by a receipt that is not written yet. */
const USED = `
  SELECT 1 FROM channel_health WHERE channel_id = $1
  UNION ALL (SELECT 1 FROM usage_record WHERE channel_id = $1 LIMIT 1)`
