import { Migration } from '@mikro-orm/migrations'

/** Who may sign in, what can be called and at what price, API tokens, plans, and one row per request. */
export class Migration20261124000100Foundation extends Migration {
  override up() {
    this.addSql(`
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $f$
      BEGIN
        RAISE EXCEPTION 'rows of % are history: they are neither changed nor deleted', TG_TABLE_NAME;
      END $f$;

      CREATE TABLE app_user (
        id                uuid PRIMARY KEY,
        email             text NOT NULL,
        email_key         text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
        password_hash     text NULL,
        display_name      text NULL,
        locale            text NULL,
        time_zone         text NOT NULL DEFAULT 'Asia/Shanghai',
        is_admin          boolean NOT NULL DEFAULT false,
        email_verified_at timestamptz NULL,
        suspended_at      timestamptz NULL,
        created_at        timestamptz NOT NULL,
        CONSTRAINT app_user_email_key UNIQUE (email_key)
      );

      CREATE TABLE user_session (
        id           uuid PRIMARY KEY,
        user_id      uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
        secret_hash  bytea NOT NULL,
        created_at   timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        ip           text NULL,
        user_agent   text NULL
      );
      CREATE INDEX user_session_user ON user_session (user_id);

      CREATE TABLE sign_in_link (
        secret_hash bytea PRIMARY KEY,
        user_id     uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
        expires_at  timestamptz NOT NULL
      );

      CREATE TABLE provider (
        id       text PRIMARY KEY,
        name     text NOT NULL,
        base_url text NULL
      );

      CREATE TABLE model (
        id                text PRIMARY KEY,
        provider_id       text NOT NULL REFERENCES provider,
        display_name      text NOT NULL,
        description       text NULL,
        context_length    integer NULL CHECK (context_length > 0),
        max_output_tokens integer NULL CHECK (max_output_tokens > 0),
        capabilities      text[] NOT NULL DEFAULT '{}',
        tokenizer         text NOT NULL DEFAULT 'o200k',
        visible           boolean NOT NULL DEFAULT true,
        position          integer NOT NULL DEFAULT 0,
        retired_at        timestamptz NULL,
        created_at        timestamptz NOT NULL
      );
      CREATE INDEX model_position ON model (position, id);

      CREATE TABLE price_version (
        id             uuid PRIMARY KEY,
        model_id       text NOT NULL REFERENCES model,
        input          bigint NOT NULL CHECK (input >= 0),
        cached_input   bigint NULL CHECK (cached_input >= 0),
        output         bigint NOT NULL CHECK (output >= 0),
        is_example     boolean NOT NULL DEFAULT false,
        effective_from timestamptz NOT NULL,
        created_by     uuid NULL,
        created_at     timestamptz NOT NULL
      );
      CREATE INDEX price_version_current ON price_version (model_id, effective_from DESC, id DESC);
      CREATE TRIGGER price_version_is_history BEFORE UPDATE OR DELETE ON price_version
        FOR EACH ROW EXECUTE FUNCTION refuse_change();

      CREATE TABLE channel (
        id          uuid PRIMARY KEY,
        name        text NOT NULL UNIQUE,
        provider_id text NOT NULL REFERENCES provider,
        base_url    text NOT NULL,
        sealed_keys text[] NOT NULL,
        models      jsonb NOT NULL,
        priority    integer NOT NULL DEFAULT 0,
        weight      integer NOT NULL DEFAULT 1 CHECK (weight > 0),
        timeouts    jsonb NOT NULL DEFAULT '{}',
        enabled     boolean NOT NULL DEFAULT true,
        created_at  timestamptz NOT NULL
      );

      CREATE TABLE api_token (
        id                   uuid PRIMARY KEY,
        user_id              uuid NOT NULL REFERENCES app_user,
        name                 text NOT NULL,
        note                 text NULL,
        secret_hash          bytea NOT NULL UNIQUE,
        previous_hash        bytea NULL UNIQUE,
        previous_hash_until  timestamptz NULL,
        prefix               text NOT NULL,
        last_four            text NOT NULL,
        models               text[] NOT NULL DEFAULT '{}',
        requests_per_minute  integer NULL CHECK (requests_per_minute > 0),
        tokens_per_minute    integer NULL CHECK (tokens_per_minute > 0),
        concurrency          integer NULL CHECK (concurrency > 0),
        cap_day              bigint NULL CHECK (cap_day >= 0),
        cap_week             bigint NULL CHECK (cap_week >= 0),
        cap_month            bigint NULL CHECK (cap_month >= 0),
        ip_allow_list        text[] NOT NULL DEFAULT '{}',
        expires_at           timestamptz NULL,
        paused_at            timestamptz NULL,
        revoked_at           timestamptz NULL,
        last_used_at         timestamptz NULL,
        created_at           timestamptz NOT NULL
      );
      CREATE INDEX api_token_user ON api_token (user_id, id DESC);
      CREATE UNIQUE INDEX api_token_name ON api_token (user_id, lower(name)) WHERE revoked_at IS NULL;

      CREATE TABLE plan (
        id         text PRIMARY KEY,
        name       text NOT NULL,
        position   integer NOT NULL DEFAULT 0,
        visible    boolean NOT NULL DEFAULT true,
        created_at timestamptz NOT NULL
      );

      CREATE TABLE plan_version (
        id                  uuid PRIMARY KEY,
        plan_id             text NOT NULL REFERENCES plan,
        price_nano          bigint NOT NULL CHECK (price_nano >= 0),
        quota_nano          bigint NOT NULL CHECK (quota_nano >= 0),
        months              integer NOT NULL DEFAULT 1 CHECK (months > 0),
        requests_per_minute integer NOT NULL CHECK (requests_per_minute > 0),
        context_tokens_max  integer NULL CHECK (context_tokens_max > 0),
        active_tokens_max   integer NOT NULL CHECK (active_tokens_max > 0),
        discount_ppm        bigint NOT NULL DEFAULT 1000000 CHECK (discount_ppm BETWEEN 0 AND 1000000),
        model_discount_ppm  jsonb NOT NULL DEFAULT '{}',
        is_example          boolean NOT NULL DEFAULT false,
        created_at          timestamptz NOT NULL
      );
      CREATE INDEX plan_version_current ON plan_version (plan_id, created_at DESC, id DESC);
      CREATE TRIGGER plan_version_is_history BEFORE UPDATE OR DELETE ON plan_version
        FOR EACH ROW EXECUTE FUNCTION refuse_change();

      CREATE TABLE plan_subscription (
        id                   uuid PRIMARY KEY,
        user_id              uuid NOT NULL REFERENCES app_user,
        plan_version_id      uuid NOT NULL REFERENCES plan_version,
        status               text NOT NULL CHECK (status IN ('active', 'past_due', 'ended')),
        anchor               timestamptz NOT NULL,
        time_zone            text NOT NULL,
        period_start         timestamptz NOT NULL,
        period_end           timestamptz NOT NULL,
        cancel_at_period_end boolean NOT NULL DEFAULT false,
        next_plan_id         text NULL REFERENCES plan,
        created_at           timestamptz NOT NULL,
        ended_at             timestamptz NULL,
        CHECK (period_start < period_end)
      );
      CREATE UNIQUE INDEX plan_subscription_running ON plan_subscription (user_id) WHERE status <> 'ended';

      CREATE TABLE setting (
        key        text PRIMARY KEY,
        value      jsonb NOT NULL,
        updated_at timestamptz NOT NULL
      );

      CREATE TABLE usage_record (
        id                uuid PRIMARY KEY,
        user_id           uuid NOT NULL REFERENCES app_user,
        api_token_id      uuid NOT NULL REFERENCES api_token,
        model_id          text NOT NULL,
        channel_id        uuid NULL,
        protocol          text NOT NULL DEFAULT 'chat_completions',
        streamed          boolean NOT NULL,
        status            text NOT NULL CHECK (status IN ('succeeded', 'failed', 'cancelled', 'interrupted')),
        error_code        text NULL,
        prompt_tokens     bigint NOT NULL,
        cached_tokens     bigint NULL,
        completion_tokens bigint NOT NULL,
        reasoning_tokens  bigint NULL,
        usage_source      text NOT NULL CHECK (usage_source IN ('upstream', 'counted', 'checkpoint')),
        cost_nano         bigint NOT NULL CHECK (cost_nano >= 0),
        ttft_ms           integer NULL,
        duration_ms       integer NULL,
        attempts          jsonb NOT NULL DEFAULT '[]',
        created_at        timestamptz NOT NULL
      );
      CREATE INDEX usage_record_user ON usage_record (user_id, id DESC);
      CREATE INDEX usage_record_token ON usage_record (api_token_id, id DESC);
      CREATE INDEX usage_record_time ON usage_record (user_id, created_at);
    `)
  }
}
