import { defineEntity, p } from '@mikro-orm/core'

/** A secret that a tool sends. `previousHash` still opens the door during a rotation's grace period. */
export const ApiTokenSchema = defineEntity({
  name: 'ApiToken',
  tableName: 'api_token',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    name: p.text(),
    note: p.text().nullable(),
    secretHash: p.blob().hidden(),
    previousHash: p.blob().nullable().hidden(),
    previousHashUntil: p.datetime().nullable(),
    prefix: p.text(),
    lastFour: p.text(),
    /** Empty: every model. */
    models: p.array().$type<string[]>().default([]),
    requestsPerMinute: p.integer().nullable(),
    tokensPerMinute: p.integer().nullable(),
    concurrency: p.integer().nullable(),
    /** Spend caps in nano-CNY. */
    capDay: p.bigint().nullable(),
    capWeek: p.bigint().nullable(),
    capMonth: p.bigint().nullable(),
    /** Addresses and CIDR ranges; empty: from anywhere. */
    ipAllowList: p.array().$type<string[]>().default([]),
    expiresAt: p.datetime().nullable(),
    pausedAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
})

export class ApiToken extends ApiTokenSchema.class {}
ApiTokenSchema.setClass(ApiToken)
