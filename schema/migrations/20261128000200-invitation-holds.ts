import { Migration } from '@mikro-orm/migrations'

/** A reward that an operator looks at first, and how often invitation links were opened. */
export class Migration20261128000200InvitationHolds extends Migration {
  override up() {
    this.addSql(`
      ALTER TABLE invitation ADD held_at timestamptz NULL, ADD held_because text NULL,
        ADD CONSTRAINT invitation_held CHECK ((held_at IS NULL) = (held_because IS NULL));
      -- A number a day and nothing about who came: a browser counts itself once.
      CREATE TABLE invitation_visit (
        inviter_id uuid NOT NULL REFERENCES app_user,
        day        date NOT NULL,
        visits     integer NOT NULL CHECK (visits > 0),
        PRIMARY KEY (inviter_id, day)
      )`)
  }
}
