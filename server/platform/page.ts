import { Max, Min } from 'class-validator'
import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql'
import { invalidField } from './errors.ts'

export const PAGE_SIZE_MAX = 100
/** When neither `first` nor `last` says. */
export const PAGE_SIZE = 25

/** The four arguments of a Relay connection; `first`/`after` go forward, `last`/`before` back. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true }) @Min(1) @Max(PAGE_SIZE_MAX) first?: number
  @Field(() => String, { nullable: true }) after?: string
  @Field(() => Int, { nullable: true }) @Min(1) @Max(PAGE_SIZE_MAX) last?: number
  @Field(() => String, { nullable: true }) before?: string
}

@ObjectType()
export class PageInfo {
  @Field(() => Boolean) hasNextPage!: boolean
  @Field(() => Boolean) hasPreviousPage!: boolean
  @Field(() => String, { nullable: true }) startCursor?: string
  @Field(() => String, { nullable: true }) endCursor?: string
}

export interface Connection<T> {
  edges: { cursor: string; node: T }[]
  pageInfo: PageInfo
}

/** The GraphQL types `XEdge` and `XConnection` of a node type. */
export function connectionOf<T extends object>(name: string, node: ClassType<T>) {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => String) cursor!: string
    @Field(() => node) node!: T
  }

  @ObjectType(`${name}Connection`)
  class ConnectionType implements Connection<T> {
    @Field(() => [Edge]) edges!: Edge[]
    @Field(() => PageInfo) pageInfo!: PageInfo
  }
  return ConnectionType
}

/** What to ask the database for: rows past `cursor` in the list's order or against it, one more than shown. */
export interface PageQuery {
  backwards: boolean
  /** The sort key of the row the page starts after, or undefined at the list's end. */
  cursor: string | undefined
  limit: number
}

type Nullable<T> = { [K in keyof T]: T[K] | null }

/** Clients send null for what they leave out. Errors: invalid_request when both directions are mixed or a cursor is not ours. */
export function pageQuery({ first, after, last, before }: Nullable<PageArgs>): PageQuery {
  const backwards = (last ?? before ?? undefined) !== undefined
  if (backwards && (first ?? after ?? undefined) !== undefined)
    throw invalidField('first', 'Use first and after, or last and before, not both.')
  const cursor = (backwards ? before : after) ?? undefined
  return {
    backwards,
    cursor: cursor === undefined ? undefined : decodeCursor(cursor, backwards ? 'before' : 'after'),
    limit: (backwards ? last : first) ?? PAGE_SIZE,
  }
}

/**
 * Makes a connection of at most `limit + 1` rows in the order asked for (against the list's order when
 * `backwards`).
 */
export function toConnection<T>(rows: T[], query: PageQuery, keyOf: (row: T) => string): Connection<T> {
  const more = rows.length > query.limit
  const shown = rows.slice(0, query.limit)
  if (query.backwards) shown.reverse()
  const edges = shown.map((node) => ({ cursor: encodeCursor(keyOf(node)), node }))
  return {
    edges,
    pageInfo: {
      hasNextPage: query.backwards ? query.cursor !== undefined : more,
      hasPreviousPage: query.backwards ? more : query.cursor !== undefined,
      startCursor: edges[0]?.cursor,
      endCursor: edges.at(-1)?.cursor,
    },
  }
}

const encodeCursor = (key: string) => Buffer.from(key).toString('base64url')

function decodeCursor(cursor: string, param: string): string {
  const key = Buffer.from(cursor, 'base64url').toString()
  if (!key || encodeCursor(key) !== cursor) throw invalidField(param, 'This cursor is not one of ours.')
  return key
}
