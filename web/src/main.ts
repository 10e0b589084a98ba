import { createApp } from 'vue'
import urql from '@urql/vue'
import App from './App.vue'
import { createGraphqlClient } from './graphql/client.ts'
import { createI18nFor, preferredLocale } from './i18n/i18n.ts'
import { createConsoleRouter } from './router.ts'
import { endSession, viewer, ViewerQuery } from './session/session.ts'
import './theme.css'

const i18n = await createI18nFor(preferredLocale())
const router = createConsoleRouter(i18n)
const client = createGraphqlClient({
  sessionOver() {
    if (router.currentRoute.value.meta.signedIn) return endSession()
    viewer.value = null
    return undefined
  },
})

// Who is signed in decides which page opens: asked before the first one is shown.
viewer.value = (await client.query(ViewerQuery, {})).data?.viewer ?? null

createApp(App).use(i18n).use(router).use(urql, client).mount('#app')
