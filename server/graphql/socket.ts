import { execute, GraphQLError, type GraphQLSchema, parse, specifiedRules, validate } from 'graphql'
import type { ConnectionInitMessage, ServerOptions } from 'graphql-ws'
import { type Extra as SocketExtra, useServer } from 'graphql-ws/use/ws'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Viewer } from '../platform/context.ts'
import { DomainError } from '../platform/errors.ts'
import { isForeignPage } from '../platform/origin.ts'
import { viewerOf } from './caller.ts'
import { createContext, type GraphQLContext, type Services } from './context.ts'
import { formatSocketErrors, refusal } from './errors.ts'
import { createGate, type CostReport } from './gate.ts'
import { rules, TOKENS_MAX } from './guard.ts'
import { createSeats, type Seats } from './seats.ts'
import { subscribeAnew } from './subscribe.ts'

const MESSAGE_BYTES_MAX = 64 * 1024
const INIT_WAIT_MS = 3_000
const KEEP_ALIVE_MS = 20_000
const SUBSCRIPTIONS_MAX = 20
/** The session or the access key ended: sign in again, do not reconnect (graphql-ws's own code for it). */
const CLOSE_FORBIDDEN = 4403
/** Not the library's 4429: its clients would never try again, also when a seat is free. */
const CLOSE_TOO_MANY = 4420

type Identify = () => Promise<Viewer | undefined>
type Params = ConnectionInitMessage['payload']
type Extra = SocketExtra & Record<PropertyKey, unknown> & { identify?: Identify }

/** graphql-ws on /graphql: the same session cookie or access key, and the same rules as over HTTP. */
export function graphqlSocket(http: Server, schema: GraphQLSchema, services: Services) {
  const { config, attempts } = services
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX })
  const seats = createSeats(services)
  const server = useServer<Params, Extra>(
    {
      schema,
      connectionInitWaitTimeout: INIT_WAIT_MS,
      onConnect: ({ extra, connectionParams }) => greet(services, seats, extra, connectionParams),
      ...operations(schema, services),
    },
    sockets,
    KEEP_ALIVE_MS,
  )

  const onUpgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined)
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (path !== '/graphql' || isForeignPage(request.headers, config.publicUrl))
      return refuse(socket, '403 Forbidden')
    try {
      await attempts.take('socket', [services.addressOf(request)])
    } catch {
      return refuse(socket, '429 Too Many Requests')
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request))
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

/** Without a session or an access key nothing can be subscribed to: the socket is refused, not left idle. */
async function greet(services: Services, seats: Seats, extra: Extra, params: Params): Promise<boolean> {
  const { socket, request } = extra
  const authorization = params?.authorization ?? params?.Authorization
  // Cookies travel with every WebSocket, whoever's page opened it; they count from our own pages only.
  const cookie = request.headers.origin ? request.headers.cookie : undefined
  const identify = () => viewerOf(services, { authorization, cookie })
  const viewer = await identify().catch((error: unknown) => {
    if (!(error instanceof DomainError) || error.kind !== 'unauthenticated') throw error
    socket.close(CLOSE_FORBIDDEN, error.code)
  })
  if (!viewer || socket.readyState !== socket.OPEN) return false
  if (!seats.take(socket, viewer, identify)) {
    socket.close(CLOSE_TOO_MANY, 'too many sockets')
    return false
  }
  extra.identify = identify
  return true
}

function operations(schema: GraphQLSchema, services: Services): ServerOptions<Params, Extra> {
  const { config, log } = services
  const gate = createGate(schema, services)
  const costs = new WeakMap<object, CostReport>()
  const contextFor = (viewer: Viewer | undefined, request: IncomingMessage) =>
    createContext(services, {
      viewer,
      client: {
        ip: services.addressOf(request),
        userAgent: request.headers['user-agent'],
      },
      setCookie: () => undefined,
    })

  return {
    execute,
    subscribe: subscribeAnew(({ viewer, client }: GraphQLContext) =>
      createContext(services, { viewer, client, setCookie: () => undefined }),
    ),
    async onSubscribe({ extra, subscriptions }, _, { query, variables, operationName }) {
      try {
        if (Object.keys(subscriptions).length > SUBSCRIPTIONS_MAX) throw tooManySubscriptions()
        const document = parse(query, { maxTokens: TOKENS_MAX })
        const faults = validate(schema, document, [...specifiedRules, ...rules])
        if (faults.length > 0) return config.production ? faults.map(withoutSuggestion) : faults
        const contextValue = contextFor(await extra.identify!(), extra.request)
        const cost = await gate.admit({ document, variables, operationName }, contextValue)
        const args = { schema, document, variableValues: variables, operationName, contextValue }
        costs.set(contextValue, cost)
        return args
      } catch (error) {
        return [error instanceof GraphQLError ? error : refusal(error)]
      }
    },
    onError: (...[, , , errors]) => formatSocketErrors(log, errors as never),
    onNext(...[, , , args, result]) {
      const cost = costs.get(args.contextValue as object)
      const extensions = cost && { ...result.extensions, cost }
      return {
        ...result,
        ...(result.errors && { errors: formatSocketErrors(log, result.errors) }),
        ...(extensions && { extensions }),
      }
    },
  }
}

/** graphql-js guesses what was meant, which tells what there is. */
const withoutSuggestion = (error: GraphQLError) =>
  new GraphQLError(error.message.replace(/ ?Did you mean (.+?)\?$/, ''), error)

const tooManySubscriptions = () =>
  new DomainError(
    'rate_limited',
    'too_many_subscriptions',
    `A socket may run ${SUBSCRIPTIONS_MAX} operations at a time. End one of them first.`,
    { max: SUBSCRIPTIONS_MAX },
  )

function refuse(socket: Duplex, status: string) {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
