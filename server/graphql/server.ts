import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import type { FastifyInstance } from 'fastify'
import { type GraphQLSchema, printSchema } from 'graphql'
import { createContext, type GraphQLContext, type Services } from './context.ts'
import { createErrorFormatter } from './errors.ts'
import { rules, TOKENS_MAX } from './guard.ts'

const BODY_BYTES_MAX = 256 * 1024
const PATH = '/graphql'

/** Apollo at /graphql over HTTP, and the contract as text at /graphql/schema.graphql. */
export async function graphqlServer(fastify: FastifyInstance, schema: GraphQLSchema, services: Services) {
  const { config, log, sessions, sessionCookie } = services
  const apollo = new ApolloServer<GraphQLContext>({
    schema,
    introspection: !config.production,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    hideSchemaDetailsFromClientErrors: config.production,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    cache: 'bounded',
    stopOnTerminationSignals: false, // main.ts owns the signals; Apollo would send the signal again.
    validationRules: rules,
    parseOptions: { maxTokens: TOKENS_MAX },
    formatError: createErrorFormatter(log),
    plugins: [fastifyApolloDrainPlugin(fastify), ApolloServerPluginLandingPageDisabled()],
  })
  await apollo.start()

  await fastify.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      if (route.url === PATH) route.bodyLimit = BODY_BYTES_MAX
    })
    await scope.register(fastifyApollo(apollo), {
      path: PATH,
      context: async (request, reply) =>
        createContext(services, {
          viewer: await sessions.viewerOf(sessionCookie.read(request.headers.cookie)),
          client: { ip: request.ip, userAgent: request.headers['user-agent'] },
          setCookie: (header) => void reply.header('set-cookie', header),
        }),
    })
  })

  const sdl = printSchema(schema)
  fastify.get('/graphql/schema.graphql', (_, reply) => reply.type('text/plain; charset=utf-8').send(sdl))
}
