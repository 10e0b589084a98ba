import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createHash, timingSafeEqual } from 'node:crypto'

/** Prometheus' text format, and its content type. */
export interface MetricsReader {
  contentType: string
  read(): Promise<string>
}

/** /metrics for this machine itself, and for whoever has METRICS_TOKEN; for others it does not exist. */
export function metricsRoutes(fastify: FastifyInstance, metrics: MetricsReader, token: string | undefined) {
  fastify.get('/metrics', async (request, reply) => {
    if (!mayRead(request, token)) return reply.callNotFound()
    return reply.type(metrics.contentType).send(await metrics.read())
  })
}

const LOCAL_HOST = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i

function mayRead({ headers, socket }: FastifyRequest, token: string | undefined): boolean {
  const given = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  if (given !== undefined) return token !== undefined && timingSafeEqual(sha256(given), sha256(token))
  // A proxy on this machine speaks for others, and a page whose name was made to lead here speaks for its maker.
  return (
    token === undefined &&
    !headers['x-forwarded-for'] &&
    LOCAL_HOST.test(headers.host ?? '') &&
    /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '')
  )
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
