import type { FastifyInstance } from 'fastify'

export interface Health {
  draining(): boolean
  databaseReachable(): Promise<boolean>
}

/** /healthz: the process is alive. /readyz: it should be sent requests. */
export function healthRoutes(fastify: FastifyInstance, { draining, databaseReachable }: Health) {
  fastify.get('/healthz', () => ({ status: 'ok' }))
  fastify.get('/readyz', async (_, reply) => {
    if (draining()) return reply.code(503).send({ status: 'draining' })
    if (!(await databaseReachable())) return reply.code(503).send({ status: 'database_unreachable' })
    return { status: 'ready' }
  })
}
