import { graphql, type ResultOf } from '../graphql/graphql.ts'

const TokenFields = graphql(`
  fragment TokenFields on ApiToken @_unmask {
    id
    name
    note
    prefix
    lastFour
    status
    models
    requestsPerMinute
    ipAllowList
    tokensPerMinute
    concurrency
    capDay
    capWeek
    capMonth
    spend {
      period
      spent
      cap
      resetsAt
    }
    expiresAt
    lastUsedAt
    createdAt
    oldSecretUntil
  }
`)

export const TokensQuery = graphql(
  `
    query Tokens(
      $first: Int
      $after: String
      $last: Int
      $before: String
      $status: ApiTokenStatus
      $search: String
    ) {
      viewer {
        id
        requestsPerMinute
        apiTokens(
          first: $first
          after: $after
          last: $last
          before: $before
          status: $status
          search: $search
        ) {
          edges {
            cursor
            node {
              ...TokenFields
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
  `,
  [TokenFields],
)

export const CreateToken = graphql(
  `
    mutation CreateToken($input: CreateApiTokenInput!) {
      createApiToken(input: $input) {
        secret
        apiToken {
          ...TokenFields
        }
      }
    }
  `,
  [TokenFields],
)

export const UpdateToken = graphql(
  `
    mutation UpdateToken($input: UpdateApiTokenInput!) {
      updateApiToken(input: $input) {
        apiToken {
          ...TokenFields
        }
      }
    }
  `,
  [TokenFields],
)

export const RotateToken = graphql(
  `
    mutation RotateToken($input: RotateApiTokenInput!) {
      rotateApiToken(input: $input) {
        secret
        apiToken {
          ...TokenFields
        }
      }
    }
  `,
  [TokenFields],
)

export const RevokeToken = graphql(
  `
    mutation RevokeToken($input: RevokeApiTokenInput!) {
      revokeApiToken(input: $input) {
        apiToken {
          ...TokenFields
        }
      }
    }
  `,
  [TokenFields],
)

export type Token = ResultOf<typeof TokenFields>

/** That a request of theirs ended; what it was is the usage pages' to tell. */
export const TokenUsed = graphql(`
  subscription TokenUsed {
    usageRecorded {
      sequence
    }
  }
`)
