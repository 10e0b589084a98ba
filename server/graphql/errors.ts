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
    const error = domainErrorOf(thrown)
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
  errors.map((error) => {
    const told = isOfDocument(error)
      ? { ...error.toJSON(), extensions: { code: 'invalid_request' } }
      : error.toJSON()
    return createErrorFormatter(log)(told, error)
  })

/** Found before anything ran, in the operation or its variables: nothing was thrown, and nowhere. */
const isOfDocument = ({ originalError, path, extensions }: GraphQLError) =>
  originalError === undefined && path === undefined && extensions.code === undefined

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

/** What was meant to be said by what was thrown; undefined for a bug. */
export const domainErrorOf = (thrown: unknown) => asDomainError(causeOf(thrown))

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
  const [[rule, message] = ['', 'This value is not valid.']] = Object.entries(fault?.constraints ?? {})
  const zh = inChinese(rule, message)
  return new DomainError('invalid', 'invalid_request', `${message[0]!.toUpperCase()}${message.slice(1)}.`, {
    param: path.join('.'),
    ...(zh !== undefined && { zh }),
  })
}

/** class-validator's rules in Chinese, with the number that its sentence has. */
function inChinese(rule: string, message: string): string | undefined {
  const limit = /\d+/.exec(message)?.[0]
  const least = `至少 ${limit} 个字符。`
  const most = `最多 ${limit} 个字符。`
  return {
    isLength: message.includes('longer') ? least : most,
    maxLength: most,
    max: `不能大于 ${limit}。`,
    min: `不能小于 ${limit}。`,
    arrayMaxSize: `最多 ${limit} 项。`,
    arrayMinSize: `至少 ${limit} 项。`,
    isEmail: '须为邮箱地址。',
    isUuid: '格式不正确。',
    matches: '格式不正确。',
  }[rule]
}
