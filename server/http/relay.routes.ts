import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Attempts } from '../platform/attempts.ts'
import type { Viewer } from '../platform/context.ts'
import { DomainError, invalidField, notFound, originNotAllowed } from '../platform/errors.ts'
import { isForeignPage } from '../platform/origin.ts'
import { type Call, type Credentials, identifyAndTell } from '../relay/admit.ts'
import { limitHeaders, type LimitState } from '../relay/limits.ts'
import { creditsOf, keyOf as tokenInfo, modelOf, modelsOf, receiptFor } from '../relay/lookups.ts'
import { countTokens } from '../relay/doors/doors.ts'
import type { Relay } from '../relay/relay.ts'
import type { TokenHolder } from '../tokens/token.book.ts'
import { methodNotAllowed } from '../relay/relay.errors.ts'
import { openApi } from './openapi.ts'
import { readJsonBody } from './body.ts'
import { errorAnswer } from './errors.ts'
import { languageOf } from '../platform/language.ts'
import { createSink } from './sink.ts'

export interface RelayRoutesOptions {
  publicUrl: string
  /** The signed-in user behind a session cookie, for Model Testing. */
  sessionViewer(request: FastifyRequest): Promise<Viewer | undefined>
  attempts: Attempts
  /** Who asks, behind the proxies that are trusted. */
  addressOf(request: IncomingMessage): string
}

/** No credentials: a browser's client sends an API token, never our cookie. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': [
    'x-request-id',
    'request-id',
    'retry-after',
    'x-should-retry',
    'allow',
    ...['limit', 'remaining', 'reset'].flatMap((what) => [
      `x-ratelimit-${what}-requests`,
      `anthropic-ratelimit-requests-${what}`,
    ]),
    'idempotency-replayed',
    'x-pingtoken-receipt',
    'x-pingtoken-sandbox',
  ].join(', '),
}
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-allow-headers': '*, authorization',
  'access-control-max-age': '86400',
}

const DOORS = {
  '/chat/completions': 'chat_completions',
  '/messages': 'messages',
  '/responses': 'responses',
  '/embeddings': 'embeddings',
} as const

/** Every URL below /api/v1 and /v1. */
export function relayRoutes(relay: Relay, options: RelayRoutesOptions): FastifyPluginAsync {
  return async (fastify) => {
    takeBodiesRaw(fastify)
    const { log } = relay.parts

    fastify.addHook('onRequest', (request, reply, next) => {
      const { raw } = reply
      const { id } = request
      void reply.headers({ ...CORS, 'x-request-id': id, 'request-id': id })
      raw.once('close', () => relay.parts.metrics.answers.inc({ code: codeOf(raw) }))
      next()
    })
    fastify.setErrorHandler(async (error, request, reply) => {
      const refusal = await refusalOf(error, options, request)
      const { status, headers, body } = errorAnswer(refusal, {
        requestId: request.id,
        language: languageOf(request),
        log,
      })
      return reply.code(status).headers(headers).send(body)
    })
    const methodsOf = watchMethods(fastify)
    fastify.setNotFoundHandler(({ method, url }, reply) => {
      const allowed = methodsOf(url)
      if (allowed.length === 0) throw notFound('route')
      void reply.header('allow', allowed.join(', '))
      throw methodNotAllowed(method, allowed.filter((one) => one !== 'HEAD').join(', '))
    })
    fastify.options('/*', (_, reply) => reply.code(204).headers(PREFLIGHT).send())

    for (const [path, protocol] of Object.entries(DOORS))
      fastify.post(path, (request, reply) => answer(relay, options, { request, reply, protocol }))
    fastify.post('/messages/count_tokens', async (request, reply) => {
      const onLimit = (state: LimitState) => void reply.headers(limitHeaders(state, 'messages'))
      return countTokens(relay.parts, await callOf(request, options, { protocol: 'messages', onLimit }))
    })
    fastify.get('/models', async (request, reply) =>
      modelsOf(relay.parts, await caller(request, reply), dialect(request)),
    )
    fastify.get<{ Params: { id: string } }>('/models/:id', async (request, reply) =>
      modelOf(relay.parts, await caller(request, reply), request.params.id),
    )
    fastify.get('/openapi.json', () => openApi)
    fastify.get('/key', async (request, reply) => tokenInfo(relay.parts, await caller(request, reply)))
    fastify.get('/credits', async (request, reply) => creditsOf(relay.parts, await caller(request, reply)))
    fastify.get<{ Querystring: { id?: string } }>('/generation', async (request, reply) => {
      const holder = await caller(request, reply)
      const { id } = request.query
      if (!id) throw invalidField('id', 'Say which request: ?id= and its x-request-id.')
      return receiptFor(relay.parts, holder, id)
    })
    // Codex opens a WebSocket here first and falls back at once when told so.
    fastify.get('/responses', ({ id }, reply) =>
      reply.code(426).send({
        type: 'error',
        error: {
          type: 'invalid_request_error',
          code: 'upgrade_required',
          message: 'WebSockets are not served here: use POST.',
          param: null,
        },
        request_id: id,
      }),
    )

    async function caller(request: FastifyRequest, reply: FastifyReply): Promise<TokenHolder> {
      return identifyAndTell(relay.parts, {
        credentials: { secret: secretOf(request) },
        ip: options.addressOf(request.raw),
        onLimit: (state) => void reply.headers(limitHeaders(state)),
      })
    }
  }
}

async function answer(
  relay: Relay,
  options: RelayRoutesOptions,
  { request, reply, protocol }: { request: FastifyRequest; reply: FastifyReply; protocol: Call['protocol'] },
) {
  // From here on the answer is written by the relay, at the pace of the caller.
  reply.hijack()
  const { raw } = reply
  const headers: Record<string, string> = { ...(reply.getHeaders() as Record<string, string>) }
  const sink = createSink(request.raw, raw, () => headers)
  try {
    const onLimit = (state: LimitState) => Object.assign(headers, limitHeaders(state, protocol))
    await relay.answer(await callOf(request, options, { protocol, onLimit }), sink, keyOf(request))
  } catch (error) {
    if (sink.gone.aborted) return
    if (sink.started) return void raw.destroy()
    const answer = errorAnswer(await refusalOf(error, options, request), {
      requestId: request.id,
      language: languageOf(request),
      log: relay.parts.log,
    })
    // Whoever asks again should ask somebody who is not about to leave.
    if (relay.draining) headers.connection = 'close'
    raw.writeHead(answer.status, { ...headers, ...answer.headers })
    raw.end(answer.body)
  }
}

/** 499, as nginx has it: the connection ended before the answer did. */
const codeOf = ({ writableFinished, statusCode }: ServerResponse) =>
  writableFinished ? String(statusCode) : '499'

async function callOf(
  request: FastifyRequest,
  options: RelayRoutesOptions,
  given: Pick<Call, 'protocol' | 'onLimit'>,
): Promise<Call> {
  return {
    requestId: request.id,
    credentials: await credentialsOf(request, options),
    ip: options.addressOf(request.raw),
    language: languageOf(request),
    buffered: request.headers['x-pingtoken-buffered'] === 'true',
    readBody: () => readJsonBody(request.raw),
    ...given,
  }
}

/** Whoever tries one unknown key after another is told to wait; API tokens that are known pass all the while. */
async function refusalOf(
  error: unknown,
  { attempts, addressOf }: RelayRoutesOptions,
  { raw }: FastifyRequest,
) {
  if (!(error instanceof DomainError) || error.code !== 'invalid_api_key') return error
  return attempts.take('unknown_key', [addressOf(raw)]).then(
    () => error,
    (tooMany: unknown) => tooMany,
  )
}

/** The caller's own name for this request, so that it is billed once. */
function keyOf({ headers }: FastifyRequest) {
  const { 'idempotency-key': value, 'idempotency-replay': replay } = headers
  return typeof value === 'string' ? { value, replay } : undefined
}

async function credentialsOf(request: FastifyRequest, options: RelayRoutesOptions): Promise<Credentials> {
  const tokenId = request.headers['x-pingtoken-token-id']
  const secret = secretOf(request)
  if (secret !== undefined || typeof tokenId !== 'string') return { secret }
  // A cookie travels with requests of other pages as well: only our own pages may use it.
  if (!request.headers.origin || isForeignPage(request.headers, options.publicUrl)) throw originNotAllowed()
  const viewer = await options.sessionViewer(request)
  if (!viewer) throw new DomainError('unauthenticated', 'sign_in_required', 'Sign in first.')
  return { userId: viewer.id, tokenId }
}

/** `Authorization: Bearer` or `x-api-key`: tools send one or the other. */
function secretOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1]
  const key = headers['x-api-key']
  return bearer ?? (typeof key === 'string' ? key : headers.authorization)
}

const dialect = ({ headers }: FastifyRequest) => (headers['anthropic-version'] ? 'anthropic' : 'openai')

/** The methods that an address has, of all the routes that follow; preflights are answered everywhere. */
function watchMethods(fastify: FastifyInstance): (url: string) => string[] {
  const routes: { method: string; pattern: RegExp }[] = []
  fastify.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`)
    for (const one of [method].flat()) if (one !== 'OPTIONS') routes.push({ method: one, pattern })
  })
  return (url) => {
    const path = url.split('?')[0]!
    return routes.flatMap(({ method, pattern }) => (pattern.test(path) ? [method] : [])).sort()
  }
}

/** Bodies are read after the caller is known, in one place, whatever their type says. */
function takeBodiesRaw(fastify: FastifyInstance) {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', (_, payload, done) => done(null, payload))
}
