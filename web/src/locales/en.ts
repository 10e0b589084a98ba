import { clients } from './en/clients.ts'
import { accessKeys } from './en/access-keys.ts'
import { account } from './en/account.ts'
import { admin } from './en/admin.ts'
import { invitations, moneyIn, plans, sandboxPay } from './en/buying.ts'
import { promises } from './en/books.ts'
import { channels, prices } from './en/channels.ts'
import { common, shell } from './en/common.ts'
import * as home from './en/home.ts'
import { docs } from './en/docs.ts'
import * as customer from './en/customer.ts'
import { errors } from './en/errors.ts'
import { account as ownAccount, again, reset, verify } from './en/identity.ts'
import { chart, dashboard, usage, wallet } from './en/money.ts'
import { management } from './en/management.ts'
import { announcements, inbox } from './en/inbox.ts'
import { auditDetail } from './en/audit.ts'
import { operator } from './en/operator.ts'
import { gallery, landing, models } from './en/public.ts'
import * as site from './en/site.ts'
import { playground, tokens } from './en/tools.ts'

export const messages = {
  common,
  shell,
  errors,
  session: account,
  account: ownAccount,
  again,
  reset,
  verify,
  tokens,
  playground,
  dashboard,
  usage,
  ...customer,
  ...home,
  wallet: { ...wallet, ...moneyIn },
  plans,
  invitations,
  sandboxPay,
  admin: { ...admin, channels, prices, promises },
  announcements,
  inbox,
  auditDetail,
  operator,
  management,
  chart,
  models,
  ...site,
  landing,
  gallery,
  docs,
  accessKeys,
  clients,
}

/** Every language has exactly these keys. */
export type Messages = typeof messages
