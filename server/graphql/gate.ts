import { type DocumentNode, type GraphQLSchema, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import type { Client } from '../identity/sessions.ts'
import type { Config } from '../platform/config.ts'
import type { Viewer } from '../platform/context.ts'
import { DomainError, invalidField } from '../platform/errors.ts'
import { type Points, POINTS_PER_MINUTE } from '../platform/points.ts'
import { COST_MAX, costOf, type Operation, tooExpensive } from './cost.ts'
import { checkScopes } from './scopes.ts'

/** Told with every answer, as `extensions.cost`. */
export interface CostReport {
  points: number
  perOperation: number
  perMinute: number
  remaining: number
  resetSeconds: number
}

export interface Gate {
  /**
   * Decides about a valid document before any of it runs, over HTTP and WebSocket alike.
   * Errors: scope_missing, invalid_request, rate_limit_exceeded.
   */
  admit(operation: Operation, caller: { viewer: Viewer | undefined; client: Client }): Promise<CostReport>
}

/** Whatever can be guessed at, or sends a mail: once in an operation. */
const GUESSES = /^(sign(In|Up)|redeem|verify|confirm|reset|request|send|change(Password|Email)|deleteAccount)/

export function createGate(
  schema: GraphQLSchema,
  { config, points }: { config: Pick<Config, 'production'>; points: Points },
): Gate {
  return {
    async admit(operation, { viewer, client }) {
      checkScopes(schema, operation.document, viewer)
      checkTexts(operation)
      checkFields(schema, operation.document, config.production && !viewer?.accessKey)
      const cost = costOf(schema, operation)
      if (cost > COST_MAX) throw tooExpensive(cost)
      const left = await points.take(viewer?.id ?? `address ${client.ip}`, Math.max(cost, 1))
      return { points: cost, perOperation: COST_MAX, perMinute: POINTS_PER_MINUTE, ...left }
    },
  }
}

/** Counted over the whole document: which of its fragments an operation uses does not matter. */
function checkFields(schema: GraphQLSchema, document: DocumentNode, secretive: boolean) {
  const types = new TypeInfo(schema)
  const mutation = schema.getMutationType()
  let guesses = 0
  visit(
    document,
    visitWithTypeInfo(types, {
      [Kind.FIELD](field: { name: { value: string } }) {
        const name = field.name.value
        if (secretive && (name === '__schema' || name === '__type')) throw introspectionClosed()
        if (types.getParentType() === mutation && GUESSES.test(name) && ++guesses > 1)
          throw invalidField(name, 'Sign-ins, codes and the like: one in an operation.')
      },
    }),
  )
}

/** No database keeps the character NUL: whoever sends one is told so, instead of meeting its refusal. */
function checkTexts({ document, variables }: Operation) {
  visit(document, {
    [Kind.STRING]({ value }) {
      if (value.includes('\0')) throw nulInText()
    },
  })
  // Not by calling itself: variables may be nested as deep as a body is long.
  const left: unknown[] = [variables]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string' && value.includes('\0')) throw nulInText()
    if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) left.push(part)
  }
}

const nulInText = () =>
  new DomainError('invalid', 'invalid_request', 'A text must not hold the character NUL (\\u0000).')

const introspectionClosed = () =>
  new DomainError(
    'invalid',
    'invalid_request',
    'Introspection needs an access key. The schema is at /graphql/schema.graphql.',
  )
