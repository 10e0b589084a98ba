import { Migration } from '@mikro-orm/migrations'

/** Integrators' keys to GraphQL. */
export class Migration20261126000300AccessKeys extends Migration {
  override up() {
    this.addSql(`
      CREATE TABLE access_key (
        id           uuid PRIMARY KEY,
        user_id      uuid NOT NULL REFERENCES app_user,
        name         text NOT NULL,
        scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0),
        secret_hash  bytea NOT NULL UNIQUE,
        prefix       text NOT NULL,
        last_four    text NOT NULL,
        expires_at   timestamptz NULL,
        revoked_at   timestamptz NULL,
        last_used_at timestamptz NULL,
        created_at   timestamptz NOT NULL
      );
      CREATE INDEX access_key_user ON access_key (user_id, id DESC);
    `)
  }
}
