import { Migration } from '@mikro-orm/migrations'

/** What was bought, period by period, and which money mutations were answered before. */
export class Migration20261124000300Plans extends Migration {
  override up() {
    this.addSql(`
      -- The answer to a mutation that moves money, for whoever asks it again. Either a result or a refusal.
      CREATE TABLE idempotency_key (
        user_id        uuid NOT NULL REFERENCES app_user,
        key            uuid NOT NULL,
        arguments_hash bytea NOT NULL,
        result         jsonb NULL,
        refusal        jsonb NULL,
        created_at     timestamptz NOT NULL,
        PRIMARY KEY (user_id, key),
        CHECK ((result IS NULL) <> (refusal IS NULL))
      );
      CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

      -- Calendar months from the anchor to the end of the running period.
      ALTER TABLE plan_subscription ADD months_elapsed integer NOT NULL DEFAULT 1;
      CREATE INDEX plan_subscription_end ON plan_subscription (period_end) WHERE status <> 'ended';
      CREATE INDEX plan_subscription_user ON plan_subscription (user_id, id DESC);

      CREATE TABLE plan_period (
        id              uuid PRIMARY KEY,
        subscription_id uuid NOT NULL REFERENCES plan_subscription,
        user_id         uuid NOT NULL REFERENCES app_user,
        plan_version_id uuid NOT NULL REFERENCES plan_version,
        -- What the wallet paid for it; a period from a redemption code cost nothing.
        price_nano      bigint NOT NULL CHECK (price_nano >= 0),
        period_start    timestamptz NOT NULL,
        period_end      timestamptz NOT NULL,
        created_at      timestamptz NOT NULL,
        CHECK (period_start < period_end),
        UNIQUE (subscription_id, period_start)
      );
      CREATE INDEX plan_period_user ON plan_period (user_id, id DESC);
      CREATE TRIGGER plan_period_is_history BEFORE UPDATE OR DELETE ON plan_period
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    `)
  }
}
