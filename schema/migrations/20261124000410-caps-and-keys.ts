import { Migration } from '@mikro-orm/migrations'

/** Refunds of payments, what was spent per quarter of an hour, spend caps, inference keys, runs of the self-check. */
export class Migration20261124000410CapsAndKeys extends Migration {
  override up() {
    this.addSql(`
      CREATE TABLE payment_refund (
        id         uuid PRIMARY KEY,
        order_id   uuid NOT NULL REFERENCES payment_order,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        reason     text NOT NULL,
        created_by uuid NOT NULL REFERENCES app_user,
        created_at timestamptz NOT NULL,
        -- When the provider confirmed it.
        done_at    timestamptz NULL
      );
      CREATE INDEX payment_refund_order ON payment_refund (order_id);
      CREATE INDEX payment_refund_open ON payment_refund (created_at) WHERE done_at IS NULL;

      -- Money from quota and wallet, per API token and quarter of an hour by admission: every time zone's days, weeks
      -- and months are sums of it.
      CREATE TABLE spend_quarter (
        api_token_id uuid NOT NULL,
        quarter      timestamptz NOT NULL,
        user_id      uuid NOT NULL,
        spent_nano   bigint NOT NULL,
        PRIMARY KEY (api_token_id, quarter)
      ) WITH (fillfactor = 50);
      CREATE INDEX spend_quarter_user ON spend_quarter (user_id, quarter);

      ALTER TABLE app_user ADD cap_day bigint NULL CHECK (cap_day >= 0);
      ALTER TABLE app_user ADD cap_week bigint NULL CHECK (cap_week >= 0);
      ALTER TABLE app_user ADD cap_month bigint NULL CHECK (cap_month >= 0);
      -- A change of zone takes effect when the period that ran in the old one ends.
      ALTER TABLE app_user ADD previous_time_zone text NULL;
      ALTER TABLE app_user ADD time_zone_changed_at timestamptz NULL;

      -- An inference request that must not be billed twice, by the caller's own key.
      CREATE TABLE inference_key (
        api_token_id uuid NOT NULL,
        key          text NOT NULL,
        body_hash    bytea NOT NULL,
        request_id   uuid NOT NULL,
        finished     boolean NOT NULL DEFAULT false,
        -- Sealed; null unless the caller asked for replays.
        answer       bytea NULL,
        created_at   timestamptz NOT NULL,
        PRIMARY KEY (api_token_id, key)
      );
      CREATE INDEX inference_key_age ON inference_key (created_at);

      CREATE TABLE ledger_check (
        id          uuid PRIMARY KEY,
        started_at  timestamptz NOT NULL,
        finished_at timestamptz NOT NULL,
        -- Books that changed since then were looked at; null: all.
        since       timestamptz NULL,
        checks      jsonb NOT NULL,
        faults      integer NOT NULL,
        up_to_entry bigint NOT NULL
      );

      -- Every closed hour's entries under one hash, chained to the hour before: what was sealed cannot change unseen.
      CREATE TABLE ledger_seal (
        id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        from_entry bigint NOT NULL,
        to_entry   bigint NOT NULL CHECK (to_entry >= from_entry),
        entries    bigint NOT NULL,
        sum_nano   numeric NOT NULL,
        hash       bytea NOT NULL,
        previous   bytea NULL,
        sealed_at  timestamptz NOT NULL,
        UNIQUE (from_entry)
      );
      -- The other side of every entry in money: where it came from or went to. Bonus tokens are worth what they paid for.
      CREATE VIEW ledger_contra AS
        SELECT e.account_id, e.created_at,
               CASE e.kind WHEN 'usage' THEN 'revenue' WHEN 'grant' THEN 'gifts' WHEN 'top_up' THEN 'payments'
                           WHEN 'purchase' THEN CASE WHEN e.bucket_id IS NULL THEN 'plans sold' ELSE 'plans granted' END
                           WHEN 'redemption' THEN 'codes' WHEN 'refund' THEN 'refunds' WHEN 'expiry' THEN 'breakage'
                           WHEN 'clawback' THEN 'clawbacks' ELSE 'adjustments' END AS contra_account,
               -e.amount AS contra_nano
        FROM ledger_entry e WHERE e.unit = 'nano';

      CREATE TRIGGER ledger_seal_is_history BEFORE UPDATE OR DELETE ON ledger_seal
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    `)
  }
}
