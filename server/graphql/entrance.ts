import type { MiddlewareFn } from 'type-graphql'
import { administrator, type Context, signedIn } from '../platform/context.ts'

/** What can be read or done without signing in. Everything else is refused before its input is even looked at. */
const OPEN = new Set([
  'Query.viewer',
  'Query.site',
  'Query.models',
  'Query.model',
  'Query.plans',
  'Query.documentationFacts',
  'Mutation.signUp',
  'Mutation.signIn',
  'Mutation.signOut',
  'Mutation.redeemSignInLink',
  'Mutation.requestPasswordReset',
  'Mutation.resetPassword',
  'Mutation.countInvitationVisit',
])

/** Administrators' own: for others these are refused before their input is looked at, too. */
const ADMINISTRATORS = new Set([
  'Query.announcements',
  'Query.auditActions',
  'Query.auditEntries',
  'Query.channelPresets',
  'Query.channels',
  'Query.codeBatches',
  'Query.invitationFunnel',
  'Query.invitations',
  'Query.ledgerCheck',
  'Query.managedModels',
  'Query.modelPrices',
  'Query.paymentOrders',
  'Query.revenueReport',
  'Query.routingPreview',
  'Query.settings',
  'Query.traffic',
  'Query.user',
  'Query.users',
  'Mutation.adjustBalance',
  'Mutation.chooseCredentials',
  'Mutation.createAnnouncement',
  'Mutation.createChannel',
  'Mutation.createCodeBatch',
  'Mutation.createModel',
  'Mutation.createPlan',
  'Mutation.createPlanVersion',
  'Mutation.createSignInLinkForUser',
  'Mutation.deleteChannel',
  'Mutation.deleteAnnouncement',
  'Mutation.endUserPlan',
  'Mutation.endUserSessions',
  'Mutation.giveUserPlan',
  'Mutation.holdInvitation',
  'Mutation.releaseInvitation',
  'Mutation.refundPaymentOrder',
  'Mutation.resetChannel',
  'Mutation.revokeCodeBatch',
  'Mutation.revokeInvitation',
  'Mutation.setChannelDraining',
  'Mutation.setModelPrice',
  'Mutation.setModelVisible',
  'Mutation.setUserLimits',
  'Mutation.setUserSuspended',
  'Mutation.stopApiToken',
  'Mutation.testChannel',
  'Mutation.updateAnnouncement',
  'Mutation.updateChannel',
  'Mutation.updateModel',
  'Mutation.updatePlan',
  'Mutation.updateSettings',
])

const ROOTS = new Set(['Query', 'Mutation'])

/** Runs before a field's arguments are validated; subscriptions are refused by their `topicId`. */
export const entrance: MiddlewareFn = ({ info, context }, next) => {
  const { name } = info.parentType
  const field = `${name}.${info.fieldName}`
  if (ADMINISTRATORS.has(field)) administrator(context as Context)
  else if (ROOTS.has(name) && !OPEN.has(field)) signedIn(context as Context)
  return next()
}
