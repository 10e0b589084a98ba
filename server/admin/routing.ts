import { Channel, type ChannelState } from '../catalog/channel.entity.ts'
import { administrator } from '../platform/context.ts'
import { notFound } from '../platform/errors.ts'
import { keyIdOf } from '../catalog/channel.keys.ts'
import type { HealthState } from '../relay/health.summary.ts'
import type { ChannelsContext } from './channels.ts'

/** Why a channel would or would not be asked now. */
export type RoutingReason =
  'ready' | 'partly_resting' | 'probing' | 'resting' | 'all_rest' | 'draining' | 'disabled'

export interface RoutingCandidate {
  channel: Channel
  upstreamModel: string
  priority: number
  weight: number
  /** Of the requests that its priority gets, 0 to 1. */
  share: number
  included: boolean
  reason: RoutingReason
}

export interface RoutingPreview {
  /** False: the model is hidden, retired or has no price, so nothing is asked. */
  offered: boolean
  candidates: RoutingCandidate[]
}

/**
 * The channels that serve a model, in the order in which they would be asked now; those that would not be, last.
 * Errors: admin_required, model_not_found.
 */
export async function previewRouting(ctx: ChannelsContext, modelId: string): Promise<RoutingPreview> {
  administrator(ctx)
  const [model] = await ctx.sql.query('SELECT 1 FROM model WHERE id = $1', [modelId])
  if (!model) throw notFound('model')
  const channels = await ctx.em.find(
    Channel,
    { archivedAt: null },
    { orderBy: { priority: 'asc', id: 'asc' } },
  )
  const health = await ctx.channelHealth.read()
  const serving = channels.filter(({ models }) => models[modelId] !== undefined)
  const stateOf = ({ id, sealedKeys }: Channel) => health.ofChannel(id, sealedKeys.map(keyIdOf)).state
  const enabled = serving.filter(({ state }) => state === 'enabled')
  const allRest = enabled.every((channel) => stateOf(channel) === 'resting')
  const candidates = serving.map((channel): RoutingCandidate => {
    const { priority, weight, models } = channel
    const reason = reasonOf(channel.state, stateOf(channel), allRest)
    const included = !['resting', 'draining', 'disabled'].includes(reason)
    return { channel, upstreamModel: models[modelId]!, priority, weight, share: 0, included, reason }
  })
  const asked = candidates.filter(({ included }) => included)
  for (const candidate of asked) {
    const tier = asked.filter(({ priority }) => priority === candidate.priority)
    candidate.share = candidate.weight / tier.reduce((sum, { weight }) => sum + weight, 0)
  }
  asked.sort((a, b) => a.priority - b.priority || b.share - a.share)
  const offered = ctx.catalog.findModel(modelId)?.id === modelId
  return { offered, candidates: [...asked, ...candidates.filter(({ included }) => !included)] }
}

function reasonOf(state: ChannelState, health: HealthState, allRest: boolean): RoutingReason {
  if (state !== 'enabled') return state
  if (health === 'resting') return allRest ? 'all_rest' : 'resting'
  return health === 'partly_resting' || health === 'probing' ? health : 'ready'
}
