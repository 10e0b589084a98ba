import type { IncomingMessage } from 'node:http'
import type { FastifyPluginAsync } from 'fastify'
import { receiveNotification, type NoticeServices } from '../payments/notices.ts'
import { NANO_PER_FEN } from '../payments/orders.ts'
import { SANDBOX, type SandboxProvider } from '../payments/sandbox.provider.ts'
import { formatCny } from '../platform/money.ts'
import type { Log } from '../platform/log.ts'
import { newId } from '../platform/ids.ts'
import { errorAnswer } from './errors.ts'

const BODY_BYTES_MAX = 64 * 1024

/** Where providers tell us of payments, with the raw bytes their signatures cover; and the sandbox's payment page. */
export function paymentRoutes(
  services: NoticeServices & { log: Log; addressOf(request: IncomingMessage): string },
  sandbox?: SandboxProvider,
): FastifyPluginAsync {
  return async (fastify) => {
    fastify.removeAllContentTypeParsers()
    fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_, body, done) =>
      done(null, body),
    )
    fastify.setErrorHandler((error, _, reply) => {
      const { status, headers, body } = errorAnswer(error, {
        requestId: newId(),
        language: 'en',
        log: services.log,
      })
      return reply.code(status).headers(headers).send(body)
    })

    for (const provider of services.providers.values())
      fastify.post(`/${provider.id}/notify`, async (request, reply) => {
        const { status, type, body } = await receiveNotification(services, provider, {
          ip: services.addressOf(request.raw),
          raw: {
            headers: request.headers,
            query: request.url.split('?')[1] ?? '',
            body: (request.body as Buffer | undefined) ?? Buffer.alloc(0),
            now: services.now(),
          },
        })
        return reply.code(status).type(type).send(body)
      })

    if (sandbox) sandboxRoutes(sandbox)

    function sandboxRoutes(provider: SandboxProvider) {
      fastify.get<{ Params: { id: string } }>('/sandbox/:id', async ({ params }) => {
        const { amountFen, status } = await provider.find(params.id)
        return { amount: formatCny(amountFen * NANO_PER_FEN), status }
      })
      for (const decision of ['pay', 'cancel'] as const)
        fastify.post<{ Params: { id: string } }>(`/${SANDBOX}/:id/${decision}`, async ({ params }) => {
          await receiveNotification(services, provider, { raw: await provider.decide(params.id, decision) })
          return { status: decision === 'pay' ? 'paid' : 'closed' }
        })
    }
  }
}
