import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const NotificationFields = graphql(`
  fragment NotificationFields on Notification @_unmask {
    id
    kind
    createdAt
    readAt
    facts {
      amount
      limit
      tokens
      planName
      modelId
      apiTokenName
      period
      at
    }
    announcement {
      level
      titleEn
      titleZh
      bodyEn
      bodyZh
    }
  }
`)
export type Notification = ResultOf<typeof NotificationFields>

export const InboxQuery = graphql(
  `
    query Inbox($first: Int, $after: String, $last: Int, $before: String, $filter: NotificationFilter) {
      viewer {
        id
        unreadCount
        notifications(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
          edges {
            node {
              ...NotificationFields
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
  [NotificationFields],
)

/** What the frame of every page shows: how many are unread, and what is important among them. */
export const UnreadQuery = graphql(
  `
    query Unread {
      viewer {
        id
        unreadCount
        notifications(first: 10, filter: { kinds: [ANNOUNCEMENT], unread: true }) {
          edges {
            node {
              ...NotificationFields
            }
          }
        }
      }
    }
  `,
  [NotificationFields],
)

export const NotificationReceived = graphql(
  `
    subscription NotificationReceived {
      notificationReceived {
        sequence
        unreadCount
        notification {
          ...NotificationFields
        }
      }
    }
  `,
  [NotificationFields],
)

export const MarkNotificationsRead = graphql(`
  mutation MarkNotificationsRead($input: MarkNotificationsReadInput!) {
    markNotificationsRead(input: $input) {
      unreadCount
    }
  }
`)

export const EmailNotificationsQuery = graphql(`
  query EmailNotifications {
    viewer {
      id
      emailVerifiedAt
      emailNotifications
    }
    site {
      sendsMail
    }
  }
`)

export const SetEmailNotifications = graphql(`
  mutation SetEmailNotifications($input: SetEmailNotificationsInput!) {
    setEmailNotifications(input: $input) {
      emailNotifications
    }
  }
`)
