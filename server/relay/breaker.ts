/**
 * Remembers which channel keys fail, so that requests are not sent where they will fail. After a rest
 * exactly one probe goes through; what it meets decides.
 */
export interface Breakers {
  stateOf(id: string): BreakerState
  /** When its rest ends or ended, of the same clock; undefined: it is closed. */
  openUntil(id: string): number | undefined
  /** Of every key that failed since it was last well. */
  states(): BreakerState[]
  /** Whether `tryEnter` would let a request through now. */
  mayEnter(id: string): boolean
  /** Whether a request may be sent now; in the half-open state the first caller becomes the probe. */
  tryEnter(id: string): boolean
  succeeded(id: string): void
  /** `rest`: how long at least, in ms, when the upstream said so or refused the key. */
  failed(id: string, rest?: number): void
  /** The caller left or the request itself was bad: nothing is learnt about the channel. */
  abandoned(id: string): void
  /** Forgets a key of a channel, or all of them: an operator has looked at it. */
  reset(channelId: string, keyId?: string): void
}

export type BreakerState = 'closed' | 'open' | 'half_open'

const FAILURES_TO_OPEN = 5
/** A key that fails half of its requests, never five in a row, rests as well. */
const RECENT = 20
const RECENT_FAILURES_TO_OPEN = 10
const REST_MS = 5_000
/** A channel that recovers is found again within this time. */
const REST_MAX_MS = 20_000
/** However long an upstream asks to be left alone. */
const ASKED_REST_MAX_MS = 120_000

interface State {
  /** Since it last answered. */
  failures: number
  /** Whether each of the last requests failed, the latest last. */
  recent: boolean[]
  /** 0: closed. */
  openUntil: number
  rest: number
  probing: boolean
}

const newState = (): State => ({ failures: 0, recent: [], openUntil: 0, rest: REST_MS, probing: false })

function remember({ recent }: State, hasFailed: boolean) {
  recent.push(hasFailed)
  if (recent.length > RECENT) recent.shift()
}

const isOftenFailing = ({ recent }: State) =>
  recent.length === RECENT && recent.filter(Boolean).length >= RECENT_FAILURES_TO_OPEN

/** `now` in ms of a clock that only goes forward. */
export function createBreakers(now: () => number): Breakers {
  const states = new Map<string, State>()
  const stateOf = (id: string): BreakerState => {
    const openUntil = states.get(id)?.openUntil ?? 0
    if (openUntil === 0) return 'closed'
    return openUntil > now() ? 'open' : 'half_open'
  }
  const mayEnter = (id: string) => {
    const state = stateOf(id)
    return state === 'closed' || (state === 'half_open' && !states.get(id)!.probing)
  }

  return {
    stateOf,
    openUntil: (id) => states.get(id)?.openUntil || undefined,
    states: () => [...states.keys()].map(stateOf),
    mayEnter,
    tryEnter(id) {
      if (!mayEnter(id)) return false
      if (stateOf(id) === 'half_open') states.get(id)!.probing = true
      return true
    },
    succeeded(id) {
      const state = states.get(id)
      if (!state) return
      remember(state, false)
      // After a rest it begins anew.
      if (state.openUntil > 0 || !state.recent.includes(true)) return void states.delete(id)
      state.failures = 0
    },
    failed(id, rest) {
      const state = states.get(id) ?? newState()
      states.set(id, state)
      state.failures += 1
      remember(state, true)
      // Requests that were under way when it opened tell nothing new.
      if (stateOf(id) === 'open' && rest === undefined) return
      const opens =
        state.failures >= FAILURES_TO_OPEN || isOftenFailing(state) || state.probing || rest !== undefined
      state.probing = false
      if (!opens) return
      state.recent = []
      state.openUntil = now() + Math.max(state.rest, Math.min(rest ?? 0, ASKED_REST_MAX_MS))
      state.rest = Math.min(state.rest * 2, REST_MAX_MS)
    },
    abandoned(id) {
      const state = states.get(id)
      if (state) state.probing = false
    },
    reset(channelId, keyId) {
      if (keyId !== undefined) return void states.delete(`${channelId} ${keyId}`)
      for (const id of states.keys()) if (id.startsWith(`${channelId} `)) states.delete(id)
    },
  }
}
