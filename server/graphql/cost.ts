import {
  type DocumentNode,
  getNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
// Its other half would load a second copy of graphql, whose types are not ours.
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity/cjs'
import { DomainError } from '../platform/errors.ts'
import { PAGE_SIZE } from '../platform/page.ts'
import { POINTS_PER_OPERATION } from '../platform/points.ts'

/** Points one operation may cost. */
export const COST_MAX = POINTS_PER_OPERATION
/** Lists without pages are short by design: three spend caps, a handful of pools. */
const SHORT_LIST = 5
/** The whole schema, however it is asked for. */
const INTROSPECTION_COST = 100

/**
 * By rule, so that no field can be forgotten: a value costs nothing, an object one point and what is in it, a page
 * of a connection as many times its contents as it has rows, a short list five times.
 */
const estimator: ComplexityEstimator = ({ type, field, args, childComplexity }) => {
  const { name } = getNamedType(field.type)
  if (type.name.startsWith('__')) return 0
  if (name.startsWith('__')) return name === '__Schema' ? INTROSPECTION_COST : 1
  if (isLeafType(getNamedType(field.type))) return 0
  if (name.endsWith('Connection')) {
    const { first, last } = args as { first?: number; last?: number }
    return 1 + Math.max(first ?? last ?? PAGE_SIZE, 1) * childComplexity
  }
  if (type.name.endsWith('Connection')) return childComplexity
  return isList(field.type) ? 1 + SHORT_LIST * childComplexity : 1 + childComplexity
}

const isList = (type: GraphQLOutputType): boolean => isListType(isNonNullType(type) ? type.ofType : type)

export interface Operation {
  document: DocumentNode
  variables?: Record<string, unknown> | null | undefined
  operationName?: string | null | undefined
}

/** What an operation costs, before any of it runs. Errors: invalid_request for one too large to be counted. */
export function costOf(schema: GraphQLSchema, { document, variables, operationName }: Operation): number {
  try {
    return getComplexity({
      schema,
      query: document,
      variables: variables ?? {},
      operationName: operationName ?? undefined,
      estimators: [estimator],
    })
  } catch (error) {
    // Variables of the wrong type, or more fields than the package counts.
    throw new DomainError('invalid', 'invalid_request', (error as Error).message, { cause: error })
  }
}

export const tooExpensive = (cost: number) =>
  new DomainError(
    'invalid',
    'invalid_request',
    `This operation costs ${cost} points; ${COST_MAX} are allowed. Ask for smaller pages.`,
    { cost, limit: COST_MAX },
  )
