import { type Client, createClient } from 'graphql-ws'
import type { Ref } from 'vue'
import type { ClientOptions, Connection } from './client.ts'

const KEEP_ALIVE_MS = 10_000
const LAZY_CLOSE_MS = 3_000
const RETRY_MAX_MS = 30_000
const SESSION_ENDED = 4403
/** See server/graphql/socket.ts. */
const TOO_MANY = 4420
const SEAT_WAIT_MS = 8_000

/** The WebSocket of everything live; closed while nobody listens, opened again for ever. */
export function openSocket(connection: Ref<Connection>, sessionOver: ClientOptions['sessionOver']): Client {
  let resumed: Promise<void> | undefined
  return createClient({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    lazy: true,
    lazyCloseTimeout: LAZY_CLOSE_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: Infinity,
    retryWait: (retries) => {
      const ms = connection.value === 'full' ? SEAT_WAIT_MS : Math.min(RETRY_MAX_MS, 500 * 2 ** retries)
      return resumed ?? wait(ms * (0.5 + Math.random() / 2))
    },
    // What was subscribed to goes on with the new session; without one there is nothing to listen to.
    shouldRetry: (event) => (event as CloseEvent).code !== SESSION_ENDED || resumed !== undefined,
    on: {
      connected: () => (connection.value = 'live'),
      closed: (event) => {
        const { code, wasClean } = event as CloseEvent
        if (code === TOO_MANY) connection.value = 'full'
        else connection.value = wasClean && code === 1000 ? 'idle' : 'reconnecting'
        resumed = code === SESSION_ENDED ? sessionOver() : undefined
      },
    },
  })
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
