import {
  Activity,
  BadgeCheck,
  Boxes,
  Cable,
  ChartColumn,
  CircleUserRound,
  CreditCard,
  FlaskConical,
  Gift,
  Inbox,
  KeyRound,
  LayoutDashboard,
  Megaphone,
  ScrollText,
  Settings,
  ShieldCheck,
  Terminal,
  Ticket,
  Users,
  Wallet,
} from '@lucide/vue'
import type { Component } from 'vue'

export interface NavigationItem {
  name: string
  title: string
  icon: Component
  /** In the bar at the bottom of a phone, which has room for four: by this title. */
  bar?: string
}

export interface NavigationGroup {
  group: string
  items: NavigationItem[]
}

/** Only administrators see these; the server decides all the same. */
export const operatorNavigation: NavigationGroup = {
  group: 'admin.group',
  items: [
    { name: 'admin', title: 'admin.overview', icon: ShieldCheck, bar: 'admin.overview' },
    { name: 'admin-users', title: 'admin.users.title', icon: Users, bar: 'admin.users.title' },
    { name: 'admin-models', title: 'admin.models.title', icon: Boxes },
    { name: 'admin-channels', title: 'admin.channels.title', icon: Cable, bar: 'admin.channels.title' },
    { name: 'admin-plans', title: 'management.plans.title', icon: BadgeCheck },
    { name: 'admin-orders', title: 'management.orders.title', icon: CreditCard, bar: 'shell.short.orders' },
    { name: 'admin-revenue', title: 'operator.revenue.title', icon: ChartColumn },
    { name: 'admin-invitations', title: 'management.invitations.title', icon: Gift },
    { name: 'admin-codes', title: 'admin.codes.title', icon: Ticket },
    { name: 'admin-announcements', title: 'announcements.title', icon: Megaphone },
    { name: 'admin-settings', title: 'operator.settings.title', icon: Settings },
    { name: 'admin-audit', title: 'operator.audit.title', icon: ScrollText },
  ],
}

/** The rail's groups; pages that do not exist yet are not promised. */
export const navigation: NavigationGroup[] = [
  {
    group: 'shell.group.build',
    items: [
      { name: 'dashboard', title: 'dashboard.title', icon: LayoutDashboard, bar: 'dashboard.title' },
      { name: 'playground', title: 'playground.title', icon: FlaskConical, bar: 'shell.short.playground' },
      { name: 'tokens', title: 'tokens.title', icon: KeyRound, bar: 'shell.short.tokens' },
    ],
  },
  {
    group: 'shell.group.spend',
    items: [
      { name: 'usage', title: 'usage.title', icon: Activity, bar: 'usage.title' },
      { name: 'wallet', title: 'wallet.title', icon: Wallet },
      { name: 'plans', title: 'plans.title', icon: BadgeCheck },
    ],
  },
  {
    group: 'shell.group.account',
    items: [
      { name: 'invitations', title: 'invitations.title', icon: Gift },
      { name: 'inbox', title: 'inbox.heading', icon: Inbox },
      { name: 'access-keys', title: 'accessKeys.title', icon: Terminal },
      { name: 'account', title: 'account.title', icon: CircleUserRound },
    ],
  },
]
