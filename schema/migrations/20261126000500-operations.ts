import { Migration } from '@mikro-orm/migrations'

/** What the operator's console needs: an audit that says why and from where, limits of single users, fast overviews. */
export class Migration20261126000500Operations extends Migration {
  override up() {
    this.addSql(`
      ALTER TABLE audit_entry ADD ip text NULL;
      ALTER TABLE audit_entry ADD reason text NULL;
      CREATE INDEX audit_entry_action ON audit_entry (action, id DESC);
      CREATE INDEX audit_entry_actor ON audit_entry (actor_id, id DESC);

      -- History for at least half a year; after that an operator may choose to forget it.
      CREATE FUNCTION refuse_early_change() RETURNS trigger LANGUAGE plpgsql AS $f$
      BEGIN
        IF TG_OP = 'DELETE' AND OLD.created_at < clock_timestamp() - interval '180 days' THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'rows of % are history: they are neither changed nor deleted before 180 days', TG_TABLE_NAME;
      END $f$;
      DROP TRIGGER audit_entry_is_history ON audit_entry;
      CREATE TRIGGER audit_entry_is_history BEFORE UPDATE OR DELETE ON audit_entry
        FOR EACH ROW EXECUTE FUNCTION refuse_early_change();

      -- Where an operator departs from the plan for one user. Null: as the plan says.
      CREATE TABLE user_limit (
        user_id             uuid PRIMARY KEY REFERENCES app_user,
        requests_per_minute integer NULL CHECK (requests_per_minute > 0),
        active_tokens_max   integer NULL CHECK (active_tokens_max > 0),
        context_tokens_max  integer NULL CHECK (context_tokens_max > 0),
        context_unlimited   boolean NOT NULL DEFAULT false,
        updated_at          timestamptz NOT NULL,
        CHECK (NOT context_unlimited OR context_tokens_max IS NULL)
      );

      ALTER TABLE setting ADD updated_by uuid NULL REFERENCES app_user;

      -- Which order a provider spoke of, as far as its signature covers it.
      ALTER TABLE payment_notification ADD order_id uuid NULL;
      CREATE INDEX payment_notification_order ON payment_notification (order_id) WHERE order_id IS NOT NULL;
      CREATE INDEX payment_order_flagged ON payment_order (id DESC) WHERE flag IS NOT NULL;

      CREATE INDEX usage_record_created ON usage_record (created_at);
      CREATE INDEX ledger_entry_used ON ledger_entry (created_at) WHERE kind = 'usage';
      CREATE INDEX api_token_prefix ON api_token (prefix);
      CREATE INDEX api_token_last_four ON api_token (last_four);
      CREATE INDEX redemption_code_last_four ON redemption_code (last_four);
    `)
  }
}
