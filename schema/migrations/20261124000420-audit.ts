import { Migration } from '@mikro-orm/migrations'

/** What administrators did. */
export class Migration20261124000420Audit extends Migration {
  override up() {
    this.addSql(`
      CREATE TABLE audit_entry (
        id         uuid PRIMARY KEY,
        actor_id   uuid NOT NULL REFERENCES app_user,
        action     text NOT NULL,
        target     text NOT NULL,
        detail     jsonb NOT NULL,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX audit_entry_target ON audit_entry (target, id DESC);
      CREATE TRIGGER audit_entry_is_history BEFORE UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    `)
  }
}
