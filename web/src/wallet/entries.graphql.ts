import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const EntryFields = graphql(`
  fragment EntryFields on LedgerEntry @_unmask {
    id
    kind
    pool
    tokens
    money
    balanceAfter
    note
    createdAt
  }
`)
export type Entry = ResultOf<typeof EntryFields>

export const EntriesQuery = graphql(
  `
    query Entries(
      $first: Int
      $after: String
      $last: Int
      $before: String
      $filter: LedgerEntryFilter
      $from: DateTimeISO
      $to: DateTimeISO
    ) {
      viewer {
        id
        wallet {
          id
          statement(from: $from, to: $to) {
            pool
            opening
            in
            out
            closing
            ended
          }
          entries(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
            edges {
              cursor
              node {
                ...EntryFields
              }
            }
            pageInfo {
              hasNextPage
              hasPreviousPage
              startCursor
              endCursor
            }
          }
        }
      }
    }
  `,
  [EntryFields],
)
