import type { RouteRecordRaw } from 'vue-router'

/** The operator's console. For everybody else these pages do not exist. */
export const adminRoutes: RouteRecordRaw = {
  path: '/admin',
  component: () => import('../shell/ConsoleShell.vue'),
  meta: { signedIn: true, admin: true },
  children: [
    {
      path: '',
      name: 'admin',
      component: () => import('./OverviewPage.vue'),
      meta: { title: 'admin.overview' },
    },
    {
      path: 'users',
      name: 'admin-users',
      component: () => import('./UsersPage.vue'),
      meta: { title: 'admin.users.title' },
    },
    {
      path: 'users/:userId',
      name: 'admin-user',
      component: () => import('./user/UserPage.vue'),
      meta: { title: 'management.user.title' },
    },
    {
      path: 'models',
      name: 'admin-models',
      component: () => import('./ModelsPage.vue'),
      meta: { title: 'admin.models.title' },
    },
    {
      path: 'channels',
      name: 'admin-channels',
      component: () => import('./ChannelsPage.vue'),
      meta: { title: 'admin.channels.title' },
    },
    {
      path: 'plans',
      name: 'admin-plans',
      component: () => import('./plans/PlansPage.vue'),
      meta: { title: 'management.plans.title' },
    },
    {
      path: 'orders',
      name: 'admin-orders',
      component: () => import('./orders/OrdersPage.vue'),
      meta: { title: 'management.orders.title' },
    },
    {
      path: 'revenue',
      name: 'admin-revenue',
      component: () => import('./RevenuePage.vue'),
      meta: { title: 'operator.revenue.title' },
    },
    {
      path: 'invitations',
      name: 'admin-invitations',
      component: () => import('./invitations/InvitationsPage.vue'),
      meta: { title: 'management.invitations.title' },
    },
    {
      path: 'codes',
      name: 'admin-codes',
      component: () => import('./CodesPage.vue'),
      meta: { title: 'admin.codes.title' },
    },
    {
      path: 'announcements',
      name: 'admin-announcements',
      component: () => import('./AnnouncementsPage.vue'),
      meta: { title: 'announcements.title' },
    },
    {
      path: 'settings',
      name: 'admin-settings',
      component: () => import('./SettingsPage.vue'),
      meta: { title: 'operator.settings.title' },
    },
    {
      path: 'audit',
      name: 'admin-audit',
      component: () => import('./AuditPage.vue'),
      meta: { title: 'operator.audit.title' },
    },
  ],
}
