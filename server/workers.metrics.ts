import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, type Registry } from 'prom-client'
import type { MetricsReader } from './http/metrics.routes.ts'
import { newId } from './platform/ids.ts'

type Counted = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

/** What was counted stays; what was measured ends with its process. */
const isCount = (type: unknown) => type === 'counter' || type === 'histogram'

/** What workers and their supervisor ask each other about metrics, by the number of the question. */
type Message =
  { asked: 'all' | 'own'; id: string } | { id: string; all: string } | { id: string; own: Counted }

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && 'id' in value

/** A worker that is slow to answer is counted as it was when it last did. */
const PATIENCE_MS = 1_000

/** The metrics of this process; of a worker, of all its siblings together, whichever of them was asked. */
export function readerOf(registry: Registry): MetricsReader {
  const { contentType } = registry
  if (!cluster.isWorker) return { contentType, read: () => registry.metrics() }
  const waiting = new Map<string, (metrics: string) => void>()
  process.on('message', (message: unknown) => {
    if (!isMessage(message)) return
    if ('all' in message) return waiting.get(message.id)?.(message.all)
    if ('asked' in message)
      void registry.getMetricsAsJSON().then((own) => process.send!({ id: message.id, own } as Message))
  })
  return {
    contentType,
    read: () =>
      new Promise((resolve) => {
        const id = newId()
        waiting.set(id, (metrics) => {
          waiting.delete(id)
          resolve(metrics)
        })
        process.send!({ asked: 'all', id } satisfies Message)
      }),
  }
}

/**
 * In the supervisor: adds up what all workers counted whenever one of them asks. What a worker that died had counted
 * stays counted: a counter never goes back.
 */
export function collectMetrics(): void {
  const lastWords = new Map<Worker, Counted>()
  let departed = Promise.resolve<Counted>([])

  cluster.on('message', (worker: Worker, message: unknown) => {
    if (typeof message === 'string') return void lastWords.set(worker, [])
    if (!isMessage(message) || !('asked' in message)) return
    void readAll().then((all) => worker.isConnected() && worker.send({ id: message.id, all } as Message))
  })
  cluster.on('exit', (worker: Worker) => {
    const counted = (lastWords.get(worker) ?? []).filter(({ type }) => isCount(type))
    lastWords.delete(worker)
    departed = departed.then((before) => AggregatorRegistry.aggregate([before, counted]).getMetricsAsJSON())
  })

  async function readAll(): Promise<string> {
    await Promise.all([...lastWords.keys()].map(askOne))
    return AggregatorRegistry.aggregate([await departed, ...lastWords.values()]).metrics()
  }

  function askOne(worker: Worker): Promise<void> {
    const id = newId()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(impatience)
        worker.off('message', onAnswer)
        resolve()
      }
      const onAnswer = (message: unknown) => {
        if (!isMessage(message) || !('own' in message) || message.id !== id) return
        lastWords.set(worker, message.own)
        done()
      }
      const impatience = setTimeout(done, PATIENCE_MS)
      worker.on('message', onAnswer)
      if (worker.isConnected()) worker.send({ asked: 'own', id } satisfies Message)
      else done()
    })
  }
}
