import { graphql, type ResultOf } from '../../graphql/graphql.ts'
import { UsageFields } from '../../usage/usage.graphql.ts'
import { EntryFields } from '../../wallet/entries.graphql.ts'

export const UserQuery = graphql(`
  query ManagedUser($id: ID!) {
    user(id: $id) {
      id
      email
      displayName
      isAdmin
      suspendedAt
      createdAt
      wallet
      quota
      bonusTokens
      spent
      activeTokens
      openSessions
      limits {
        requestsPerMinute
        activeTokensMax
        contextTokensMax
        contextUnlimited
      }
      terms {
        planId
        planName
        requestsPerMinute
        activeTokensMax
        contextTokensMax
      }
      subscription {
        id
        paid
        periodStart
        periodEnd
        cancelAtPeriodEnd
      }
      books {
        id
        pools {
          id
          kind
          tokens
          money
          expiresAt
          models
        }
      }
    }
  }
`)
export type ManagedUser = ResultOf<typeof UserQuery>['user']

export const UserTokensQuery = graphql(`
  query UserTokens($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    user(id: $id) {
      id
      apiTokens(first: $first, after: $after, last: $last, before: $before) {
        edges {
          cursor
          node {
            id
            name
            prefix
            lastFour
            status
            lastUsedAt
            createdAt
            revokedAt
            pausedAt
            expiresAt
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
export type UserToken = ResultOf<typeof UserTokensQuery>['user']['apiTokens']['edges'][number]['node']

export const UserUsageQuery = graphql(
  `
    query UserUsage($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      user(id: $id) {
        id
        usageRecords(first: $first, after: $after, last: $last, before: $before) {
          edges {
            cursor
            node {
              ...UsageFields
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
  [UsageFields],
)

export const UserEntriesQuery = graphql(
  `
    query UserEntries($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      user(id: $id) {
        id
        books {
          id
          entries(first: $first, after: $after, last: $last, before: $before) {
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

export const ManagedInvitationFields = graphql(`
  fragment ManagedInvitationFields on Invitation @_unmask {
    id
    status
    inviterTokens
    inviteeTokens
    createdAt
    parties {
      inviterId
      inviterEmail
      inviteeId
      inviteeEmail
      heldBecause
    }
  }
`)
export type ManagedInvitation = ResultOf<typeof ManagedInvitationFields>

export const UserInvitationsQuery = graphql(
  `
    query UserInvitations($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
      invitations(userId: $id, first: $first, after: $after, last: $last, before: $before) {
        edges {
          cursor
          node {
            ...ManagedInvitationFields
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
  `,
  [ManagedInvitationFields],
)

export const UserSessionsQuery = graphql(`
  query UserSessions($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    user(id: $id) {
      id
      sessions(first: $first, after: $after, last: $last, before: $before) {
        edges {
          cursor
          node {
            id
            browser
            system
            ip
            createdAt
            lastSeenAt
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
