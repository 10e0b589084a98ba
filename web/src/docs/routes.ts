import type { RouteRecordRaw } from 'vue-router'

const shell = () => import('./DocsShell.vue')
const article = () => import('./ArticlePage.vue')

/** Pages of the documentation; those that are not articles come before `:name`. */
export const documentationRoutes: RouteRecordRaw[] = [
  {
    path: 'docs',
    component: shell,
    props: { section: 'docs' },
    children: [
      { path: '', name: 'docs', redirect: '/docs/quick-start' },
      {
        path: 'tools',
        name: 'docs-tools',
        component: () => import('./ToolsPage.vue'),
        meta: { title: 'clients.title' },
      },
      {
        path: 'tools/:id',
        name: 'docs-tool',
        component: () => import('./ToolPage.vue'),
        props: true,
        meta: { title: 'clients.title' },
      },
      {
        path: ':name',
        name: 'docs-article',
        component: article,
        props: ({ params }) => ({ section: 'docs', name: params.name }),
        meta: { title: 'docs.docs.title' },
      },
    ],
  },
  {
    path: 'help',
    component: shell,
    props: { section: 'help' },
    children: [
      { path: '', name: 'help', redirect: '/help/charges' },
      {
        path: ':name',
        name: 'help-article',
        component: article,
        props: ({ params }) => ({ section: 'help', name: params.name }),
        meta: { title: 'docs.help.title' },
      },
    ],
  },
  ...['agreement', 'privacy'].map((name) => ({
    path: name,
    name,
    component: () => import('./LegalPage.vue'),
    props: { name },
    meta: { title: `docs.legal.${name}` },
  })),
]
