import { Activity, BadgeCheck, FlaskConical, Gift, KeyRound, LayoutDashboard, Wallet } from '@lucide/vue'

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
    items: [{ name: 'invitations', title: 'invitations.title', icon: Gift }],
  },
]
