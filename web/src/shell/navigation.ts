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

/** Only administrators see these; the server decides all the same. */
export const operatorNavigation = {
  group: 'admin.group',
  items: [
    { name: 'admin', title: 'admin.overview', icon: ShieldCheck },
    { name: 'admin-users', title: 'admin.users.title', icon: Users },
    { name: 'admin-models', title: 'admin.models.title', icon: Boxes },
    { name: 'admin-channels', title: 'admin.channels.title', icon: Cable },
    { name: 'admin-plans', title: 'management.plans.title', icon: BadgeCheck },
    { name: 'admin-orders', title: 'management.orders.title', icon: CreditCard },
    { name: 'admin-revenue', title: 'operator.revenue.title', icon: ChartColumn },
    { name: 'admin-invitations', title: 'management.invitations.title', icon: Gift },
    { name: 'admin-codes', title: 'admin.codes.title', icon: Ticket },
    { name: 'admin-announcements', title: 'announcements.title', icon: Megaphone },
    { name: 'admin-settings', title: 'operator.settings.title', icon: Settings },
    { name: 'admin-audit', title: 'operator.audit.title', icon: ScrollText },
  ],
}

/** The rail's groups; pages that do not exist yet are not promised. */
export const navigation = [
  {
    group: 'shell.group.build',
    items: [
      { name: 'dashboard', title: 'dashboard.title', icon: LayoutDashboard },
      { name: 'playground', title: 'playground.title', icon: FlaskConical },
      { name: 'tokens', title: 'tokens.title', icon: KeyRound },
    ],
  },
  {
    group: 'shell.group.spend',
    items: [
      { name: 'usage', title: 'usage.title', icon: Activity },
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
