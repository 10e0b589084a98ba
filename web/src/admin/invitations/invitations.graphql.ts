import { graphql } from '../../graphql/graphql.ts'
import { ManagedInvitationFields } from '../user/user.graphql.ts'

export const AllInvitationsQuery = graphql(
  `
    query AllInvitations($first: Int, $after: String, $last: Int, $before: String) {
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

export const HoldInvitation = graphql(`
  mutation HoldInvitation($input: HoldInvitationInput!) {
    holdInvitation(input: $input) {
      invitation {
        id
        status
      }
    }
  }
`)

export const ReleaseInvitation = graphql(`
  mutation ReleaseInvitation($input: ReleaseInvitationInput!) {
    releaseInvitation(input: $input) {
      invitation {
        id
        status
      }
    }
  }
`)

export const RevokeInvitation = graphql(`
  mutation RevokeInvitation($input: RevokeInvitationInput!) {
    revokeInvitation(input: $input) {
      invitation {
        id
        status
      }
    }
  }
`)
