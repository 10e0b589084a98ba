import { type Aggregator, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/**
 * What the process counts about itself, for Prometheus. Labels are closed sets: never a user, a token, a request or a
 * word that a caller chose.
 */
export interface Metrics {
  readonly registry: Registry
  /** Settled requests by how they ended. */
  requests: Counter<'status' | 'protocol'>
  /** HTTP answers of the relay, refusals included. */
  answers: Counter<'code'>
  tokens: Counter<'kind'>
  /** CNY. */
  cost: Counter
  /** Seconds. */
  ttft: Histogram
  duration: Histogram
  /** Ours alone: what admission takes, without the arrival of the body; then the upstream is asked. */
  overhead: Histogram
  settleLatency: Histogram
  /** Promises about money that the last check found broken. */
  booksFaults: Gauge
  /** Answers that are being streamed. */
  liveStreams: Gauge
  /** Reads a value when somebody asks. `over`: what becomes of the values of several workers. */
  gauge(name: string, help: string, read: () => number, over?: Aggregator): void
  /** The same by channel id, which only operators add to. */
  byChannel(name: string, help: string, read: () => Iterable<[channelId: string, value: number]>): void
}

const FAST = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
const SLOW = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  // Event loop delay, garbage collection, memory, CPU.
  collectDefaultMetrics({ register: registry, prefix: 'pingtoken_' })
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter<T>({ name: `pingtoken_${name}`, help, labelNames, registers })
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `pingtoken_${name}`, help, buckets, registers })
  return {
    registry,
    requests: counter('requests_total', 'Settled requests.', ['status', 'protocol']),
    answers: counter('answers_total', 'HTTP answers of the relay; 499: the caller left.', ['code']),
    tokens: counter('llm_tokens_total', 'LLM tokens of settled requests.', ['kind']),
    cost: counter('cost_cny_total', 'Cost of settled requests in CNY.'),
    ttft: histogram('ttft_seconds', 'Time to the first token.', SLOW),
    duration: histogram('duration_seconds', 'Duration of settled requests.', SLOW),
    overhead: histogram('overhead_seconds', 'Time before the upstream was asked.', FAST),
    settleLatency: histogram('settle_latency_seconds', 'From the end of a request to its commit.', FAST),
    booksFaults: new Gauge({
      name: 'pingtoken_books_faults',
      help: 'Broken promises of the books.',
      registers,
      aggregator: 'max',
    }),
    liveStreams: new Gauge({ name: 'pingtoken_live_streams', help: 'Answers being streamed.', registers }),
    gauge(name, help, read, over = 'sum') {
      new Gauge({
        name: `pingtoken_${name}`,
        help,
        registers,
        aggregator: over,
        collect() {
          this.set(read())
        },
      })
    },
    byChannel(name, help, read) {
      new Gauge({
        name: `pingtoken_${name}`,
        help,
        labelNames: ['channel'],
        registers,
        aggregator: 'sum',
        collect() {
          this.reset()
          for (const [channel, value] of read()) this.set({ channel }, value)
        },
      })
    },
  }
}
