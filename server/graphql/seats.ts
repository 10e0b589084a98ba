import type { WebSocket } from 'ws'
import type { Viewer } from '../platform/context.ts'
import { DomainError } from '../platform/errors.ts'
import type { Services } from './context.ts'

/** Windows and programs of one account that listen at once. */
export const SOCKETS_MAX = 5
const CHECK_MS = 15_000
/** See socket.ts. */
const CLOSE_FORBIDDEN = 4403
/** The session has another cookie now: connect again with it. Clients of graphql-ws do so by themselves. */
const CLOSE_RENEWED = 4205

/** Who is connected: so many sockets for each user, and none longer than the session or access key behind it. */
export interface Seats {
  /** False when the user has no seat left. */
  take(socket: WebSocket, viewer: Viewer, identify: () => Promise<Viewer | undefined>): boolean
}

export function createSeats({ sessions, keyRing }: Pick<Services, 'sessions' | 'keyRing'>): Seats {
  const taken = new Map<string, number>()
  return {
    take(socket, { id, sessionId }, identify) {
      const others = taken.get(id) ?? 0
      if (others >= SOCKETS_MAX) return false
      taken.set(id, others + 1)

      const check = async () => {
        if (!(await hasEnded(identify))) return
        const renewed = await sessions.lives(sessionId).catch(() => false)
        if (renewed) socket.close(CLOSE_RENEWED, 'the session has a new cookie')
        else socket.close(CLOSE_FORBIDDEN, 'the session or access key ended')
      }
      const watch = setInterval(check, CHECK_MS)
      const unlisten = [sessions.onForgotten(check), keyRing.onForgotten(check)]
      socket.once('close', () => {
        clearInterval(watch)
        for (const stop of unlisten) stop()
        const left = taken.get(id)! - 1
        if (left > 0) taken.set(id, left)
        else taken.delete(id)
      })
      return true
    },
  }
}

/** A database that cannot be asked ends nothing. */
async function hasEnded(identify: () => Promise<Viewer | undefined>): Promise<boolean> {
  try {
    return (await identify()) === undefined
  } catch (error) {
    return error instanceof DomainError && error.kind === 'unauthenticated'
  }
}
