import { clients } from './zh-CN/clients.ts'
import { accessKeys } from './zh-CN/access-keys.ts'
import type { Messages } from './en.ts'
import { account } from './zh-CN/account.ts'
import { admin } from './zh-CN/admin.ts'
import { invitations, moneyIn, plans, sandboxPay } from './zh-CN/buying.ts'
import { promises } from './zh-CN/books.ts'
import { channels, prices } from './zh-CN/channels.ts'
import { common, shell } from './zh-CN/common.ts'
import * as home from './zh-CN/home.ts'
import { docs } from './zh-CN/docs.ts'
import * as customer from './zh-CN/customer.ts'
import { errors } from './zh-CN/errors.ts'
import { account as ownAccount, again, reset, verify } from './zh-CN/identity.ts'
import { chart, dashboard, usage, wallet } from './zh-CN/money.ts'
import { management } from './zh-CN/management.ts'
import { announcements, inbox } from './zh-CN/inbox.ts'
import { auditDetail } from './zh-CN/audit.ts'
import { operator } from './zh-CN/operator.ts'
import { gallery, landing, models } from './zh-CN/public.ts'
import * as site from './zh-CN/site.ts'
import { playground, tokens } from './zh-CN/tools.ts'

export const messages: Messages = {
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
