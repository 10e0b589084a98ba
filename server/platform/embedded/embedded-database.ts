import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { lockDirectory } from './directory-lock.ts'

export interface EmbeddedDatabase {
  /** A folder only this user may enter, holding the unix socket that `pg` connects to. */
  socketDir: string
  /** The whole database as a tar archive, to start others from. */
  dump(): Promise<Uint8Array<ArrayBuffer>>
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Undefined: in memory, gone with the process. */
  dataDir: string | undefined
  /** An earlier `dump()` to start from. */
  dump?: Uint8Array<ArrayBuffer>
}

/**
 * Starts PGlite behind a unix socket, so that one driver serves both databases. It has one connection:
 * transactions queue, and nobody may ask for a second connection inside one.
 */
export async function startEmbeddedDatabase({ dataDir, dump }: EmbeddedOptions): Promise<EmbeddedDatabase> {
  if (dataDir) mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const unlock = dataDir ? lockDirectory(dataDir) : undefined
  // The system's temporary folder, not the data directory: a socket's path may have 107 bytes at most.
  const socketDir = mkdtempSync(join(tmpdir(), 'pingtoken-'))
  const worker = new Worker(workerFile(), { workerData: { dataDir, socketDir, dump } })
  const cleanUp = () => {
    rmSync(socketDir, { recursive: true, force: true })
    unlock?.()
  }

  try {
    await answer(worker)
  } catch (error) {
    cleanUp()
    throw error
  }
  return {
    socketDir,
    dump() {
      const dumped = answer<Uint8Array<ArrayBuffer>>(worker)
      worker.postMessage('dump')
      return dumped
    },
    async stop() {
      const exited = new Promise((resolve) => worker.once('exit', resolve))
      worker.postMessage('stop')
      await exited
      cleanUp()
    },
  }
}

function answer<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the embedded database stopped (exit code ${code})`)))
  })
}

/** Built, the worker is a file beside main.js; run from the sources, it is beside this file. */
function workerFile(): URL {
  const built = new URL('./database.worker.js', import.meta.url)
  const chunked = new URL('../database.worker.js', import.meta.url)
  const source = new URL('./database.worker.ts', import.meta.url)
  return [built, chunked].find((url) => existsSync(url)) ?? source
}
