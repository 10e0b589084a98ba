import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { ArgumentValidationError } from 'type-graphql'
import { DomainError, serviceUnavailable } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import { isDatabaseAway } from '../platform/sql.ts'

/** Apollo's and type-graphql's own codes, in the one vocabulary that REST uses as well. */
const CODES: Record<string, string> = {
  GRAPHQL_PARSE_FAILED: 'invalid_request',
  GRAPHQL_VALIDATION_FAILED: 'invalid_request',
  BAD_USER_INPUT: 'invalid_request',
  BAD_REQUEST: 'invalid_request',
  OPERATION_RESOLUTION_FAILURE: 'invalid_request',
  PERSISTED_QUERY_NOT_SUPPORTED: 'invalid_request',
}

/** Apollo's refusal of what a page of any site could make a browser send, with headers of its own to get around it. */
const FOREIGN_PAGE = 'Cross-Site Request Forgery'
const NOT_FROM_PAGES =
  'Send operations by POST with Content-Type: application/json, from a server or a script, not from a page of another site.'

/** What was meant to be said is said, with its code. A bug says nothing: its story is in the log. */
export function createErrorFormatter(log: Log) {
  return (formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError => {
    const error = asDomainError(causeOf(thrown))
    if (error)
      return { ...formatted, message: error.message, extensions: { code: error.code, ...error.detail } }

    const given = formatted.extensions?.code as string | undefined
    const code = given === 'invalid_request' ? given : given && CODES[given]
    const message = formatted.message.includes(FOREIGN_PAGE) ? NOT_FROM_PAGES : formatted.message
    if (code) return { ...formatted, message, extensions: { code } }
    log.error({ err: unwrapResolverError(thrown), path: formatted.path }, 'a resolver failed')
    return {
      message: 'Something went wrong on our side.',
      path: formatted.path,
      extensions: { code: 'internal_error' },
    }
  }
}

/** For graphql-ws, which hands over GraphQLErrors that no plugin has seen. */
export const formatSocketErrors = (log: Log, errors: readonly GraphQLError[]) =>
  errors.map((error) => createErrorFormatter(log)(error.toJSON(), error))

/** A refusal before anything ran: its HTTP status says so as well. */
export function refusal(error: unknown): GraphQLError {
  const meant = asDomainError(error)
  if (!meant)
    return error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error })
  return new GraphQLError(meant.message, {
    originalError: meant,
    extensions: { http: { status: meant.status } },
  })
}

function causeOf(thrown: unknown): unknown {
  const cause = unwrapResolverError(thrown)
  return cause instanceof GraphQLError && cause.originalError ? cause.originalError : cause
}

function asDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error
  if (error instanceof ArgumentValidationError) return invalidArgument(error)
  if (isDatabaseAway(error ?? {})) return serviceUnavailable(error)
  return undefined
}

/** class-validator's complaint, as one sentence about one field. */
function invalidArgument({ extensions }: ArgumentValidationError): DomainError {
  let [fault] = extensions.validationErrors
  const path: string[] = []
  while (fault) {
    path.push(fault.property)
    if (fault.constraints) break
    fault = fault.children?.[0]
  }
  const message = Object.values(fault?.constraints ?? {})[0] ?? 'This value is not valid.'
  return new DomainError('invalid', 'invalid_request', `${message[0]!.toUpperCase()}${message.slice(1)}.`, {
    param: path.join('.'),
  })
}
