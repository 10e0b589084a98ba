import { graphql, type ResultOf, type VariablesOf } from '../graphql/graphql.ts'

const AnnouncementFields = graphql(`
  fragment AnnouncementFields on Announcement @_unmask {
    id
    level
    audience
    titleEn
    titleZh
    bodyEn
    bodyZh
    publishedFrom
    publishedUntil
    createdAt
  }
`)
export type Announcement = ResultOf<typeof AnnouncementFields>

export const AnnouncementsQuery = graphql(
  `
    query Announcements($first: Int, $after: String, $last: Int, $before: String) {
      announcements(first: $first, after: $after, last: $last, before: $before) {
        edges {
          node {
            ...AnnouncementFields
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
  [AnnouncementFields],
)

export const CreateAnnouncement = graphql(
  `
    mutation CreateAnnouncement($input: CreateAnnouncementInput!) {
      createAnnouncement(input: $input) {
        announcement {
          ...AnnouncementFields
        }
      }
    }
  `,
  [AnnouncementFields],
)
export type AnnouncementInput = VariablesOf<typeof CreateAnnouncement>['input']

export const UpdateAnnouncement = graphql(
  `
    mutation UpdateAnnouncement($input: UpdateAnnouncementInput!) {
      updateAnnouncement(input: $input) {
        announcement {
          ...AnnouncementFields
        }
      }
    }
  `,
  [AnnouncementFields],
)

export const DeleteAnnouncement = graphql(`
  mutation DeleteAnnouncement($input: DeleteAnnouncementInput!) {
    deleteAnnouncement(input: $input) {
      id
    }
  }
`)
