import { Migration20261124000100Foundation } from './20261124000100-foundation.ts'
import { Migration20261124000200Ledger } from './20261124000200-ledger.ts'
import { Migration20261124000300Plans } from './20261124000300-plans.ts'
import { Migration20261124000400MoneyIn } from './20261124000400-money-in.ts'
import { Migration20261124000410CapsAndKeys } from './20261124000410-caps-and-keys.ts'
import { Migration20261124000420Audit } from './20261124000420-audit.ts'
import { Migration20261126000100Accounts } from './20261126000100-accounts.ts'
import { Migration20261126000300AccessKeys } from './20261126000300-access-keys.ts'
import { Migration20261126000400Catalog } from './20261126000400-catalog.ts'
import { Migration20261126000500Operations } from './20261126000500-operations.ts'
import { Migration20261126000600UsageAndAlerts } from './20261126000600-usage-and-alerts.ts'
import { Migration20261126000700ModelHealth } from './20261126000700-model-health.ts'
import { Migration20261126000800FlatCost } from './20261126000800-flat-cost.ts'
import { Migration20261126001000Notices } from './20261126001000-notices.ts'
import { Migration20261126003000ChannelHealth } from './20261126003000-channel-health.ts'
import { Migration20261126009000OneIndexFewer } from './20261126009000-one-index-fewer.ts'
import { Migration20261127001000MoneyByDay } from './20261127001000-money-by-day.ts'
import { Migration20261128000100NoticesFirst } from './20261128000100-notices-first.ts'
import { Migration20261128000200InvitationHolds } from './20261128000200-invitation-holds.ts'

/** Every migration in order: imported, not globbed, so that the built server carries them. */
export const migrations = [
  Migration20261124000100Foundation,
  Migration20261124000200Ledger,
  Migration20261124000300Plans,
  Migration20261124000400MoneyIn,
  Migration20261124000410CapsAndKeys,
  Migration20261124000420Audit,
  Migration20261126000100Accounts,
  Migration20261126000300AccessKeys,
  Migration20261126000400Catalog,
  Migration20261126000500Operations,
  Migration20261126000600UsageAndAlerts,
  Migration20261126000700ModelHealth,
  Migration20261126000800FlatCost,
  Migration20261126001000Notices,
  Migration20261126003000ChannelHealth,
  Migration20261126009000OneIndexFewer,
  Migration20261127001000MoneyByDay,
  Migration20261128000100NoticesFirst,
  Migration20261128000200InvitationHolds,
]
