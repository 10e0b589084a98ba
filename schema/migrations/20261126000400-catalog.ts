import { Migration } from '@mikro-orm/migrations'

/** Channels that drain; what the operator says of a model: other names, Chinese words, its end, what it costs us. */
export class Migration20261126000400Catalog extends Migration {
  override up() {
    this.addSql(`
      ALTER TABLE channel ADD COLUMN state text NOT NULL DEFAULT 'enabled'
        CHECK (state IN ('enabled', 'draining', 'disabled'));
      UPDATE channel SET state = 'disabled' WHERE NOT enabled;
      ALTER TABLE channel DROP COLUMN enabled;

      ALTER TABLE model
        ADD COLUMN description_zh text NULL,
        ADD COLUMN aliases text[] NOT NULL DEFAULT '{}',
        ADD COLUMN replacement_id text NULL REFERENCES model,
        ADD COLUMN cost_input bigint NULL CHECK (cost_input >= 0),
        ADD COLUMN cost_cached_input bigint NULL CHECK (cost_cached_input >= 0),
        ADD COLUMN cost_output bigint NULL CHECK (cost_output >= 0);
    `)
  }
}
