import { ref, shallowRef, watch } from 'vue'
import { setOwnZone } from '../i18n/own-zone.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const ViewerFields = graphql(`
  fragment ViewerFields on Viewer @_unmask {
    id
    email
    displayName
    isAdmin
    needsCredentials
    needsEmailVerification
    hasPassword
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
      sendsMail
    }
  }
`)

export type Viewer = NonNullable<ResultOf<typeof ViewerQuery>['viewer']>

/** Who is signed in, as last known. The cookie decides on the server; this only chooses what is shown. */
export const viewer = shallowRef<Viewer | null>(null)
watch(viewer, (who) => setOwnZone(who?.timeZone), { flush: 'sync' })
export const isSignedIn = () => viewer.value !== null

/** The session is over while its user was at work: what the page holds is kept behind a form to sign in again. */
export const sessionOver = ref(false)

/** Answers when the user is back; undefined when nobody was signed in. */
export function endSession(): Promise<void> | undefined {
  if (!viewer.value) return undefined
  sessionOver.value = true
  return new Promise((resolve) => {
    watch(sessionOver, (over) => !over && resolve(), { once: true })
  })
}

/** Set by signing up where mail is sent: the code that is on its way is asked for at once. */
export const codeExpected = ref(false)

/** Only a path of ours: an address from a link must not lead elsewhere. */
export function safePath(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/console'
}
