import { Migration } from '@mikro-orm/migrations'
import { settleBatch } from './20261124000200-ledger.ts'

/**
 * What a settlement costs must not grow with what came before it. Holds come and go thousands of times a second, and
 * their dead rows stay until the next vacuum: a plan that was made while the table was empty reads all of them for each
 * batch. Here every statement finds its holds by an index that its own dead rows are not in the way of.
 */
export class Migration20261126000800FlatCost extends Migration {
  override up() {
    this.addSql(holds)
    this.addSql(settleBatchByKey)
    this.addSql(plans)
  }
}

// Holds of other instances are found without touching those of one's own. Vacuum comes by the number of dead rows,
// not by their share, and does not pause.
const holds = `
  ALTER TABLE hold SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
                        autovacuum_vacuum_cost_delay = 0);
  CREATE INDEX hold_account_instance ON hold (account_id, instance_id);
  DROP INDEX hold_account;
`

// The only change: holds are deleted by their keys. A join was planned as a walk through the whole index.
const settleBatchByKey = settleBatch
  .replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION')
  .replace(
    'DELETE FROM hold h USING jsonb_to_recordset(p_rows) AS t(request_id uuid) WHERE h.request_id = t.request_id;',
    'DELETE FROM hold h WHERE h.request_id = ANY (ARRAY(SELECT t.request_id FROM jsonb_to_recordset(p_rows) AS t(request_id uuid)));',
  )

// Functions for a planner setting of their own: their plans are kept, and may have been made of an empty table.
const plans = `
  ALTER FUNCTION settle_batch(jsonb, text) SET enable_seqscan TO off;
  ALTER FUNCTION place_holds(jsonb, uuid) SET enable_seqscan TO off;

  CREATE FUNCTION held_elsewhere(p_accounts uuid[], p_instance uuid)
  RETURNS TABLE (account_id uuid, bucket_id bigint, amount bigint)
  LANGUAGE plpgsql STABLE SET enable_seqscan TO off AS $f$
  #variable_conflict use_column
  BEGIN
    RETURN QUERY
    WITH others AS MATERIALIZED (
      SELECT h.account_id, h.wallet_nano, h.bucket_ids, h.bucket_amounts
      FROM unnest(p_accounts) AS a(id), LATERAL (
        SELECT * FROM hold WHERE hold.account_id = a.id AND hold.instance_id < p_instance
        UNION ALL
        SELECT * FROM hold WHERE hold.account_id = a.id AND hold.instance_id > p_instance
      ) h
    )
    SELECT o.account_id, NULL::bigint, sum(o.wallet_nano)::bigint FROM others o GROUP BY o.account_id
    UNION ALL
    SELECT o.account_id, leg.id, sum(leg.amount)::bigint
    FROM others o, unnest(o.bucket_ids, o.bucket_amounts) AS leg(id, amount) GROUP BY o.account_id, leg.id;
  END $f$;

  -- Money of requests that were just settled, added to the quarter of an hour in which each was admitted.
  CREATE FUNCTION add_spend(p_ids uuid[], p_users uuid[], p_tokens uuid[], p_times timestamptz[]) RETURNS void
  LANGUAGE plpgsql SET enable_seqscan TO off AS $f$
  BEGIN
    INSERT INTO spend_quarter AS s (api_token_id, quarter, user_id, spent_nano)
    SELECT spent.token, spent.quarter, spent.owner, sum(spent.nano)
    FROM (SELECT r.token, date_bin('15 minutes', r.at, 'epoch') AS quarter, r.owner,
                 -- Looked up one by one: a join may be planned the wrong way round.
                 (SELECT -sum(e.value_nano) FROM ledger_entry e
                  WHERE e.request_id = r.id AND e.request_id IS NOT NULL AND e.unit = 'nano') AS nano
          FROM unnest(p_ids, p_users, p_tokens, p_times) AS r(id, owner, token, at)) spent
    WHERE spent.nano IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY 1, 2
    ON CONFLICT (api_token_id, quarter) DO UPDATE SET spent_nano = s.spent_nano + excluded.spent_nano;
  END $f$;
`
