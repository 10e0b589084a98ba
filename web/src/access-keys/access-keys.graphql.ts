import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const AccessKeysQuery = graphql(`
  query AccessKeys($first: Int, $after: String, $last: Int, $before: String) {
    viewer {
      id
      accessKeys(first: $first, after: $after, last: $last, before: $before) {
        edges {
          cursor
          node {
            id
            name
            prefix
            lastFour
            scopes
            status
            createdAt
            expiresAt
            lastUsedAt
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
`)
type Viewer = NonNullable<ResultOf<typeof AccessKeysQuery>['viewer']>
export type AccessKey = Viewer['accessKeys']['edges'][number]['node']
export type Scope = AccessKey['scopes'][number]

export const SCOPES = ['READ_USAGE', 'MANAGE_TOKENS', 'READ_MONEY', 'BUY'] as const satisfies Scope[]

/** Its answer is never cached: it has the secret. */
export const CreateAccessKey = graphql(`
  mutation CreateAccessKey($input: CreateAccessKeyInput!) {
    createAccessKey(input: $input) {
      secret
    }
  }
`)

export const RevokeAccessKey = graphql(`
  mutation RevokeAccessKey($input: RevokeAccessKeyInput!) {
    revokeAccessKey(input: $input) {
      accessKey {
        id
        status
      }
    }
  }
`)
