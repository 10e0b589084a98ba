import { Migration } from '@mikro-orm/migrations'

/**
 * Money: accounts, their pools, what running requests hold, what requests cost, and every change of a
 * balance as an entry that is never edited.
 *
 * Amounts are nano-CNY, prices pico-CNY per LLM token, discounts parts per million: integers all of them.
 * `charge` and `ledger_entry` are not partitioned: ids are UUID v7, so old rows lie together and can be
 * moved to partitions later; before there are some hundred million rows, partitions only add a way to fail.
 */
export class Migration20261124000200Ledger extends Migration {
  override up() {
    this.addSql(tables)
    this.addSql(drainPools)
    this.addSql(placeHolds)
    this.addSql(settleBatch)
  }
}

// fillfactor 50 and no index on a changing column: balance updates stay on their page (HOT), however hot the row.
const tables = `
  CREATE TABLE account (
    id          uuid PRIMARY KEY REFERENCES app_user,
    wallet_nano bigint NOT NULL DEFAULT 0,
    version     bigint NOT NULL DEFAULT 0
  ) WITH (fillfactor = 50);

  -- A grant of bonus LLM tokens, or one period's quota in nano-CNY.
  CREATE TABLE bucket (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES account,
    kind        text NOT NULL CHECK (kind IN ('bonus', 'quota')),
    granted     bigint NOT NULL CHECK (granted > 0),
    remaining   bigint NOT NULL CHECK (remaining BETWEEN 0 AND granted),
    models      text[] NOT NULL DEFAULT '{}',
    valid_from  timestamptz NOT NULL,
    valid_until timestamptz NULL,
    source_type text NOT NULL,
    source_id   text NOT NULL,
    CONSTRAINT bucket_source UNIQUE (source_type, source_id),
    CHECK (valid_from < valid_until),
    CHECK (kind = 'bonus' OR models = '{}')
  ) WITH (fillfactor = 50);
  CREATE INDEX bucket_account ON bucket (account_id);

  CREATE TABLE gateway_instance (
    id          uuid PRIMARY KEY,
    started_at  timestamptz NOT NULL,
    lease_until timestamptz NOT NULL
  );

  -- No foreign keys: they would make every hold wait for its account's settlements.
  CREATE TABLE hold (
    request_id         uuid PRIMARY KEY,
    account_id         uuid NOT NULL,
    instance_id        uuid NOT NULL,
    model_id           text NOT NULL,
    price_version_id   uuid NOT NULL,
    input_price        bigint NOT NULL CHECK (input_price >= 0),
    cached_input_price bigint NULL CHECK (cached_input_price >= 0),
    output_price       bigint NOT NULL CHECK (output_price >= 0),
    discount_ppm       bigint NOT NULL CHECK (discount_ppm BETWEEN 0 AND 1000000),
    bonus_tokens       bigint NOT NULL CHECK (bonus_tokens >= 0),
    quota_nano         bigint NOT NULL CHECK (quota_nano >= 0),
    wallet_nano        bigint NOT NULL CHECK (wallet_nano >= 0),
    -- Which buckets the first two come from.
    bucket_ids         bigint[] NOT NULL,
    bucket_amounts     bigint[] NOT NULL,
    detail             jsonb NOT NULL,
    admitted_at        timestamptz NOT NULL,
    placed_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    checkpoint         jsonb NULL,
    checkpoint_at      timestamptz NULL
  ) WITH (fillfactor = 50);
  CREATE INDEX hold_account ON hold (account_id);
  CREATE INDEX hold_instance ON hold (instance_id);

  CREATE TABLE charge (
    request_id         uuid PRIMARY KEY,
    account_id         uuid NOT NULL REFERENCES account,
    model_id           text NOT NULL,
    price_version_id   uuid NOT NULL,
    input_price        bigint NOT NULL CHECK (input_price >= 0),
    cached_input_price bigint NULL CHECK (cached_input_price >= 0),
    output_price       bigint NOT NULL CHECK (output_price >= 0),
    discount_ppm       bigint NOT NULL CHECK (discount_ppm BETWEEN 0 AND 1000000),
    prompt_tokens      bigint NOT NULL CHECK (prompt_tokens >= 0),
    cached_tokens      bigint NULL CHECK (cached_tokens BETWEEN 0 AND prompt_tokens),
    completion_tokens  bigint NOT NULL CHECK (completion_tokens >= 0),
    reasoning_tokens   bigint NULL CHECK (reasoning_tokens >= 0),
    cost_nano          bigint NOT NULL CHECK (cost_nano >= 0),
    usage_source       text NOT NULL CHECK (usage_source IN ('upstream', 'counted', 'checkpoint')),
    not_charged        text NULL,
    settled_by         text NOT NULL CHECK (settled_by IN ('owner', 'journal', 'sweeper')),
    admitted_at        timestamptz NOT NULL,
    settled_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (not_charged IS NULL OR cost_nano = 0)
  );
  CREATE INDEX charge_account ON charge (account_id, request_id);

  CREATE TABLE ledger_entry (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id    uuid NOT NULL REFERENCES account,
    kind          text NOT NULL CHECK (kind IN ('usage', 'grant', 'top_up', 'purchase', 'redemption', 'refund', 'expiry',
                                                'adjustment', 'clawback')),
    -- Null: the wallet.
    bucket_id     bigint NULL REFERENCES bucket,
    unit          text NOT NULL CHECK (unit IN ('token', 'nano')),
    amount        bigint NOT NULL CHECK (amount <> 0),
    -- What the amount is worth in money; a gift of tokens is worth nothing until it pays for something.
    value_nano    bigint NOT NULL,
    balance_after bigint NOT NULL,
    request_id    uuid NULL,
    source_type   text NULL,
    source_id     text NULL,
    note          text NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((kind = 'usage') = (request_id IS NOT NULL)),
    CHECK ((kind = 'usage') = (source_type IS NULL) AND (source_type IS NULL) = (source_id IS NULL)),
    CHECK (unit <> 'token' OR bucket_id IS NOT NULL)
  );
  CREATE INDEX ledger_entry_account ON ledger_entry (account_id, id);
  CREATE INDEX ledger_entry_bucket ON ledger_entry (bucket_id, id) WHERE bucket_id IS NOT NULL;
  CREATE UNIQUE INDEX ledger_entry_request ON ledger_entry (request_id, coalesce(bucket_id, 0)) WHERE request_id IS NOT NULL;
  CREATE UNIQUE INDEX ledger_entry_source ON ledger_entry (source_type, source_id, coalesce(bucket_id, 0))
    WHERE source_type IS NOT NULL;

  -- A settlement that came after another one of the same request, with another cost. Never charged by itself.
  CREATE TABLE settlement_conflict (
    request_id        uuid NOT NULL,
    account_id        uuid NOT NULL,
    settled_cost_nano bigint NOT NULL,
    offered_cost_nano bigint NOT NULL,
    offered_by        text NOT NULL,
    offered           jsonb NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (request_id, offered_cost_nano)
  );

  CREATE TRIGGER charge_is_history BEFORE UPDATE OR DELETE ON charge FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER ledger_entry_is_history BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER charge_is_kept BEFORE TRUNCATE ON charge FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER ledger_entry_is_kept BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`

// The one rule by which a cost is split: bonus tokens one to one, then quota, and what is owed after that is the
// wallet's. The money value of a token leg is the difference of two floors of the running share, so that
// legs add up to the cost exactly.
const drainPools = `
  CREATE FUNCTION drain_pools(
    INOUT p_buckets bucket[], p_model text, p_at timestamptz, p_tokens bigint, p_cost bigint,
    OUT ids bigint[], OUT amounts bigint[], OUT money bigint[], OUT balances bigint[], OUT units text[], OUT owed bigint
  ) LANGUAGE plpgsql IMMUTABLE AS $f$
  DECLARE
    b       bucket;
    covered bigint := 0;
    take    bigint;
    worth   bigint;
  BEGIN
    ids := '{}'; amounts := '{}'; money := '{}'; balances := '{}'; units := '{}'; owed := p_cost;
    FOR i IN 1 .. coalesce(cardinality(p_buckets), 0) LOOP
      b := p_buckets[i];
      CONTINUE WHEN b.remaining <= 0 OR p_at < b.valid_from OR p_at >= b.valid_until
        OR (b.models <> '{}' AND p_model <> ALL (b.models));
      IF b.kind = 'bonus' THEN
        take := least(b.remaining, p_tokens - covered);
        CONTINUE WHEN take = 0;
        worth := div(p_cost::numeric * (covered + take), p_tokens) - div(p_cost::numeric * covered, p_tokens);
        covered := covered + take;
      ELSE
        take := least(b.remaining, owed);
        CONTINUE WHEN take = 0;
        worth := take;
      END IF;
      owed := owed - worth;
      b.remaining := b.remaining - take;
      p_buckets[i] := b;
      ids := ids || b.id;
      amounts := amounts || take;
      money := money || worth;
      balances := balances || b.remaining;
      units := units || CASE b.kind WHEN 'bonus' THEN 'token' ELSE 'nano' END;
    END LOOP;
  END $f$;
`

// Atomic check-and-hold for accounts near zero: under the account's lock, against every instance's holds. Each pool
// is looked at alone; what is held counts against the pool that the hold was split over.
const placeHolds = `
  CREATE FUNCTION place_holds(p_rows jsonb, p_instance uuid)
  RETURNS TABLE (request_id uuid, admitted boolean, bonus_tokens bigint, quota_nano bigint, wallet_nano bigint,
                 bucket_ids bigint[], bucket_amounts bigint[])
  LANGUAGE plpgsql AS $f$
  #variable_conflict use_column
  DECLARE
    r       record;
    d       record;
    current uuid;
    -- The account's buckets, less what running requests hold of them: may be negative.
    buckets bucket[];
    wallet  numeric;
    bonus   numeric;
    quota   numeric;
  BEGIN
    PERFORM 1 FROM account a
    WHERE a.id IN (SELECT t.account_id FROM jsonb_to_recordset(p_rows) AS t(account_id uuid))
    ORDER BY a.id FOR NO KEY UPDATE;

    FOR r IN
      SELECT t.* FROM ROWS FROM (jsonb_to_recordset(p_rows) AS (
        request_id uuid, account_id uuid, model_id text, price_version_id uuid, input_price bigint,
        cached_input_price bigint, output_price bigint, discount_ppm bigint, est_tokens bigint, est_cost bigint,
        detail jsonb, admitted_at timestamptz
      )) WITH ORDINALITY AS t(request_id, account_id, model_id, price_version_id, input_price, cached_input_price,
        output_price, discount_ppm, est_tokens, est_cost, detail, admitted_at, position)
      ORDER BY t.account_id, t.position
    LOOP
      IF r.account_id IS DISTINCT FROM current THEN
        current := r.account_id;
        wallet := (SELECT a.wallet_nano FROM account a WHERE a.id = current)
                  - coalesce((SELECT sum(h.wallet_nano) FROM hold h WHERE h.account_id = current), 0);
        SELECT array_agg(ROW(b.id, b.account_id, b.kind, b.granted, b.remaining - coalesce(h.amount, 0), b.models,
                             b.valid_from, b.valid_until, b.source_type, b.source_id)::bucket
                         ORDER BY b.kind = 'quota', b.valid_until, b.id)
          INTO buckets
        FROM bucket b
        LEFT JOIN (SELECT leg.id, sum(leg.amount) AS amount
                   FROM hold h, unnest(h.bucket_ids, h.bucket_amounts) AS leg(id, amount)
                   WHERE h.account_id = current GROUP BY leg.id) h ON h.id = b.id
        WHERE b.account_id = current AND b.remaining > 0;
      END IF;

      SELECT coalesce(sum(b.remaining) FILTER (WHERE b.kind = 'bonus'), 0),
             coalesce(sum(b.remaining) FILTER (WHERE b.kind = 'quota'), 0)
        INTO bonus, quota
      FROM unnest(buckets) b
      WHERE r.admitted_at >= b.valid_from AND (b.valid_until IS NULL OR r.admitted_at < b.valid_until)
        AND (b.models = '{}' OR r.model_id = ANY (b.models));

      request_id := r.request_id;
      admitted := coalesce(bonus > 0 OR quota > 0 OR wallet > 0, false);
      bonus_tokens := 0; quota_nano := 0; wallet_nano := 0; bucket_ids := '{}'; bucket_amounts := '{}';
      IF admitted THEN
        d := drain_pools(buckets, r.model_id, r.admitted_at, r.est_tokens, r.est_cost);
        SELECT coalesce(sum(leg.amount) FILTER (WHERE leg.unit = 'token'), 0),
               coalesce(sum(leg.amount) FILTER (WHERE leg.unit = 'nano'), 0)
          INTO bonus_tokens, quota_nano FROM unnest(d.amounts, d.units) AS leg(amount, unit);
        wallet_nano := d.owed;
        bucket_ids := d.ids;
        bucket_amounts := d.amounts;
        wallet := wallet - d.owed;
        buckets := d.p_buckets;
        INSERT INTO hold (request_id, account_id, instance_id, model_id, price_version_id, input_price,
                          cached_input_price, output_price, discount_ppm, bonus_tokens, quota_nano, wallet_nano,
                          bucket_ids, bucket_amounts, detail, admitted_at)
        VALUES (r.request_id, r.account_id, p_instance, r.model_id, r.price_version_id, r.input_price,
                r.cached_input_price, r.output_price, r.discount_ppm, bonus_tokens, quota_nano, wallet_nano,
                bucket_ids, bucket_amounts, r.detail, r.admitted_at);
      END IF;
      RETURN NEXT;
    END LOOP;
  END $f$;
`

// One call settles N requests of M accounts and answers which of them are new. In a VOLATILE function under READ
// COMMITTED every statement has a fresh snapshot, so what follows the locks sees all that was committed before they
// were won; as one bare statement it would not. Accounts are locked in the order of their ids: no deadlock.
export const settleBatch = `
  CREATE FUNCTION settle_batch(p_rows jsonb, p_settled_by text) RETURNS TABLE (request_id uuid)
  LANGUAGE plpgsql AS $f$
  #variable_conflict use_column
  DECLARE
    r        record;
    d        record;
    current  uuid;
    wallet   bigint;
    buckets  bucket[];
    fresh    uuid[] := '{}';
    requests uuid[] := '{}';
    accounts uuid[] := '{}';
    ids      bigint[] := '{}';
    amounts  bigint[] := '{}';
    money    bigint[] := '{}';
    balances bigint[] := '{}';
    units    text[] := '{}';
  BEGIN
    PERFORM 1 FROM account a
    WHERE a.id IN (SELECT t.account_id FROM jsonb_to_recordset(p_rows) AS t(account_id uuid))
    ORDER BY a.id FOR NO KEY UPDATE;

    FOR r IN
      WITH offered AS MATERIALIZED (
        SELECT DISTINCT ON (t.request_id) t.* FROM ROWS FROM (jsonb_to_recordset(p_rows) AS (
          request_id uuid, account_id uuid, model_id text, price_version_id uuid, input_price bigint,
          cached_input_price bigint, output_price bigint, discount_ppm bigint, prompt_tokens bigint,
          cached_tokens bigint, completion_tokens bigint, reasoning_tokens bigint, cost_nano bigint, usage_source text,
          not_charged text, admitted_at timestamptz
        )) WITH ORDINALITY AS t(request_id, account_id, model_id, price_version_id, input_price, cached_input_price,
          output_price, discount_ppm, prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, cost_nano,
          usage_source, not_charged, admitted_at, position)
        ORDER BY t.request_id, t.position
      ), inserted AS (
        -- The gate: only ids that were not there move money.
        INSERT INTO charge (request_id, account_id, model_id, price_version_id, input_price, cached_input_price,
                            output_price, discount_ppm, prompt_tokens, cached_tokens, completion_tokens,
                            reasoning_tokens, cost_nano, usage_source, not_charged, settled_by, admitted_at)
        SELECT o.request_id, o.account_id, o.model_id, o.price_version_id, o.input_price, o.cached_input_price,
               o.output_price, o.discount_ppm, o.prompt_tokens, o.cached_tokens, o.completion_tokens,
               o.reasoning_tokens, o.cost_nano, o.usage_source, o.not_charged, p_settled_by, o.admitted_at
        FROM offered o ORDER BY o.request_id
        ON CONFLICT (request_id) DO NOTHING
        RETURNING request_id
      )
      SELECT o.request_id, o.account_id, o.model_id, o.admitted_at, o.cost_nano,
             -- A model that costs nothing takes no bonus either.
             CASE WHEN o.discount_ppm = 0 OR greatest(o.input_price, o.cached_input_price, o.output_price) = 0 THEN 0
                  ELSE o.prompt_tokens + o.completion_tokens END AS tokens
      FROM offered o JOIN inserted i ON i.request_id = o.request_id
      ORDER BY o.account_id, o.position
    LOOP
      IF r.account_id IS DISTINCT FROM current THEN
        current := r.account_id;
        wallet := (SELECT a.wallet_nano FROM account a WHERE a.id = current);
        buckets := (SELECT array_agg(b ORDER BY b.kind = 'quota', b.valid_until, b.id) FROM bucket b
                    WHERE b.account_id = current AND b.remaining > 0);
      END IF;
      fresh := fresh || r.request_id;
      CONTINUE WHEN r.cost_nano = 0 AND r.tokens = 0;

      d := drain_pools(buckets, r.model_id, r.admitted_at, r.tokens, r.cost_nano);
      buckets := d.p_buckets;
      ids := ids || d.ids;
      amounts := amounts || d.amounts;
      money := money || d.money;
      balances := balances || d.balances;
      units := units || d.units;
      IF d.owed > 0 THEN
        wallet := wallet - d.owed;
        ids := ids || NULL::bigint;
        amounts := amounts || d.owed;
        money := money || d.owed;
        balances := balances || wallet;
        units := units || 'nano'::text;
      END IF;
      requests := requests || array_fill(r.request_id, ARRAY[cardinality(ids) - cardinality(requests)]);
      accounts := accounts || array_fill(r.account_id, ARRAY[cardinality(ids) - cardinality(accounts)]);
    END LOOP;

    INSERT INTO ledger_entry (account_id, kind, bucket_id, unit, amount, value_nano, balance_after, request_id)
    SELECT leg.account_id, 'usage', leg.bucket_id, leg.unit, -leg.amount, -leg.money, leg.balance, leg.request_id
    FROM unnest(accounts, ids, units, amounts, money, balances, requests)
         WITH ORDINALITY AS leg(account_id, bucket_id, unit, amount, money, balance, request_id, position)
    ORDER BY leg.position;

    UPDATE bucket b SET remaining = b.remaining - used.amount
    FROM (SELECT leg.id, sum(leg.amount)::bigint AS amount FROM unnest(ids, amounts) AS leg(id, amount)
          WHERE leg.id IS NOT NULL GROUP BY leg.id) used
    WHERE b.id = used.id;

    UPDATE account a SET wallet_nano = a.wallet_nano - used.amount, version = a.version + 1
    FROM (SELECT leg.account_id, coalesce(sum(leg.amount) FILTER (WHERE leg.id IS NULL), 0)::bigint AS amount
          FROM unnest(accounts, ids, amounts) AS leg(account_id, id, amount) GROUP BY leg.account_id) used
    WHERE a.id = used.account_id;

    DELETE FROM hold h USING jsonb_to_recordset(p_rows) AS t(request_id uuid) WHERE h.request_id = t.request_id;

    -- A sweeper offers what it knows of a dead process, which is not another opinion about what was used.
    IF cardinality(fresh) < jsonb_array_length(p_rows) AND p_settled_by <> 'sweeper' THEN
      INSERT INTO settlement_conflict (request_id, account_id, settled_cost_nano, offered_cost_nano, offered_by, offered)
      SELECT c.request_id, c.account_id, c.cost_nano, (o.offer ->> 'cost_nano')::bigint, p_settled_by, o.offer
      FROM jsonb_array_elements(p_rows) AS o(offer) JOIN charge c ON c.request_id = (o.offer ->> 'request_id')::uuid
      WHERE c.cost_nano <> (o.offer ->> 'cost_nano')::bigint
      ON CONFLICT DO NOTHING;
    END IF;
    RETURN QUERY SELECT unnest(fresh);
  END $f$;
`
