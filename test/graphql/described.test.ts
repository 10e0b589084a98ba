import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
} from 'graphql'
import { describe, expect, it } from 'vitest'

const sdl = readFileSync('schema/schema.graphql', 'utf8')
const schema = buildSchema(sdl)
const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type))

interface Named {
  name: string
  description?: string | null | undefined
}

/** Names of those that say nothing of themselves. */
const silent = (of: string, parts: Iterable<Named>) =>
  [...parts].filter(({ description }) => !description?.trim()).map(({ name }) => `${of}.${name}`)

const partsOf = (type: GraphQLNamedType): Named[] => {
  if (isEnumType(type)) return [...type.getValues()]
  return isObjectType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : []
}

const argumentsOf = (type: GraphQLNamedType) =>
  isObjectType(type)
    ? Object.values(type.getFields()).flatMap(({ name, args }) => silent(`${type.name}.${name}`, args))
    : []

const undescribed = (is: (type: GraphQLNamedType) => boolean) =>
  types.filter(is).flatMap((type) => silent(type.name, partsOf(type)))

const roots: Named[] = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!]
const isRoot = (type: GraphQLNamedType) => roots.includes(type)

const server = readdirSync('server', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join('server', file), 'utf8'))
  .join('\n')

/** As a text of its own, or made of the noun by `notFound`. */
const isCode = (code: string) =>
  server.includes(`'${code}'`) ||
  (code.endsWith('_not_found') &&
    server.includes(`notFound('${code.slice(0, -'_not_found'.length).replaceAll('_', ' ')}'`))

/** How many may still say nothing. To be lowered when one is described, never to be raised. */
const UNDESCRIBED = { fields: 0, inputFields: 0, enumValues: 0, arguments: 0 }

describe('the GraphQL schema', () => {
  it('says of every query, mutation and subscription what it does', () => {
    expect(undescribed(isRoot)).toEqual([])
  })

  it('says of every type what it is', () => {
    const own = types.filter((type) => !isRoot(type) && !isIntrospectionType(type))
    expect(silent('type', own)).toEqual([])
  })

  it.each([
    ['fields', undescribed((type) => isObjectType(type))],
    ['inputFields', undescribed(isInputObjectType)],
    ['enumValues', undescribed(isEnumType)],
    ['arguments', types.flatMap(argumentsOf)],
  ] as const)('leaves no more of its %s without a word than it did', (kind, names) => {
    expect(names.length, names.join('\n')).toBeLessThanOrEqual(UNDESCRIBED[kind])
  })
  it('names only errors that the server can answer', () => {
    const named = [...sdl.matchAll(/Errors?: ([a-z]+(?:_[a-z]+)+(?:, [a-z]+(?:_[a-z]+)+)*)/g)]
    const codes = new Set(named.flatMap(([, list]) => list!.split(', ')))
    expect(codes.size).toBeGreaterThan(30)
    expect([...codes].filter((code) => !isCode(code))).toEqual([])
  })
})
