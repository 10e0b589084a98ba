import Fastify, { type FastifyInstance } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { Database } from './database.ts'
import type { Services } from './graphql/context.ts'
import { createSchema } from './graphql/schema.ts'
import { graphqlServer } from './graphql/server.ts'
import { graphqlSocket } from './graphql/socket.ts'
import { openLibrary } from './documentation/library.ts'
import { toolPages } from '../web/src/clients/markdown.ts'
import { documentationRoutes } from './http/documentation.routes.ts'
import { exportRoutes, type ExportServices } from './http/export.routes.ts'
import { healthRoutes } from './http/health.ts'
import { metricsRoutes } from './http/metrics.routes.ts'
import { operatorExportRoutes } from './http/operator-export.routes.ts'
import { paymentRoutes } from './http/payment.routes.ts'
import { relayRoutes } from './http/relay.routes.ts'
import { politeRefusals, refuseRequest, refuseBytes } from './http/rough-requests.ts'
import { securityHeaders } from './http/security.ts'
import { webRoutes } from './http/web.ts'
import { notFound } from './platform/errors.ts'
import { newId } from './platform/ids.ts'
import type { Relay } from './relay/relay.ts'
import { readerOf } from './workers.metrics.ts'

/** Base URLs that people mix up: with the version twice, or without it. */
const MIXED_UP = /^\/api\/(v1\/v1\/|(?=messages(\/|\?|$)))/
/** A stroke too many at the end of a route of the API. */
const LAST_STROKE = /^(\/(?:api\/)?v1\/[^?]*[^/?])\/(?=\?|$)/
const HEADER_BYTES_MAX = 32 * 1024
const HEADERS_TIMEOUT_MS = 20_000

export interface ServeOptions {
  relay: Relay
  database: Database
  /** The built console; without it only the API is served. */
  clientDir: string | undefined
  /** The articles of the documentation; without them there are none. */
  articlesDir: string | undefined
}

export interface Serving {
  fastify: FastifyInstance
  /** Refuses what is new, waits for what runs, then stops listening. */
  drain(): Promise<void>
}

/** Puts the doors side by side on one HTTP server: console, GraphQL (HTTP and WebSocket), REST, health. */
export async function serve(
  services: Services,
  { relay, database, clientDir, articlesDir }: ServeOptions,
): Promise<Serving> {
  const { config, sessions, sessionCookie } = services
  let draining = false
  const fastify = Fastify({
    logger: false,
    genReqId: newId,
    forceCloseConnections: true,
    clientErrorHandler: refuseBytes(services.log),
    frameworkErrors: refuseRequest(services.log),
    rewriteUrl: ({ url = '/' }) => url.replace(MIXED_UP, '/api/v1/').replace(LAST_STROKE, '$1'),
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requireHostHeader: false,
      // Java's HttpClient offers `Upgrade: h2c` on plain POSTs; those are ordinary requests.
      shouldUpgradeCallback: isGraphqlSocket,
    } as never,
  })

  fastify.setErrorHandler(refuseRequest(services.log))
  politeRefusals(fastify)
  securityHeaders(fastify, config.publicUrl)
  healthRoutes(fastify, {
    draining: () => draining,
    databaseReachable: () =>
      database.sql.query('SELECT 1').then(
        () => true,
        () => false,
      ),
  })
  metricsRoutes(fastify, readerOf(services.metrics.registry), config.metricsToken)
  const schema = await createSchema(services.events)
  await graphqlServer(fastify, schema, services)
  const socket = graphqlSocket(fastify.server, schema, services)
  const doors = relayRoutes(relay, {
    publicUrl: config.publicUrl,
    attempts: services.attempts,
    addressOf: services.addressOf,
    sessionViewer: (request) => sessions.viewerOf(sessionCookie.read(request.headers.cookie)),
  })
  await fastify.register(doors, { prefix: '/api/v1' })
  await fastify.register(doors, { prefix: '/v1' })
  const exported: ExportServices = {
    ...services,
    viewerOf: (request) => sessions.viewerOf(sessionCookie.read(request.headers.cookie)),
  }
  exportRoutes(fastify, exported)
  operatorExportRoutes(fastify, exported)
  await fastify.register(paymentRoutes(services, services.paymentSandbox), { prefix: '/payments' })
  const library = articlesDir ? openLibrary(articlesDir, services, toolPages) : undefined
  if (library) documentationRoutes(fastify, library)
  if (clientDir) await webRoutes(fastify, clientDir, services.settings)
  else
    fastify.setNotFoundHandler(() => {
      throw notFound('page')
    })

  return {
    fastify,
    async drain() {
      draining = true
      await relay.drain(config.drainSeconds * 1_000)
      await socket.close()
      await fastify.close()
    },
  }
}

function isGraphqlSocket({ url, headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && /^\/graphql($|\?)/.test(url ?? '')
}
