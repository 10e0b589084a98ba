import type { SettledCharge, SettlementListener } from '../ledger/billing.ts'
import type { Events } from '../platform/events.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Sql } from '../platform/sql.ts'
import { addSpend } from './spend.ts'

/** What the relay says of a request beside its charge; an interrupted process said only the first part. */
interface RequestDetail {
  apiTokenId: string
  protocol: string
  streamed: boolean
  status?: string
  errorCode?: string | null
  channelId?: string | null
  attempts?: unknown[]
  ttftMs?: number | null
  durationMs?: number | null
}

/** Writes one usage record for each charge, in the charge's own transaction: both are there, or neither. */
export function createUsageListener({
  events,
  metrics,
}: {
  events: Events
  metrics: Metrics
}): SettlementListener {
  return {
    async record(tx, charges) {
      const rows = charges.map(rowOf)
      await tx.query(
        `INSERT INTO usage_record (id, user_id, api_token_id, model_id, channel_id, protocol, streamed, status,
                error_code, prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, usage_source,
                cost_nano, ttft_ms, duration_ms, attempts, created_at)
         SELECT r.id, r.user_id, r.api_token_id, r.model_id, r.channel_id, r.protocol, r.streamed, r.status,
                r.error_code, r.prompt_tokens, r.cached_tokens, r.completion_tokens, r.reasoning_tokens,
                r.usage_source, r.cost_nano, r.ttft_ms, r.duration_ms, r.attempts, r.created_at
           FROM jsonb_to_recordset($1::jsonb) AS r (
                id uuid, user_id uuid, api_token_id uuid, model_id text, channel_id uuid, protocol text,
                streamed boolean, status text, error_code text, prompt_tokens bigint, cached_tokens bigint,
                completion_tokens bigint, reasoning_tokens bigint, usage_source text, cost_nano bigint,
                ttft_ms integer, duration_ms integer, attempts jsonb, created_at timestamptz)
         ON CONFLICT (id) DO NOTHING`,
        [JSON.stringify(rows)],
        { prepared: true },
      )
      await touchTokens(tx, rows)
      await addSpend(
        tx,
        rows.filter(({ cost_nano }) => cost_nano !== '0'),
      )
    },
    committed(charges) {
      for (const charge of charges) {
        count(metrics, charge)
        events.publish('usageRecorded', charge.accountId, { requestId: charge.requestId })
      }
    },
  }
}

/** To the minute: a busy API token's row is not written with every batch. */
async function touchTokens(tx: Sql, rows: UsageRow[]): Promise<void> {
  const latest = new Map<string, string>()
  for (const { api_token_id: id, created_at: at } of rows) if ((latest.get(id) ?? '') < at) latest.set(id, at)
  await tx.query(
    `UPDATE api_token t SET last_used_at = u.at
       FROM unnest($1::uuid[], $2::timestamptz[]) AS u(id, at)
      WHERE t.id = u.id AND (t.last_used_at IS NULL OR t.last_used_at < u.at - interval '1 minute')`,
    [[...latest.keys()], [...latest.values()]],
    { prepared: true },
  )
}

const MS_PER_S = 1_000
const NANO = 1e9

function count(metrics: Metrics, { usage, cost, detail, admittedAt }: SettledCharge): void {
  const { status = 'interrupted', protocol, ttftMs, durationMs } = detail as unknown as RequestDetail
  metrics.requests.inc({ status, protocol })
  metrics.tokens.inc({ kind: 'prompt' }, usage.promptTokens)
  metrics.tokens.inc({ kind: 'cached' }, usage.cachedTokens ?? 0)
  metrics.tokens.inc({ kind: 'completion' }, usage.completionTokens)
  metrics.tokens.inc({ kind: 'reasoning' }, usage.reasoningTokens ?? 0)
  metrics.cost.inc(Number(cost) / NANO)
  if (ttftMs != null) metrics.ttft.observe(ttftMs / MS_PER_S)
  if (durationMs == null) return
  metrics.duration.observe(durationMs / MS_PER_S)
  metrics.settleLatency.observe(Math.max(0, Date.now() - admittedAt.getTime() - durationMs) / MS_PER_S)
}

type UsageRow = ReturnType<typeof rowOf>

function rowOf({ requestId, accountId, modelId, usage, source, cost, admittedAt, ...charge }: SettledCharge) {
  const detail = charge.detail as unknown as RequestDetail
  return {
    id: requestId,
    user_id: accountId,
    api_token_id: detail.apiTokenId,
    model_id: modelId,
    channel_id: detail.channelId ?? null,
    protocol: detail.protocol,
    streamed: detail.streamed,
    // Without a word of the owner's about the end, the process died on the way.
    status: detail.status ?? 'interrupted',
    error_code: detail.status ? (detail.errorCode ?? null) : 'service_unavailable',
    prompt_tokens: usage.promptTokens,
    cached_tokens: usage.cachedTokens,
    completion_tokens: usage.completionTokens,
    reasoning_tokens: usage.reasoningTokens,
    usage_source: source,
    cost_nano: cost.toString(),
    ttft_ms: detail.ttftMs ?? null,
    duration_ms: detail.durationMs ?? null,
    attempts: detail.attempts ?? [],
    created_at: admittedAt.toISOString(),
  }
}
