import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import type { FastifyInstance } from 'fastify'
import { type GraphQLSchema, printSchema } from 'graphql'
import type { IncomingHttpHeaders } from 'node:http'
import { originNotAllowed } from '../platform/errors.ts'
import { isForeignPage } from '../platform/origin.ts'
import { bearerOf, viewerOf } from './caller.ts'
import { createContext, type GraphQLContext, type Services } from './context.ts'
import { createErrorFormatter, refusal } from './errors.ts'
import { createGate, type CostReport, type Gate } from './gate.ts'
import { rules, TOKENS_MAX } from './guard.ts'
import { callersLanguage } from './language.ts'

const BODY_BYTES_MAX = 256 * 1024
const PATH = '/graphql'

/** Apollo at /graphql over HTTP, and the contract as text at /graphql/schema.graphql. */
export async function graphqlServer(fastify: FastifyInstance, schema: GraphQLSchema, services: Services) {
  const { config, log } = services
  const apollo = new ApolloServer<GraphQLContext>({
    schema,
    introspection: true, // The gate decides for whom.
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
    plugins: [
      fastifyApolloDrainPlugin(fastify),
      ApolloServerPluginLandingPageDisabled(),
      gatekeeper(createGate(schema, services)),
      callersLanguage,
    ],
  })
  await apollo.start()

  await fastify.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      if (route.url === PATH) route.bodyLimit = BODY_BYTES_MAX
    })
    scope.addHook('onRequest', async ({ headers }) => {
      // Browsers attach cookies to what other sites' pages send, never a key: there is nothing to forge.
      if (bearerOf(headers.authorization) !== undefined) headers['apollo-require-preflight'] = 'access key'
    })
    await scope.register(fastifyApollo(apollo), {
      path: PATH,
      context: async (request, reply) =>
        createContext(services, {
          viewer: await callerOf(services, request.headers).catch((error: unknown) => {
            throw refusal(error)
          }),
          client: { ip: services.addressOf(request.raw), userAgent: request.headers['user-agent'] },
          setCookie: (header) => void reply.header('set-cookie', header),
        }),
    })
  })

  const sdl = printSchema(schema)
  fastify.get('/graphql/schema.graphql', (_, reply) => reply.type('text/plain; charset=utf-8').send(sdl))
}

/** Errors: access_key_invalid, origin_not_allowed. */
async function callerOf(services: Services, headers: IncomingHttpHeaders) {
  const withKey = bearerOf(headers.authorization) !== undefined
  if (!withKey && isForeignPage(headers, services.config.publicUrl)) throw originNotAllowed()
  return viewerOf(services, headers)
}

/** The gate in Apollo's words. */
const gatekeeper = (gate: Gate): ApolloServerPlugin<GraphQLContext> => ({
  async requestDidStart() {
    let cost: CostReport | undefined
    return {
      async didResolveOperation({ document, operationName, request, contextValue }) {
        try {
          cost = await gate.admit({ document, operationName, variables: request.variables }, contextValue)
        } catch (error) {
          throw refusal(error)
        }
      },
      async willSendResponse({ response: { body } }) {
        if (cost && body.kind === 'single')
          body.singleResult.extensions = { ...body.singleResult.extensions, cost }
      },
    }
  },
})
