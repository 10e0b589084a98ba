import { defineEntity, p } from '@mikro-orm/core'

/** One signed-in browser. The cookie carries `id.secret`; only the secret's hash is kept. */
export const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'user_session',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    secretHash: p.blob().hidden(),
    createdAt: p.datetime(),
    lastSeenAt: p.datetime(),
    expiresAt: p.datetime(),
    ip: p.text().nullable(),
    userAgent: p.text().nullable(),
  },
})

export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session)
