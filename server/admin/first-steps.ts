import { DEMO_EMAIL } from '../identity/accounts.ts'
import { administrator, type Context } from '../platform/context.ts'

/** What a fresh installation still needs. Read from what is there: nobody ticks anything off. */
export interface FirstSteps {
  channelConnected: boolean
  channelTested: boolean
  priceSet: boolean
  offerMade: boolean
  customerSignedUp: boolean
}

/** Errors: admin_required. */
export async function readFirstSteps(ctx: Context): Promise<FirstSteps> {
  administrator(ctx)
  const [steps] = await ctx.sql.query<FirstSteps>(STEPS, [DEMO_EMAIL, ctx.now()])
  return steps!
}

/** A channel counts as tested once it answered: a test call, or a request of somebody's. */
const STEPS = `
  WITH connected AS (SELECT id FROM channel WHERE archived_at IS NULL)
  SELECT EXISTS (SELECT 1 FROM connected) AS "channelConnected",
         EXISTS (SELECT 1 FROM audit_entry a JOIN connected c ON c.id::text = a.target
                  WHERE a.action = 'test_channel' AND a.detail ->> 'ok' = 'true')
           OR EXISTS (SELECT 1 FROM usage_record WHERE status = 'succeeded'
                         AND channel_id IN (SELECT id FROM connected)) AS "channelTested",
         EXISTS (SELECT 1 FROM price_version WHERE NOT is_example) AS "priceSet",
         EXISTS (SELECT 1 FROM plan_version WHERE NOT is_example)
           OR EXISTS (SELECT 1 FROM announcement WHERE published_from <= $2) AS "offerMade",
         EXISTS (SELECT 1 FROM app_user WHERE NOT is_admin AND email_key <> $1) AS "customerSignedUp"`
