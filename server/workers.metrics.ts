import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, type Registry } from 'prom-client'
import type { MetricsReader } from './http/metrics.routes.ts'
import { newId } from './platform/ids.ts'

/** What workers and their supervisor say to each other about metrics. */
interface Question {
  metricsWanted: string
}
interface Answer {
  metricsWanted: string
  metrics: string
}

/** The metrics of this process; of a worker, of all its siblings together, whichever of them was asked. */
export function readerOf(registry: Registry): MetricsReader {
  const { contentType } = registry
  if (!cluster.isWorker) return { contentType, read: () => registry.metrics() }
  // It answers the supervisor when that collects.
  new AggregatorRegistry()
  AggregatorRegistry.setRegistries(registry)
  return { contentType, read: askSupervisor }
}

function askSupervisor(): Promise<string> {
  const id = newId()
  return new Promise((resolve) => {
    const onAnswer = (message: Partial<Answer>) => {
      if (message.metricsWanted !== id || message.metrics === undefined) return
      process.off('message', onAnswer)
      resolve(message.metrics)
    }
    process.on('message', onAnswer)
    process.send!({ metricsWanted: id } satisfies Question)
  })
}

/** In the supervisor: collects what all workers counted whenever one of them asks. */
export function collectMetrics(): void {
  const aggregator = new AggregatorRegistry()
  cluster.on('message', (worker: Worker, { metricsWanted }: Partial<Question>) => {
    if (metricsWanted === undefined) return
    aggregator
      .clusterMetrics()
      .catch(() => '')
      .then((metrics) => worker.send({ metricsWanted, metrics } satisfies Answer))
      // It died while we collected.
      .catch(() => undefined)
  })
}
