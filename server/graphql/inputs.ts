import type { GraphQLSchema } from 'graphql'

const INPUT =
  'Checked before anything is changed: a bad field is refused with `invalid_request`, and `extensions.param` names it.'

/** Every mutation takes one argument, `input`: what is true of all of them is said once, here. */
export function describeInputs(schema: GraphQLSchema): GraphQLSchema {
  for (const { args } of Object.values(schema.getMutationType()!.getFields()))
    for (const arg of args) if (arg.name === 'input') arg.description ??= INPUT
  return schema
}
