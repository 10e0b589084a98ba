import type { CatalogChannel } from '../catalog/catalog.ts'
import type { ChannelKey } from '../catalog/channel.keys.ts'
import type { Breakers } from './breaker.ts'

/** A channel with the key that it is asked with. */
export interface Route {
  channel: CatalogChannel
  key: ChannelKey
  breakerId: string
}

/**
 * The channels in the order in which to ask them: lower priority numbers first, a weighted draw within one.
 * The `preferred` route (a breaker id) comes first within the best priority, while its key does not rest.
 * Those of which every key rests are left out, unless all would be: trying anyway beats refusing for certain.
 */
export function drawOrder(
  channels: CatalogChannel[],
  breakers: Breakers,
  preferred?: string,
): CatalogChannel[] {
  if (channels.length < 2) return channels
  const drawn = channels
    .map((channel) => ({ channel, lot: -Math.log(1 - random()) / channel.weight }))
    .sort((a, b) => a.channel.priority - b.channel.priority || a.lot - b.lot)
    .map(({ channel }) => channel)
  const awake = drawn.filter((channel) =>
    routesOf(channel).some(({ breakerId }) => breakers.mayEnter(breakerId)),
  )
  if (awake.length === 0) return drawn
  const favourite =
    preferred !== undefined && breakers.mayEnter(preferred)
      ? awake.find((channel) => routesOf(channel).some(({ breakerId }) => breakerId === preferred))
      : undefined
  if (!favourite || favourite.priority !== awake[0]!.priority) return awake
  return [favourite, ...awake.filter((channel) => channel !== favourite)]
}

/**
 * The key to ask a channel with: any that is not resting, the `preferred` one or from a random one on, `used` last. Undefined when
 * all rest; `force` takes one nevertheless. In the half-open state this makes the request the probe.
 */
export function enter(
  channel: CatalogChannel,
  breakers: Breakers,
  { used, force, preferred }: { used: Route | undefined; force: boolean; preferred?: string },
): Route | undefined {
  const routes = routesOf(channel)
  const liked = routes.findIndex(({ breakerId }) => breakerId === preferred)
  const start = liked >= 0 ? liked : routes.length > 1 ? Math.floor(random() * routes.length) : 0
  const rotated = [...routes.slice(start), ...routes.slice(0, start)]
  const fresh = rotated.filter(({ breakerId }) => breakerId !== used?.breakerId)
  return (
    fresh.find(({ breakerId }) => breakers.tryEnter(breakerId)) ??
    (used && breakers.tryEnter(used.breakerId) ? used : undefined) ??
    (force ? rotated[0] : undefined)
  )
}

const routesOf = (channel: CatalogChannel): Route[] =>
  channel.keys.map((key) => ({ channel, key, breakerId: `${channel.id} ${key.id}` }))

const random = () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32
