/**
 * Remembers which channel keys fail, so that requests are not sent where they will fail. After a rest
 * exactly one probe goes through; what it meets decides.
 */
export interface Breakers {
  stateOf(id: string): 'closed' | 'open' | 'half_open'
  /** Whether a request may be sent now; in the half-open state the first caller becomes the probe. */
  tryEnter(id: string): boolean
  succeeded(id: string): void
  /** `rest`: how long at least, in ms, when the upstream said so or refused the key. */
  failed(id: string, rest?: number): void
  /** The caller left or the request itself was bad: nothing is learnt about the channel. */
  abandoned(id: string): void
}

const FAILURES_TO_OPEN = 5
const REST_MS = 5_000
const REST_MAX_MS = 60_000

interface State {
  failures: number
  openUntil: number
  rest: number
  probing: boolean
}

export function createBreakers(now: () => number): Breakers {
  const states = new Map<string, State>()
  const of = (id: string) => {
    const state = states.get(id) ?? { failures: 0, openUntil: 0, rest: REST_MS, probing: false }
    states.set(id, state)
    return state
  }
  const isOpen = ({ openUntil }: State) => openUntil > now()
  const wasOpen = ({ openUntil }: State) => openUntil > 0

  return {
    stateOf(id) {
      const state = of(id)
      if (isOpen(state)) return 'open'
      return wasOpen(state) ? 'half_open' : 'closed'
    },
    tryEnter(id) {
      const state = of(id)
      if (!wasOpen(state)) return true
      if (isOpen(state) || state.probing) return false
      state.probing = true
      return true
    },
    succeeded(id) {
      states.delete(id)
    },
    failed(id, rest) {
      const state = of(id)
      state.failures += 1
      const opens = state.failures >= FAILURES_TO_OPEN || state.probing || rest !== undefined
      state.probing = false
      if (!opens) return
      state.openUntil = now() + Math.min(Math.max(state.rest, rest ?? 0), REST_MAX_MS)
      state.rest = Math.min(state.rest * 2, REST_MAX_MS)
    },
    abandoned(id) {
      of(id).probing = false
    },
  }
}
