import { Migration } from '@mikro-orm/migrations'

/** How channel keys do, as each process tells it every few seconds; channels that are gone but part of history. */
export class Migration20261126003000ChannelHealth extends Migration {
  override up() {
    this.addSql(`
      CREATE UNLOGGED TABLE channel_health (
        instance_id uuid NOT NULL,
        channel_id  uuid NOT NULL,
        key_id      text NOT NULL,
        minutes     jsonb NOT NULL,
        ttft_ms     jsonb NOT NULL,
        last_error  jsonb NULL,
        open_until  timestamptz NULL,
        updated_at  timestamptz NOT NULL,
        PRIMARY KEY (instance_id, channel_id, key_id)
      );
      CREATE INDEX channel_health_updated ON channel_health (updated_at);
      ALTER TABLE channel ADD COLUMN archived_at timestamptz NULL;
    `)
  }
}
