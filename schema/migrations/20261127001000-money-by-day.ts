import { Migration } from '@mikro-orm/migrations'

/** Reports ask what was paid in and for plans within a time; such entries are few. */
export class Migration20261127001000MoneyByDay extends Migration {
  override up() {
    this.addSql(
      `CREATE INDEX ledger_entry_paid ON ledger_entry (created_at) WHERE kind IN ('top_up', 'refund', 'purchase')`,
    )
  }
}
