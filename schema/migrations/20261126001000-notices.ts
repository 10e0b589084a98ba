import { Migration } from '@mikro-orm/migrations'

/** What the operator announces to everybody, and what an account is told about itself. */
export class Migration20261126001000Notices extends Migration {
  override up() {
    this.addSql(`
      CREATE TABLE announcement (
        id              uuid PRIMARY KEY,
        level           text NOT NULL CHECK (level IN ('info', 'important')),
        audience        text NOT NULL CHECK (audience IN ('all', 'pro')),
        title_en        text NOT NULL,
        title_zh        text NOT NULL,
        body_en         text NOT NULL,
        body_zh         text NOT NULL,
        -- Shown in [from, until); null: a draft, or for good.
        published_from  timestamptz NULL,
        published_until timestamptz NULL,
        -- When those who were looking were told.
        announced_at    timestamptz NULL,
        created_by      uuid NOT NULL REFERENCES app_user,
        created_at      timestamptz NOT NULL,
        CHECK (published_from < published_until)
      );
      CREATE INDEX announcement_published ON announcement (published_from DESC, id DESC)
        WHERE published_from IS NOT NULL;

      CREATE TABLE announcement_read (
        user_id         uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
        announcement_id uuid NOT NULL REFERENCES announcement ON DELETE CASCADE,
        read_at         timestamptz NOT NULL,
        PRIMARY KEY (user_id, announcement_id)
      );

      CREATE TABLE notice (
        id         uuid PRIMARY KEY,
        user_id    uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
        kind       text NOT NULL,
        -- What happened, so that it is told once whoever notices it.
        cause      text NOT NULL,
        facts      jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        read_at    timestamptz NULL,
        CONSTRAINT notice_cause UNIQUE (user_id, kind, cause)
      );
      CREATE INDEX notice_listed ON notice (user_id, created_at DESC, id DESC);
      CREATE INDEX notice_unread ON notice (user_id) WHERE read_at IS NULL;

      -- Of which kinds a copy is sent by e-mail.
      CREATE TABLE notice_mail (
        user_id uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
        kind    text NOT NULL,
        PRIMARY KEY (user_id, kind)
      );

      -- Accounts below the balance at which they want to be told, since when: told once until they are above it again.
      CREATE TABLE low_balance (
        user_id uuid PRIMARY KEY REFERENCES app_user ON DELETE CASCADE,
        since   timestamptz NOT NULL
      );

      CREATE INDEX payment_order_credited ON payment_order (credited_at) WHERE credited_at IS NOT NULL;
      CREATE INDEX plan_period_made ON plan_period (created_at);
      CREATE INDEX plan_subscription_over ON plan_subscription (ended_at) WHERE ended_at IS NOT NULL;
      CREATE INDEX invitation_rewarded ON invitation (rewarded_at) WHERE rewarded_at IS NOT NULL;
      CREATE INDEX api_token_expiry ON api_token (expires_at) WHERE expires_at IS NOT NULL AND revoked_at IS NULL;
      CREATE INDEX price_version_ahead ON price_version (effective_from);
    `)
  }
}
