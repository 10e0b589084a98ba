import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { ViewerFields } from '../session/session.ts'

export const AccountQuery = graphql(
  `
    query Account {
      viewer {
        ...ViewerFields
        emailVerifiedAt
        pendingEmail
      }
      site {
        sendsMail
      }
    }
  `,
  [ViewerFields],
)
export type AccountViewer = NonNullable<ResultOf<typeof AccountQuery>['viewer']>

export const UpdateProfile = graphql(
  `
    mutation UpdateProfile($input: UpdateProfileInput!) {
      updateProfile(input: $input) {
        viewer {
          ...ViewerFields
        }
      }
    }
  `,
  [ViewerFields],
)

export const RequestEmailChange = graphql(`
  mutation RequestEmailChange($input: RequestEmailChangeInput!) {
    requestEmailChange(input: $input) {
      resendAfterSeconds
      viewer {
        id
        pendingEmail
      }
    }
  }
`)

export const ConfirmEmailChange = graphql(
  `
    mutation ConfirmEmailChange($input: CodeInput!) {
      confirmEmailChange(input: $input) {
        viewer {
          ...ViewerFields
          emailVerifiedAt
          pendingEmail
        }
      }
    }
  `,
  [ViewerFields],
)

export const ChangePassword = graphql(
  `
    mutation ChangePassword($input: ChangePasswordInput!) {
      changePassword(input: $input) {
        activeAccessKeys
        viewer {
          ...ViewerFields
        }
      }
    }
  `,
  [ViewerFields],
)

export const SessionsQuery = graphql(`
  query Sessions($first: Int, $after: String, $last: Int, $before: String) {
    viewer {
      id
      sessions(first: $first, after: $after, last: $last, before: $before) {
        edges {
          node {
            id
            browser
            system
            ip
            createdAt
            lastSeenAt
            isCurrent
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
export type OpenSession = NonNullable<
  ResultOf<typeof SessionsQuery>['viewer']
>['sessions']['edges'][number]['node']

export const RevokeSessions = graphql(`
  mutation RevokeSessions($input: RevokeSessionsInput!) {
    revokeSessions(input: $input) {
      revoked
    }
  }
`)

export const DeleteAccount = graphql(`
  mutation DeleteAccount($input: DeleteAccountInput!) {
    deleteAccount(input: $input) {
      ok
    }
  }
`)
