import { graphql } from '../graphql/graphql.ts'

export const InvitationsQuery = graphql(`
  query Invitations($first: Int, $after: String, $last: Int, $before: String) {
    viewer {
      id
      inviteOffer {
        code
        url
        inviterTokens
        inviteeTokens
        days
        perMonth
      }
      invitationFunnel {
        clicked
        signedUp
        used
        rewarded
        tokens
      }
      invitations(first: $first, after: $after, last: $last, before: $before) {
        edges {
          cursor
          node {
            id
            status
            invitee
            inviterTokens
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
`)
