import { Max, Min } from 'class-validator'
import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql'
import { invalidField } from './errors.ts'
import { isId } from './ids.ts'

export const PAGE_SIZE_MAX = 100
/** When neither `first` nor `last` says. */
export const PAGE_SIZE = 25

/** The four arguments of a Relay connection; `first`/`after` go forward, `last`/`before` back. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'How many from the front of the list, 1 to 100; 25 when neither `first` nor `last` is given.',
  })
  @Min(1)
  @Max(PAGE_SIZE_MAX)
  first?: number
  @Field(() => String, {
    nullable: true,
    description: 'An `endCursor`: the page begins behind it. Not together with `last` or `before`.',
  })
  after?: string
  @Field(() => Int, {
    nullable: true,
    description: 'How many from the end of the list, 1 to 100. Not together with `first` or `after`.',
  })
  @Min(1)
  @Max(PAGE_SIZE_MAX)
  last?: number
  @Field(() => String, { nullable: true, description: 'A `startCursor`: the page ends in front of it.' })
  before?: string
}

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether `after: endCursor` would find more.' }) hasNextPage!: boolean
  @Field(() => Boolean, { description: 'Whether `before: startCursor` would find more.' })
  hasPreviousPage!: boolean
  @Field(() => String, { nullable: true, description: 'Of the first of the page; null when it is empty.' })
  startCursor?: string
  @Field(() => String, { nullable: true, description: 'Of the last of the page; null when it is empty.' })
  endCursor?: string
}

export interface Connection<T> {
  edges: { cursor: string; node: T }[]
  pageInfo: PageInfo
}

/** The GraphQL types `XEdge` and `XConnection` of a node type. */
export function connectionOf<T extends object>(name: string, node: ClassType<T>) {
  @ObjectType(`${name}Edge`, { description: 'One of a page, and where it stands.' })
  class Edge {
    @Field(() => String, {
      description: 'Its place in this list, for `after` and `before`; opaque, and of no use in another list.',
    })
    cursor!: string
    @Field(() => node, { description: 'What stands there.' }) node!: T
  }

  @ObjectType(`${name}Connection`, { description: 'A page of a list, after the Relay specification.' })
  class ConnectionType implements Connection<T> {
    @Field(() => [Edge], {
      description: 'The page in the order of the list, also when it is read backwards.',
    })
    edges!: Edge[]
    @Field(() => PageInfo, { description: 'Whether there is more, and the cursors to go on with.' })
    pageInfo!: PageInfo
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

/** As `pageQuery`, for a list that is sorted by id. Errors: those of `pageQuery`; invalid_request for a cursor that is no id. */
export function pageQueryById(page: Nullable<PageArgs>): PageQuery {
  const query = pageQuery(page)
  if (query.cursor !== undefined && !isId(query.cursor))
    throw foreignCursor(query.backwards ? 'before' : 'after')
  return query
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
  if (!key || encodeCursor(key) !== cursor) throw foreignCursor(param)
  return key
}

const foreignCursor = (param: string) => invalidField(param, 'This cursor is not one of ours.')
