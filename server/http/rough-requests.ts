import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { DomainError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import { badRequest, requestTimeout } from '../relay/relay.errors.ts'
import { errorAnswer } from './errors.ts'
import { languageOf } from '../platform/language.ts'

/** What Node's parser says of bytes that are no request; anything else is a bad one. */
const REFUSALS: Record<string, () => DomainError> = {
  HPE_HEADER_OVERFLOW: () =>
    new DomainError('headers_too_large', 'headers_too_large', 'The request headers are too large.', {
      zh: '请求头过大。',
    }),
  ERR_HTTP_REQUEST_TIMEOUT: requestTimeout,
}

/** Answers bytes that never became a request, in the API's shape, and closes: what follows them cannot be trusted. */
export function refuseBytes(log: Log) {
  return (error: Error & { code?: string }, socket: Socket) => {
    // What is being answered already must not get another answer into its middle.
    const { _httpMessage: answering } = socket as Socket & { _httpMessage?: ServerResponse }
    if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent)
      return void socket.destroy()
    const refusal = REFUSALS[error.code ?? '']?.() ?? badRequest('These bytes are not an HTTP request.')
    const requestId = newId()
    const { status, headers, body } = errorAnswer(refusal, { requestId, language: 'en', log })
    const lines = Object.entries({
      ...headers,
      'x-request-id': requestId,
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}\r\n${body}`)
  }
}

/** Answers what is refused outside of the API's own routes, such as addresses that cannot be decoded. */
export function refuseRequest(log: Log) {
  return (error: Error, request: FastifyRequest, reply: FastifyReply) => {
    const { status, headers, body } = errorAnswer(error, {
      requestId: request.id,
      language: languageOf(request),
      log,
    })
    return reply
      .code(status)
      .headers({ ...headers, 'x-request-id': request.id })
      .send(body)
  }
}

/** Rules of HTTP that Node would enforce without a word. */
export function politeRefusals(fastify: FastifyInstance) {
  fastify.addHook('onRequest', async ({ raw }) => {
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined)
      throw badRequest('An HTTP/1.1 request names its host: send the header Host.')
  })
  // An expectation that we do not know is none of ours: the request is answered as if it had none.
  fastify.server.on('checkExpectation', (request, response) => {
    fastify.server.emit('request', request, response)
  })
}
