import type { MiddlewareFn } from 'type-graphql'
import { type Context, signedIn } from '../platform/context.ts'

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
])

const ROOTS = new Set(['Query', 'Mutation'])

/** Runs before a field's arguments are validated; subscriptions are refused by their `topicId`. */
export const entrance: MiddlewareFn = ({ info, context }, next) => {
  const { name } = info.parentType
  if (ROOTS.has(name) && !OPEN.has(`${name}.${info.fieldName}`)) signedIn(context as Context)
  return next()
}
