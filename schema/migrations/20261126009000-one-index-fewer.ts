import { Migration } from '@mikro-orm/migrations'

/** Every usage record was written into two indexes over the same column: one of them is enough. */
export class Migration20261126009000OneIndexFewer extends Migration {
  override up() {
    this.addSql('DROP INDEX usage_record_created_at')
  }
}
