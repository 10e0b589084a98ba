import {
  buildSchema,
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLInputType,
} from 'graphql'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'))
const world = await startApp()
const admin = world.browser()
const { id } = await admin.signUp()
await world.app.services.sql.query('UPDATE app_user SET is_admin = true WHERE id = $1', [id])

const EXAMPLES: Record<string, string> = {
  ID: `"${id}"`,
  String: '"x"',
  Int: '1',
  Boolean: 'true',
  Int64: '1',
  Money: '"1"',
  DateTimeISO: '"2026-11-01T00:00:00Z"',
}

/** A literal of the type: whatever may be null is null. */
function literal(type: GraphQLInputType, depth = 0): string {
  if (!isNonNullType(type)) {
    const named = getNamedType(type)
    // One level down, so that the fields of a filter are null one by one.
    return depth === 0 && isInputObjectType(named) && !isListType(type) ? objectOf(named) : 'null'
  }
  if (isListType(type.ofType)) return '[]'
  const named = getNamedType(type)
  if (isInputObjectType(named)) return objectOf(named)
  return isEnumType(named) ? named.getValues()[0]!.name : (EXAMPLES[named.name] ?? '"x"')
}

const objectOf = (named: GraphQLNamedType) =>
  isInputObjectType(named)
    ? `{ ${Object.values(named.getFields())
        .map((field) => `${field.name}: ${literal(field.type, 1)}`)
        .join(', ')} }`
    : 'null'

const hasNulls = ({ args }: GraphQLField<unknown, unknown>) => args.some(({ type }) => !isNonNullType(type))
// Arguments with a value of their own may not be null.
const given = (args: readonly GraphQLArgument[]) =>
  args
    .filter(({ defaultValue }) => defaultValue === undefined)
    .map(({ name, type }) => `${name}: ${literal(type)}`)
    .join(', ')

function selection(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type)
  return isLeafType(type) ? '' : '{ __typename }'
}

const fieldsOf = (name: string) => {
  const type = schema.getType(name)
  return isObjectType(type) ? Object.values(type.getFields()).filter(hasNulls) : []
}

test.each([
  ...fieldsOf('Query').map((field) => [`Query.${field.name}`, field, (text: string) => text] as const),
  ...fieldsOf('Viewer').map(
    (field) => [`Viewer.${field.name}`, field, (text: string) => `viewer { ${text} }`] as const,
  ),
])('%s takes null for whatever may be left out', async (_, field, within) => {
  // One at a time: together, first and last would be refused before either is read.
  for (const one of field.args.filter(({ type }) => !isNonNullType(type))) {
    const args = field.args.filter((arg) => arg === one || isNonNullType(arg.type))
    const { errors } = await admin.graphql(
      `{ ${within(`${field.name}(${given(args)}) ${selection(field)}`)} }`,
    )
    expect(errors?.map(({ extensions }) => extensions.code) ?? [], one.name).not.toContain('internal_error')
  }
})
