import { Migration } from '@mikro-orm/migrations'

/** Redemption codes, invitations and payments: money in, and gifts. */
export class Migration20261124000400MoneyIn extends Migration {
  override up() {
    this.addSql(codes)
    this.addSql(invitations)
    this.addSql(payments)
  }
}

const codes = `
  CREATE TABLE code_batch (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('wallet', 'bonus', 'plan')),
    -- nano-CNY for the wallet, LLM tokens for a bonus.
    amount        bigint NULL CHECK (amount > 0),
    -- How long a bonus lasts from its redemption; null: for ever.
    bonus_days    integer NULL CHECK (bonus_days > 0),
    plan_id       text NULL REFERENCES plan,
    prefix        text NOT NULL DEFAULT '',
    uses_per_code integer NOT NULL CHECK (uses_per_code > 0),
    uses_per_user integer NOT NULL CHECK (uses_per_user > 0),
    valid_until   timestamptz NULL,
    note          text NULL,
    created_by    uuid NOT NULL REFERENCES app_user,
    created_at    timestamptz NOT NULL,
    revoked_at    timestamptz NULL,
    CHECK ((kind = 'plan') = (plan_id IS NOT NULL) AND (kind = 'plan') = (amount IS NULL))
  );

  CREATE TABLE redemption_code (
    id        uuid PRIMARY KEY,
    batch_id  uuid NOT NULL REFERENCES code_batch,
    -- HMAC-SHA-256 under a key that is not in the database.
    code_hash bytea NOT NULL UNIQUE,
    last_four text NOT NULL,
    used      integer NOT NULL DEFAULT 0,
    max_uses  integer NOT NULL,
    CHECK (used BETWEEN 0 AND max_uses)
  );
  CREATE INDEX redemption_code_batch ON redemption_code (batch_id);

  CREATE TABLE code_redemption (
    id         uuid PRIMARY KEY,
    code_id    uuid NOT NULL REFERENCES redemption_code,
    user_id    uuid NOT NULL REFERENCES app_user,
    nth        integer NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (code_id, user_id, nth)
  );
  CREATE INDEX code_redemption_user ON code_redemption (user_id, id DESC);
  CREATE TRIGGER code_redemption_is_history BEFORE UPDATE OR DELETE ON code_redemption
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
`

const invitations = `
  CREATE TABLE invite_code (
    user_id    uuid PRIMARY KEY REFERENCES app_user,
    code       text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
  );

  -- One row per invited account: nobody is invited twice.
  CREATE TABLE invitation (
    id             uuid PRIMARY KEY,
    inviter_id     uuid NOT NULL REFERENCES app_user,
    invitee_id     uuid NOT NULL UNIQUE REFERENCES app_user,
    created_at     timestamptz NOT NULL,
    rewarded_at    timestamptz NULL,
    -- Why it will never be rewarded, or was: taken back by an administrator, or above the inviter's cap.
    refused        text NULL CHECK (refused IN ('monthly_cap', 'abuse')),
    inviter_tokens bigint NULL,
    invitee_tokens bigint NULL,
    CHECK (inviter_id <> invitee_id)
  );
  CREATE INDEX invitation_inviter ON invitation (inviter_id, id DESC);
  CREATE INDEX invitation_waiting ON invitation (invitee_id) WHERE rewarded_at IS NULL AND refused IS NULL;

  -- How many sign-up bonuses an address got on a day.
  CREATE TABLE sign_up_bonus_count (
    address text NOT NULL,
    day     date NOT NULL,
    granted integer NOT NULL,
    PRIMARY KEY (address, day)
  );
`

const payments = `
  CREATE TABLE payment_order (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES app_user,
    provider     text NOT NULL,
    amount_fen   bigint NOT NULL CHECK (amount_fen > 0),
    currency     text NOT NULL DEFAULT 'CNY' CHECK (currency = 'CNY'),
    status       text NOT NULL CHECK (status IN ('created', 'pending', 'paid', 'credited', 'expired', 'closed', 'refunded')),
    provider_txn text NULL,
    -- Where the customer pays.
    pay_kind     text NULL CHECK (pay_kind IN ('redirect', 'qr', 'form')),
    pay_value    text NULL,
    -- Something to be looked at: paid after it was closed, another amount …
    flag         text NULL,
    expires_at   timestamptz NOT NULL,
    paid_at      timestamptz NULL,
    credited_at  timestamptz NULL,
    refunded_fen bigint NOT NULL DEFAULT 0,
    created_at   timestamptz NOT NULL,
    CONSTRAINT payment_order_txn UNIQUE (provider, provider_txn),
    CHECK (refunded_fen BETWEEN 0 AND amount_fen),
    CHECK ((status IN ('credited', 'refunded')) = (credited_at IS NOT NULL))
  );
  CREATE INDEX payment_order_user ON payment_order (user_id, id DESC);
  CREATE INDEX payment_order_open ON payment_order (created_at) WHERE status IN ('created', 'pending', 'paid');

  -- What providers said, word for word, before anything was done about it.
  CREATE TABLE payment_notification (
    id          uuid PRIMARY KEY,
    provider    text NOT NULL,
    headers     jsonb NOT NULL,
    query       text NOT NULL,
    body        bytea NOT NULL,
    accepted    boolean NOT NULL,
    reason      text NULL,
    received_at timestamptz NOT NULL
  );
  CREATE TRIGGER payment_notification_is_history BEFORE UPDATE OR DELETE ON payment_notification
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

  -- The sandbox provider's own books: what its page was told to do.
  CREATE TABLE sandbox_payment (
    order_id     uuid PRIMARY KEY REFERENCES payment_order,
    provider_txn text NOT NULL UNIQUE,
    amount_fen   bigint NOT NULL,
    status       text NOT NULL CHECK (status IN ('waiting', 'paid', 'closed', 'refunded')),
    refunded_fen bigint NOT NULL DEFAULT 0
  );
`
