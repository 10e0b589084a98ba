import { useClientHandle } from '@urql/vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { dataOf } from '../graphql/errors.ts'
import { graphql } from '../graphql/graphql.ts'
import { nearest } from '../i18n/i18n.ts'
import { ownZone } from '../i18n/own-zone.ts'
import { useLocaleSwitch } from '../i18n/useLocaleSwitch.ts'
import { useAction } from '../ui/useAction.ts'
import { CONVERSATION_KEY } from './conversation-key.ts'
import { codeExpected, safePath, type Viewer, viewer, ViewerFields } from './session.ts'

const SignUp = graphql(
  `
    mutation SignUp($input: SignUpInput!) {
      signUp(input: $input) {
        viewer {
          ...ViewerFields
        }
      }
    }
  `,
  [ViewerFields],
)
export const SignIn = graphql(
  `
    mutation SignIn($input: SignInInput!) {
      signIn(input: $input) {
        viewer {
          ...ViewerFields
        }
      }
    }
  `,
  [ViewerFields],
)
const RedeemLink = graphql(
  `
    mutation RedeemLink($input: RedeemSignInLinkInput!) {
      redeemSignInLink(input: $input) {
        viewer {
          ...ViewerFields
        }
      }
    }
  `,
  [ViewerFields],
)
const SignOut = graphql(`
  mutation SignOut {
    signOut {
      ok
    }
  }
`)

/** Signing up, in and out; afterwards the page that was asked for. */
export function useSession() {
  const { client } = useClientHandle()
  const router = useRouter()
  const route = useRoute()
  const { locale } = useI18n()
  const switchTo = useLocaleSwitch()

  async function begin(who: Viewer) {
    viewer.value = who
    const own = nearest(who.locale)
    if (own && own !== locale.value) await switchTo(own)
    await router.push(who.needsCredentials ? { name: 'set-up' } : safePath(route.query.next))
  }

  const signUp = useAction(async (email: string, password: string, inviteCode?: string) => {
    const input = { email, password, timeZone: ownZone.value, locale: locale.value, inviteCode }
    const who = dataOf(await client.mutation(SignUp, { input })).signUp.viewer
    codeExpected.value = who.needsEmailVerification
    await begin(who)
  })

  const signIn = useAction(async (email: string, password: string) => {
    await begin(dataOf(await client.mutation(SignIn, { input: { email, password } })).signIn.viewer)
  })

  const redeemLink = useAction(async (token: string) => {
    await begin(dataOf(await client.mutation(RedeemLink, { input: { token } })).redeemSignInLink.viewer)
  })

  const signOut = useAction(async () => {
    dataOf(await client.mutation(SignOut, {}))
    // Everything that was loaded belongs to the one who left.
    sessionStorage.removeItem(CONVERSATION_KEY)
    location.assign('/')
  })

  return { signUp, signIn, redeemLink, signOut }
}
