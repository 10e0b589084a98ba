import { graphql } from '../graphql/graphql.ts'

export const EntriesQuery = graphql(`
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
        }
        entries(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
          edges {
            cursor
            node {
              id
              kind
              pool
              tokens
              money
              balanceAfter
              note
              createdAt
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
`)
