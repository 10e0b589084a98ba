import type { Breakers } from './breaker.ts'
import { BROKEN_OFF } from './faults.ts'
import type { HealthBoard } from './health.ts'
import type { Route } from './routes.ts'

/** How an answer that began well went on: `unknown` when it was not the channel that ended it. */
export type HowItEnded = 'complete' | 'broken_off' | 'unknown'

interface Given {
  breakers: Breakers
  health: HealthBoard
  streamed: boolean
}

/**
 * What a channel's answer, once it has begun, says of the channel: a stream counts as answered when it is over, else a
 * channel that begins well and always breaks off would be liked for ever. The first word of a probe is enough to let the
 * others in again. The verdict is spoken once; calling it again is harmless. `firstMs`: until the first word.
 */
export function judge({ breakers, health, streamed }: Given, route: Route, firstMs: number) {
  const { breakerId } = route
  if (breakers.stateOf(breakerId) !== 'closed') breakers.succeeded(breakerId)
  let judged = false
  const ended = (how: HowItEnded) => {
    if (judged) return
    judged = true
    if (how === 'broken_off') {
      breakers.failed(breakerId)
      return health.failed(route, BROKEN_OFF)
    }
    health.answered(route, streamed ? firstMs : undefined)
    if (how === 'complete' && breakers.stateOf(breakerId) === 'closed') breakers.succeeded(breakerId)
  }
  if (!streamed) ended('complete')
  return ended
}
