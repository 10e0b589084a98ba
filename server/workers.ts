import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { Log } from './platform/log.ts'
import { collectMetrics } from './workers.metrics.ts'

const RESPAWN_MS = 200
const RESPAWN_MAX_MS = 30_000
/** A worker that lived so long was well: the next death is the first again. */
const WELL_MS = 60_000

export interface Workers {
  /** SIGTERM to all; resolves with the exit code once the last has drained and ended. */
  stop(): Promise<number>
  /** Ends them at once. */
  kill(): void
}

/**
 * Runs this program `count` times behind one socket. A worker that dies is replaced, and its journal is adopted by
 * any other. A worker sends its address once it listens. Rejects with the exit code of one that could not start.
 */
export async function startWorkers(count: number, log: Log): Promise<Workers & { url: string }> {
  const workers = new Map<Worker, Promise<number>>()
  const waiting = new Set<NodeJS.Timeout>()
  let stopping = false
  let failures = 0

  function fork(): Worker {
    const worker = cluster.fork()
    workers.set(
      worker,
      once(worker, 'exit').then(([code, signal]) => codeOf(code as number | null, signal as string | null)),
    )
    return worker
  }

  /** From now on: until then a worker that ends has a fault that the next would have as well. */
  function keepAlive(worker: Worker) {
    const born = performance.now()
    worker.once('exit', (code, signal) => {
      if (stopping) return
      workers.delete(worker)
      failures = performance.now() - born > WELL_MS ? 0 : failures + 1
      log.error({ code, signal }, 'a worker died and is replaced')
      const wait = Math.min(RESPAWN_MS * 2 ** (failures - 1), RESPAWN_MAX_MS)
      const timer = setTimeout(() => {
        waiting.delete(timer)
        keepAlive(fork())
      }, wait)
      waiting.add(timer)
    })
  }

  async function begin(): Promise<string> {
    const worker = fork()
    const url = await Promise.race([
      addressOf(worker),
      workers.get(worker)!.then((code) => Promise.reject(new WorkerFailed(code))),
    ])
    keepAlive(worker)
    return url
  }

  collectMetrics()
  // One first: a fault that all have is told once.
  const url = await begin()
  await Promise.all(Array.from({ length: count - 1 }, begin))
  return {
    url,
    async stop() {
      stopping = true
      for (const timer of waiting) clearTimeout(timer)
      for (const worker of workers.keys()) worker.process.kill('SIGTERM')
      const codes = await Promise.all(workers.values())
      return codes.every((code) => code === 0) ? 0 : 1
    },
    kill() {
      for (const worker of workers.keys()) worker.process.kill('SIGKILL')
    },
  }
}

/** Who is asked to end before it could hear that ends by the signal: there was nothing to drain yet. */
const codeOf = (code: number | null, signal: string | null) => code ?? (signal === 'SIGTERM' ? 0 : 1)

/** What it says first of all, in plain words. */
function addressOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.on('message', (message: unknown) => {
      if (typeof message === 'string') resolve(message)
    })
  })
}

/** It has said why on stderr. */
export class WorkerFailed extends Error {
  constructor(readonly exitCode: number) {
    super(`a worker ended with ${exitCode} before it listened`)
  }
}
