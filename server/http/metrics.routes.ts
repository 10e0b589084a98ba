import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Metrics } from '../platform/metrics.ts'

/** /metrics for this machine itself, and for whoever has METRICS_TOKEN; for others it does not exist. */
export function metricsRoutes(fastify: FastifyInstance, metrics: Metrics, token: string | undefined) {
  fastify.get('/metrics', async (request, reply) => {
    if (!mayRead(request, token)) return reply.callNotFound()
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}

function mayRead({ headers, socket }: FastifyRequest, token: string | undefined): boolean {
  const given = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
  if (given !== undefined) return token !== undefined && timingSafeEqual(sha256(given), sha256(token))
  // A proxy on this machine speaks for others.
  return (
    token === undefined &&
    !headers['x-forwarded-for'] &&
    /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '')
  )
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
