import { Migration } from '@mikro-orm/migrations'

/** Mail that waits to be sent, codes and links that prove an address, and accounts that were deleted. */
export class Migration20261126000100Accounts extends Migration {
  override up() {
    this.addSql(`
      ALTER TABLE app_user ADD COLUMN deleted_at timestamptz NULL;

      -- Deleted when sent or given up: what a mail said is kept nowhere.
      CREATE TABLE mail_outbox (
        id          uuid PRIMARY KEY,
        kind        text NOT NULL,
        sealed      text NOT NULL,
        attempts    integer NOT NULL DEFAULT 0,
        next_try_at timestamptz NOT NULL,
        give_up_at  timestamptz NOT NULL,
        created_at  timestamptz NOT NULL
      );
      CREATE INDEX mail_outbox_due ON mail_outbox (next_try_at);

      CREATE TABLE email_code (
        user_id    uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
        purpose    text NOT NULL CHECK (purpose IN ('verify', 'change')),
        email      text NOT NULL,
        code_hash  bytea NOT NULL,
        tries      integer NOT NULL DEFAULT 0,
        sent_at    timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, purpose)
      );

      CREATE TABLE password_link (
        secret_hash bytea PRIMARY KEY,
        user_id     uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
        expires_at  timestamptz NOT NULL
      );
      CREATE INDEX password_link_user ON password_link (user_id);
    `)
  }
}
