import { nextTick } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import type { ConsoleI18n } from './i18n/i18n.ts'
import { adminRoutes } from './admin/routes.ts'
import { documentationRoutes } from './docs/routes.ts'
import { announce } from './shell/announcer.ts'
import { site } from './shell/site.ts'
import { isSignedIn, viewer } from './session/session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title. */
    title?: string
    signedIn?: boolean
    /** For others these pages do not exist. */
    admin?: boolean
  }
}

/** Every page on one page. Aliases are kept for ever: addresses are a public contract. */
export function createConsoleRouter(i18n: ConsoleI18n) {
  const router = createRouter({
    history: createWebHistory(),
    // A heading below the sticky header; an article that is still loading scrolls there itself.
    scrollBehavior: (to, from, saved) =>
      saved ?? (to.hash && to.path === from.path ? { el: to.hash, top: 72 } : { top: 0 }),
    routes: [
      {
        path: '/',
        component: () => import('./shell/PublicShell.vue'),
        children: [
          {
            path: '',
            name: 'landing',
            component: () => import('./landing/LandingPage.vue'),
            meta: { title: 'landing.title' },
          },
          {
            path: 'models',
            alias: '/plaza',
            name: 'models',
            component: () => import('./models/ModelsPage.vue'),
            meta: { title: 'models.title' },
          },
          {
            path: 'models/:id(.+)',
            name: 'model',
            component: () => import('./models/ModelPage.vue'),
            props: true,
            meta: { title: 'models.title' },
          },
          {
            path: 'pricing',
            name: 'pricing',
            component: () => import('./pricing/PricingPage.vue'),
            meta: { title: 'pricing.title' },
          },
          {
            path: 'status',
            name: 'status',
            component: () => import('./status/StatusPage.vue'),
            meta: { title: 'status.title' },
          },
          {
            path: 'login',
            name: 'login',
            component: () => import('./session/SignInPage.vue'),
            meta: { title: 'session.signIn' },
          },
          {
            path: 'register',
            name: 'register',
            component: () => import('./session/SignUpPage.vue'),
            meta: { title: 'session.signUp' },
          },
          {
            path: 'sign-in-link',
            name: 'sign-in-link',
            component: () => import('./session/SignInLinkPage.vue'),
            meta: { title: 'session.signIn' },
          },
          {
            path: 'reset',
            name: 'reset',
            component: () => import('./session/ResetPage.vue'),
            meta: { title: 'reset.title' },
          },
          {
            path: 'sandbox-pay/:id',
            name: 'sandbox-pay',
            component: () => import('./payments/SandboxPayPage.vue'),
            meta: { title: 'sandboxPay.title' },
          },
          ...documentationRoutes,
          {
            path: 'gallery',
            name: 'gallery',
            component: () => import('./gallery/GalleryPage.vue'),
            meta: { title: 'gallery.title' },
          },
        ],
      },
      {
        path: '/console',
        component: () => import('./shell/ConsoleShell.vue'),
        meta: { signedIn: true },
        children: [
          {
            path: '',
            name: 'dashboard',
            component: () => import('./dashboard/DashboardPage.vue'),
            meta: { title: 'dashboard.title' },
          },
          {
            path: 'tokens',
            alias: 'token',
            name: 'tokens',
            component: () => import('./tokens/TokensPage.vue'),
            meta: { title: 'tokens.title' },
          },
          {
            path: 'playground',
            name: 'playground',
            component: () => import('./playground/PlaygroundPage.vue'),
            meta: { title: 'playground.title' },
          },
          {
            path: 'usage',
            alias: 'log',
            name: 'usage',
            component: () => import('./usage/UsagePage.vue'),
            meta: { title: 'usage.title' },
            // The address of a request from before requests had pages.
            beforeEnter: ({ query: { request, ...query } }) =>
              typeof request === 'string'
                ? { name: 'usage-request', params: { requestId: request }, query }
                : true,
            children: [
              {
                path: ':requestId',
                name: 'usage-request',
                component: () => import('./usage/RequestSheet.vue'),
                meta: { title: 'usage.receipt.title' },
              },
            ],
          },
          {
            path: 'wallet',
            alias: 'topup',
            name: 'wallet',
            component: () => import('./wallet/WalletPage.vue'),
            meta: { title: 'wallet.title' },
          },
          {
            path: 'plans',
            name: 'plans',
            component: () => import('./plans/PlansPage.vue'),
            meta: { title: 'plans.title' },
          },
          {
            path: 'invitations',
            name: 'invitations',
            component: () => import('./invitations/InvitationsPage.vue'),
            meta: { title: 'invitations.title' },
          },
          {
            path: 'access-keys',
            name: 'access-keys',
            component: () => import('./access-keys/AccessKeysPage.vue'),
            meta: { title: 'accessKeys.title' },
          },
          {
            path: 'inbox',
            name: 'inbox',
            component: () => import('./inbox/InboxPage.vue'),
            meta: { title: 'inbox.heading' },
          },
          {
            path: 'account',
            name: 'account',
            component: () => import('./account/AccountPage.vue'),
            meta: { title: 'account.title' },
          },
          {
            path: 'set-up',
            name: 'set-up',
            component: () => import('./session/SetUpPage.vue'),
            meta: { title: 'session.setUp.title' },
          },
        ],
      },
      adminRoutes,
      {
        path: '/:path(.*)*',
        component: () => import('./shell/PublicShell.vue'),
        children: [
          {
            path: '',
            name: 'not-found',
            component: () => import('./shell/NotFoundPage.vue'),
            meta: { title: 'common.notFound.title' },
          },
        ],
      },
    ],
  })

  router.beforeEach((to) => {
    if (to.meta.signedIn && !isSignedIn()) return { name: 'login', query: { next: to.fullPath } }
    if (to.meta.admin && !viewer.value?.isAdmin)
      return { name: 'not-found', params: { path: to.path.slice(1).split('/') } }
  })
  router.afterEach(async (to, from) => {
    const title = to.meta.title ? i18n.global.t(to.meta.title) : ''
    document.title = title ? `${title} · ${site.name}` : site.name
    if (!from.name || to.path === from.path) return
    // A sheet over the same page has a focus of its own.
    if (to.matched[1] === from.matched[1]) return
    await nextTick()
    document.querySelector<HTMLElement>('h1')?.focus()
    announce(title)
  })
  // A page's file is gone after a deployment: load the new console once, at the page that was asked for.
  router.onError((error: Error, to) => {
    const missing = /dynamically imported module|module script failed|Unable to preload/.test(error.message)
    if (missing && !to.query.reloaded)
      location.assign(router.resolve({ ...to, query: { ...to.query, reloaded: '1' } }).href)
  })
  return router
}
