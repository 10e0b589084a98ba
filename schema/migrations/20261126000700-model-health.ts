import { Migration } from '@mikro-orm/migrations'

/** How models did, by the hour: what the public pages read instead of the requests themselves. */
export class Migration20261126000700ModelHealth extends Migration {
  override up() {
    this.addSql(`
      CREATE TABLE model_hour (
        model_id     text NOT NULL,
        hour         timestamptz NOT NULL,
        route        text NOT NULL,
        requests     integer NOT NULL CHECK (requests > 0),
        succeeded    integer NOT NULL CHECK (succeeded BETWEEN 0 AND requests),
        speed_tokens bigint NOT NULL,
        speed_ms     bigint NOT NULL,
        ttft         jsonb NOT NULL,
        PRIMARY KEY (model_id, hour, route)
      );
      CREATE INDEX model_hour_time ON model_hour (hour);
      CREATE TABLE model_hour_progress (
        id           boolean PRIMARY KEY DEFAULT true CHECK (id),
        rolled_until timestamptz NULL,
        rolled_at    timestamptz NULL
      );
      INSERT INTO model_hour_progress DEFAULT VALUES;
      CREATE INDEX IF NOT EXISTS usage_record_created_at ON usage_record (created_at);
    `)
  }
}
