import type { FastifyInstance } from 'fastify'

/** Headers that every answer of ours carries; pages add their Content-Security-Policy (web.ts). */
export function securityHeaders(fastify: FastifyInstance, publicUrl: string) {
  const headers: Record<string, string> = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  }
  if (publicUrl.startsWith('https:'))
    headers['strict-transport-security'] = 'max-age=31536000; includeSubDomains'
  fastify.addHook('onRequest', async (_, reply) => void reply.headers(headers))
}
