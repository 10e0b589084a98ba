import type { Ledger } from './ledger/ledger.ts'
import type { Metrics } from './platform/metrics.ts'
import type { BreakerState } from './relay/breaker.ts'
import type { ChannelHealth } from './relay/channel-health.ts'
import type { Relay } from './relay/relay.ts'

const STATES: BreakerState[] = ['closed', 'open', 'half_open']

/** What is read off the parts when somebody asks for metrics. */
export function registerGauges(
  metrics: Metrics,
  { ledger, relay, channelHealth }: { ledger: Ledger; relay: Relay; channelHealth: ChannelHealth },
): void {
  const { gauge } = metrics
  gauge('live_requests', 'Requests under way.', () => relay.running)
  for (const state of STATES)
    gauge(
      `breakers_${state}`,
      `Channel keys whose breaker is ${state.replace('_', ' ')}.`,
      () => relay.breakers().filter((one) => one === state).length,
    )
  const totals = (part: 'succeeded' | 'failed' | 'resting') =>
    [...channelHealth.board.totals()].map(([id, sum]): [string, number] => [id, sum[part]])
  metrics.byChannel('channel_answers', 'Answers of a channel since the start.', () => totals('succeeded'))
  metrics.byChannel('channel_faults', 'Faults of a channel since the start.', () => totals('failed'))
  metrics.byChannel('channel_keys_resting', 'Keys of a channel whose breaker is not closed.', () =>
    totals('resting'),
  )
  gauge('holds_queued', 'Holds not written yet.', () => ledger.stats().holdsQueued)
  gauge('settlements_queued', 'Settlements not committed yet.', () => ledger.stats().settlementsQueued)
  gauge(
    'settlements_refused',
    'Settlements the database refuses: a person must look.',
    () => ledger.stats().settlementsRefused,
  )
  gauge('swept_requests', 'Requests of dead processes settled by this one.', () => ledger.stats().swept)
  gauge('swept_at_zero', 'Swept requests that had delivered nothing known.', () => ledger.stats().sweptAtZero)
  gauge(
    'database_away_seconds',
    'How long the database has not answered.',
    () => ledger.stats().databaseAwayMs / 1_000,
    'max',
  )
  gauge(
    'journal_usable',
    '1 while the journal can be written.',
    () => Number(ledger.stats().journalUsable),
    'min',
  )
  gauge('fenced', '1 while a process may not settle.', () => Number(ledger.stats().fenced), 'max')
  gauge('instances', 'Living processes on this database.', () => ledger.stats().instances, 'max')
}
