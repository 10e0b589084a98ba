import { Migration } from '@mikro-orm/migrations'

/**
 * What a provider said is kept before anything is done about it; what was made of it is added once, and nothing else of
 * it can change.
 */
export class Migration20261128000100NoticesFirst extends Migration {
  override up() {
    this.addSql('ALTER TABLE payment_notification ALTER accepted DROP NOT NULL')
    this.addSql(`
      CREATE FUNCTION allow_verdict() RETURNS trigger LANGUAGE plpgsql AS $f$
      BEGIN
        IF OLD.accepted IS NULL AND to_jsonb(NEW) - '{accepted,reason}'::text[] = to_jsonb(OLD) - '{accepted,reason}'::text[]
        THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'rows of % are history: they are neither changed nor deleted', TG_TABLE_NAME;
      END $f$`)
    this.addSql(`
      DROP TRIGGER payment_notification_is_history ON payment_notification;
      CREATE TRIGGER payment_notification_is_history BEFORE UPDATE ON payment_notification
        FOR EACH ROW EXECUTE FUNCTION allow_verdict();
      CREATE TRIGGER payment_notification_is_kept BEFORE DELETE ON payment_notification
        FOR EACH ROW EXECUTE FUNCTION refuse_change()`)
  }
}
