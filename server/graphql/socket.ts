import { execute, type GraphQLSchema, parse, specifiedRules, subscribe, validate } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { createContext, type Services } from './context.ts'
import { formatSocketErrors } from './errors.ts'
import { rules, TOKENS_MAX } from './guard.ts'

const MESSAGE_BYTES_MAX = 64 * 1024
const INIT_WAIT_MS = 3_000
const KEEP_ALIVE_MS = 20_000
const SESSION_CHECK_MS = 15_000
/** The session ended: the client must sign in again, not reconnect (graphql-ws's own code for it). */
const CLOSE_FORBIDDEN = 4403

/** graphql-ws on /graphql: the same session cookie, the same rules, and the caller's own origin only. */
export function graphqlSocket(http: Server, schema: GraphQLSchema, services: Services) {
  const { config, log, sessions, sessionCookie } = services
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX })
  const viewerOf = (request: IncomingMessage) => sessions.viewerOf(sessionCookie.read(request.headers.cookie))

  const server = useServer(
    {
      schema,
      connectionInitWaitTimeout: INIT_WAIT_MS,
      // Without a session nothing can be subscribed to: the socket is refused, not left idle.
      onConnect: async ({ extra }) => Boolean(await viewerOf(extra.request)),
      onSubscribe: async (_, __, { query, variables, operationName }) => {
        const document = parse(query, { maxTokens: TOKENS_MAX })
        const faults = validate(schema, document, [...specifiedRules, ...rules])
        return faults.length > 0 ? faults : { schema, document, variableValues: variables, operationName }
      },
      context: async ({ extra }) =>
        createContext(services, {
          viewer: await viewerOf(extra.request),
          client: { ip: extra.request.socket.remoteAddress, userAgent: extra.request.headers['user-agent'] },
          setCookie: () => undefined,
        }),
      execute,
      subscribe,
      onError: (...[, , , errors]) => formatSocketErrors(log, errors as never),
      onNext: (...[, , , , result]) =>
        result.errors ? { ...result, errors: formatSocketErrors(log, result.errors) } : result,
    },
    sockets,
    KEEP_ALIVE_MS,
  )

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (
      new URL(request.url ?? '/', 'http://localhost').pathname !== '/graphql' ||
      !isOwnOrigin(request, config.publicUrl)
    )
      return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, (client) => {
      sockets.emit('connection', client, request)
      const check = async () => {
        const viewer = await viewerOf(request).catch(() => null)
        if (viewer === undefined) client.close(CLOSE_FORBIDDEN, 'the session ended')
      }
      const watch = setInterval(check, SESSION_CHECK_MS)
      const unlisten = sessions.onForgotten(check)
      client.once('close', () => {
        clearInterval(watch)
        unlisten()
      })
    })
  }
  http.on('upgrade', onUpgrade)

  return {
    async close() {
      http.off('upgrade', onUpgrade)
      await server.dispose()
      sockets.close()
    },
  }
}

/** Cookies travel with every WebSocket, whoever's page opened it; only our own pages may. */
function isOwnOrigin({ headers }: IncomingMessage, publicUrl: string): boolean {
  const { origin, host } = headers
  if (!origin) return false
  return origin === new URL(publicUrl).origin || URL.parse(origin)?.host === host
}
