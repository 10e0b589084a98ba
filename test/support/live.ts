import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { TestApp } from './app.ts'

export interface Listener {
  heard: any[]
  /** Resolves when the server says that the socket is open for operations. */
  ready: Promise<void>
  /** Resolves with the close code. */
  closed: Promise<number>
  subscribe(query: string, variables?: Record<string, unknown>): void
  close(): unknown
}

/** A graphql-ws client: a browser with its cookie, or a program with an access key. */
export function listen(
  { url }: Pick<TestApp, 'url'>,
  { cookie, origin = cookie && url, key }: { cookie?: string; origin?: string; key?: string },
): Listener {
  const heard: any[] = []
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    connectionParams: key ? { authorization: `Bearer ${key}` } : {},
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocol: string) {
        super(address, protocol, { origin, headers: cookie ? { cookie } : {} })
      }
    },
  })
  const sink = {
    next: (value: unknown) => void heard.push(value),
    error: (error: unknown) => void heard.push(error),
    complete: () => undefined,
  }
  return {
    heard,
    ready: new Promise<void>((resolve) => client.on('connected', () => resolve())),
    closed: new Promise<number>((resolve) =>
      client.on('closed', (event) => resolve((event as { code: number }).code)),
    ),
    subscribe: (query, variables) => void client.subscribe({ query, variables }, sink),
    close: () => client.dispose(),
  }
}
