import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'

/** Documents may not be deeper or wider than the console's own need (PRODUCT: depth 10, 10 aliases, 2,000 tokens). */
export const DEPTH_MAX = 10
export const ALIASES_MAX = 10
export const TOKENS_MAX = 2_000

const refused = (message: string) => new GraphQLError(message, { extensions: { code: 'invalid_request' } })

/**
 * Fields below fields, through fragments. Tools ask for `__schema` in fourteen levels: how often its lists may be
 * nested is graphql-js's own rule (MaxIntrospectionDepthRule).
 */
export const depthRule: ValidationRule = (context: ValidationContext): ASTVisitor => {
  const depthOf = depthMeter(context)
  return {
    OperationDefinition(operation) {
      if (depthOf(operation.selectionSet) > DEPTH_MAX)
        context.reportError(refused(`The query is more than ${DEPTH_MAX} levels deep.`))
    },
  }
}

/** A hundred aliased sign-ins in one document would be a hundred guesses in one request. */
export const aliasRule: ValidationRule = (context: ValidationContext): ASTVisitor => {
  let aliases = 0
  return {
    Field(field) {
      if (field.alias && ++aliases === ALIASES_MAX + 1)
        context.reportError(refused(`The query has more than ${ALIASES_MAX} aliases.`))
    },
  }
}

export const rules: ValidationRule[] = [depthRule, aliasRule]

/** Each fragment is measured once: fragments that spread each other twice would take exponential time. */
function depthMeter(context: ValidationContext) {
  const fragments = new Map<string, number>()

  function depthOf(set: SelectionSetNode): number {
    return Math.max(0, ...set.selections.map(depthBelow))
  }

  function depthBelow(selection: SelectionNode): number {
    if (selection.kind === Kind.FIELD && selection.name.value === '__schema') return 1
    if (selection.kind === Kind.FIELD)
      return 1 + (selection.selectionSet ? depthOf(selection.selectionSet) : 0)
    if (selection.kind === Kind.INLINE_FRAGMENT) return depthOf(selection.selectionSet)
    const name = selection.name.value
    const known = fragments.get(name)
    if (known !== undefined) return known
    fragments.set(name, 0) // A fragment that spreads itself is another rule's to refuse.
    const fragment = context.getFragment(name)
    const depth = fragment ? depthOf(fragment.selectionSet) : 0
    fragments.set(name, depth)
    return depth
  }

  return depthOf
}
