import {
  type DocumentNode,
  type GraphQLSchema,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type FieldNode,
} from 'graphql'
import type { Scope, Viewer } from '../platform/context.ts'
import { scopeMissing } from '../platform/errors.ts'

/**
 * What each scope of an access key opens; `any`: every key. What is not listed is closed to keys: whatever is
 * administrators', sessions, passwords, and access keys themselves.
 */
export const OPEN_TO_KEYS: Record<Scope | 'any', readonly string[]> = {
  any: [
    'Query.viewer',
    'Query.site',
    'Query.models',
    'Query.model',
    'Query.plans',
    'Query.documentationFacts',
    'Viewer.id',
    'Viewer.timeZone',
    'Viewer.planName',
    'Viewer.requestsPerMinute',
    // Which API token a request was made with; what it may do and what its owner noted is for who manages them.
    'ApiToken.id',
    'ApiToken.name',
    'ApiToken.prefix',
    'ApiToken.lastFour',
  ],
  read_usage: [
    'Viewer.usageRecord',
    'Viewer.usageRecords',
    'Viewer.usageReport',
    'Viewer.spend',
    'Subscription.usageRecorded',
    'Subscription.usageTick',
  ],
  manage_tokens: [
    'Viewer.apiToken',
    'Viewer.apiTokens',
    'Mutation.createApiToken',
    'Mutation.updateApiToken',
    'Mutation.rotateApiToken',
    'Mutation.revokeApiToken',
    'Mutation.setSpendCaps',
    'ApiToken.capDay',
    'ApiToken.capMonth',
    'ApiToken.capWeek',
    'ApiToken.concurrency',
    'ApiToken.createdAt',
    'ApiToken.expiresAt',
    'ApiToken.ipAllowList',
    'ApiToken.lastUsedAt',
    'ApiToken.models',
    'ApiToken.note',
    'ApiToken.oldSecretUntil',
    'ApiToken.pausedAt',
    'ApiToken.requestsPerMinute',
    'ApiToken.revokedAt',
    'ApiToken.spend',
    'ApiToken.status',
    'ApiToken.tokensPerMinute',
  ],
  read_money: [
    'Viewer.wallet',
    'Viewer.paymentOrder',
    'Viewer.paymentOrders',
    'Viewer.codeRedemptions',
    'Viewer.subscription',
    // They speak of balances, caps, orders and plans.
    'Viewer.notifications',
    'Viewer.unreadCount',
    'Subscription.balanceChanged',
    'Subscription.notificationReceived',
    'Subscription.orderChanged',
  ],
  buy: [
    'Query.previewPlanChange',
    'Viewer.topUpOptions',
    'Mutation.createTopUpOrder',
    'Mutation.closeTopUpOrder',
    'Mutation.redeemCode',
    'Mutation.buyPlan',
    'Mutation.changePlan',
    'Mutation.cancelPlan',
    'Mutation.resumePlan',
  ],
}

/**
 * The types whose fields are doors; everything below them comes with the field that leads there. API tokens are
 * reached from requests too, by keys that may not manage them.
 */
export const DOORS = new Set(['Query', 'Mutation', 'Subscription', 'Viewer', 'ApiToken'])

const scopeOf = new Map(
  Object.entries(OPEN_TO_KEYS).flatMap(([scope, fields]) => fields.map((field) => [field, scope] as const)),
)

/**
 * Looks at the whole document before any of it runs, so that a mutation is not half done. Sessions may do what is
 * their user's. Errors: scope_missing.
 */
export function checkScopes(schema: GraphQLSchema, document: DocumentNode, viewer: Viewer | undefined): void {
  const scopes = viewer?.accessKey?.scopes
  if (!scopes) return
  const types = new TypeInfo(schema)
  const enter = ({ name }: FieldNode) => {
    const parent = types.getParentType()?.name
    if (!parent || !DOORS.has(parent) || name.value.startsWith('__')) return
    const field = `${parent}.${name.value}`
    const scope = scopeOf.get(field)
    if (scope === undefined) throw scopeMissing(field, null)
    if (scope !== 'any' && !scopes.has(scope as Scope)) throw scopeMissing(field, scope)
  }
  visit(document, visitWithTypeInfo(types, { Field: enter }))
}
