import { Migration } from '@mikro-orm/migrations'

/** The usage list in the order of time, its failures on their own, and from which balance on to warn. */
export class Migration20261126000600UsageAndAlerts extends Migration {
  override up() {
    this.addSql(`
      CREATE INDEX usage_record_listed ON usage_record (user_id, created_at DESC, id DESC);
      DROP INDEX usage_record_time;
      DROP INDEX usage_record_user;
      CREATE INDEX usage_record_failed ON usage_record (user_id, created_at DESC, id DESC) WHERE status <> 'succeeded';

      -- Quota and wallet together; null: nobody is told.
      ALTER TABLE app_user ADD low_balance_nano bigint NULL CHECK (low_balance_nano >= 0);
    `)
  }
}
