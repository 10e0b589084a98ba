import { shallowRef } from 'vue'
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const ViewerFields = graphql(`
  fragment ViewerFields on Viewer @_unmask {
    id
    email
    displayName
    isAdmin
    needsCredentials
    locale
    timeZone
    planName
    requestsPerMinute
  }
`)

export const ViewerQuery = graphql(
  `
    query Viewer {
      viewer {
        ...ViewerFields
      }
    }
  `,
  [ViewerFields],
)

export const SiteQuery = graphql(`
  query Site {
    site {
      name
      contact
      record
      agreementAddendum
      apiBaseUrl
      sandbox
      doors
    }
  }
`)

export type Viewer = NonNullable<ResultOf<typeof ViewerQuery>['viewer']>

/** Who is signed in, as last known. The cookie decides on the server; this only chooses what is shown. */
export const viewer = shallowRef<Viewer | null>(null)
export const isSignedIn = () => viewer.value !== null

/** Only a path of ours: an address from a link must not lead elsewhere. */
export function safePath(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/console'
}
