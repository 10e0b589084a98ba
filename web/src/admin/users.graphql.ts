import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const UsersQuery = graphql(`
  query AdminUsers($first: Int, $after: String, $last: Int, $before: String, $search: String) {
    users(first: $first, after: $after, last: $last, before: $before, search: $search) {
      edges {
        cursor
        node {
          id
          email
          isAdmin
          suspendedAt
          createdAt
          wallet
          bonusTokens
          spent
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
`)
export type User = ResultOf<typeof UsersQuery>['users']['edges'][number]['node']

export const AdjustBalance = graphql(`
  mutation AdjustBalance($input: AdjustBalanceInput!) {
    adjustBalance(input: $input) {
      user {
        id
        wallet
        bonusTokens
      }
    }
  }
`)
export const SetUserSuspended = graphql(`
  mutation SetUserSuspended($input: SetUserSuspendedInput!) {
    setUserSuspended(input: $input) {
      user {
        id
        suspendedAt
      }
    }
  }
`)
